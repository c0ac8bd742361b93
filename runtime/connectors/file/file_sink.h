// The filesystem connector as a sink. A path that ends in `/` gets part files (part-000000.json, …), each complete and in
// order, so that their concatenation is what a single file would hold; any other path is one file, replaced at the end.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "runtime/connectors/connector.h"

namespace weir::connectors {

struct FileSinkOptions {
  std::string path;
  std::string extension = "json";   // of part files
  uint64_t roll_bytes = 128 << 20;  // sink.rolling-policy.file-size
};

// Makes the directories that are missing, so that what cannot be written is known before anything is read. A path that
// names a device or a named pipe is written in place.
Result<std::unique_ptr<Sink>> make_file_sink(const FileSinkOptions& options);

}  // namespace weir::connectors
