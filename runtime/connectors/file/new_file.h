// A file that appears whole or not at all: written beside its place, synchronised, renamed, its directory synchronised.
#pragma once

#include <string>
#include <string_view>

#include "runtime/connectors/connector.h"

namespace weir::connectors {

class NewFile {
 public:
  NewFile() = default;
  ~NewFile() { abandon(); }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  bool is_open() const { return descriptor_ >= 0; }
  uint64_t bytes() const { return bytes_; }
  // `path` need not exist; its directory must. The name beside begins with `.`, so that no source reads it.
  Result<void> create(const std::string& path);
  Result<void> write(std::string_view bytes);
  // Puts the file in its place, over what is there.
  Result<void> publish();
  void abandon();

 private:
  std::string path_;
  std::string beside_;
  int descriptor_ = -1;
  uint64_t bytes_ = 0;
};

// Directories that are missing are made.
Result<void> make_directories(const std::string& directory);
// "" for a name without directory is ".".
std::string directory_of(const std::string& path);

}  // namespace weir::connectors
