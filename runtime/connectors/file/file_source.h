// The filesystem connector as a source: every file is a partition, numbered in order of path; `-` is standard input.
#pragma once

#include <memory>
#include <string>

#include "runtime/connectors/connector.h"

namespace weir::connectors {

struct FileSourceOptions {
  std::string path;                  // a file, a directory, a glob, or `-`
  uint64_t longest_line = 64 << 20;  // bytes; a longer one is an error
  uint32_t open_files = 256;         // at once; the least recently read one is closed and later reopened
  // Seen as memory at once, where so much of a file is left. Each new view interrupts the other threads, whose translations of
  // addresses are dropped.
  uint64_t view_bytes = 4 << 20;
};

std::unique_ptr<Source> make_file_source(FileSourceOptions options);

}  // namespace weir::connectors
