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
  uint64_t view_bytes = 1 << 20;     // seen as memory at once, where so much of a file is left
};

std::unique_ptr<Source> make_file_source(FileSourceOptions options);

}  // namespace weir::connectors
