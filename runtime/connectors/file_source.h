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
};

std::unique_ptr<Source> make_file_source(FileSourceOptions options);

}  // namespace weir::connectors
