#include "runtime/connectors/file/new_file.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "runtime/connectors/system_error.h"
#include "runtime/connectors/write_all.h"

namespace weir::connectors {
namespace {

int sync_directory(const std::string& directory) {
  const int descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) {
    return errno;
  }
  const int error_number = fsync(descriptor) == 0 ? 0 : errno;
  ::close(descriptor);
  return error_number == EINVAL ? 0 : error_number;  // a file system without it
}

}  // namespace

std::string directory_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

Result<void> make_directories(const std::string& directory) {
  std::error_code code;
  std::filesystem::create_directories(directory, code);
  if (code) {
    return std::unexpected(system_error("make directory", directory, code.value()));
  }
  return {};
}

Result<void> NewFile::create(const std::string& path) {
  path_ = path;
  const std::string directory = directory_of(path);
  const std::string name = path.substr(path.rfind('/') + 1);
  std::string beside = fmt::format("{}/.{}.unfinished-XXXXXX", directory, name);
  descriptor_ = mkostemp(beside.data(), O_CLOEXEC);
  if (descriptor_ < 0) {
    return std::unexpected(system_error("write", path, errno));
  }
  beside_ = beside;
  bytes_ = 0;
  const mode_t mask = umask(0);
  umask(mask);
  struct stat present{};
  const mode_t mode = stat(path.c_str(), &present) == 0 ? present.st_mode & 07777 : 0666 & ~mask;
  fchmod(descriptor_, mode);  // a file system without modes keeps its own
  return {};
}

Result<void> NewFile::write(std::string_view bytes) {
  if (const int error_number = write_all(descriptor_, bytes); error_number != 0) {
    return std::unexpected(system_error("write", path_, error_number));
  }
  bytes_ += bytes.size();
  return {};
}

Result<void> NewFile::publish() {
  int error_number = fsync(descriptor_) == 0 ? 0 : errno;
  error_number = ::close(descriptor_) == 0 || error_number != 0 ? error_number : errno;
  descriptor_ = -1;
  if (error_number == 0 && ::rename(beside_.c_str(), path_.c_str()) != 0) {
    error_number = errno;
  }
  if (error_number != 0) {
    ::unlink(beside_.c_str());
    return std::unexpected(system_error("write", path_, error_number));
  }
  const std::string directory = directory_of(path_);
  if (error_number = sync_directory(directory); error_number != 0) {
    return std::unexpected(system_error("synchronise directory", directory, error_number));
  }
  return {};
}

void NewFile::abandon() {
  if (is_open()) {
    ::close(descriptor_);
    descriptor_ = -1;
    ::unlink(beside_.c_str());
  }
}

}  // namespace weir::connectors
