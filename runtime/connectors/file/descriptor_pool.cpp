#include "runtime/connectors/file/descriptor_pool.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "runtime/connectors/system_error.h"

namespace weir::connectors {

PooledFile::~PooledFile() { close(); }

Result<int> PooledFile::acquire() {
  const std::lock_guard lock(pool_.mutex_);
  if (idle_) {
    pool_.idle_.erase(place_);
    idle_ = false;
  }
  if (descriptor_ < 0) {
    if (auto opened = pool_.open(*this); !opened) {
      return std::unexpected(opened.error());
    }
  }
  return descriptor_;
}

void PooledFile::release() {
  const std::lock_guard lock(pool_.mutex_);
  if (descriptor_ >= 0 && !idle_) {
    place_ = pool_.idle_.insert(pool_.idle_.end(), this);
    idle_ = true;
  }
}

void PooledFile::close() {
  const std::lock_guard lock(pool_.mutex_);
  pool_.close(*this);
}

Result<void> DescriptorPool::open(PooledFile& file) {
  while (open_ >= limit_ && !idle_.empty()) {
    close(*idle_.front());
  }
  const int descriptor = ::open(file.path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return std::unexpected(system_error("read", file.path_, errno));
  }
  struct stat status{};
  if (fstat(descriptor, &status) != 0) {
    const int error_number = errno;
    ::close(descriptor);
    return std::unexpected(system_error("read", file.path_, error_number));
  }
  if (file.opened_before_ && (status.st_dev != file.device_ || status.st_ino != file.inode_)) {
    ::close(descriptor);
    return std::unexpected(
        Error{Error::Kind::InputOutput,
              fmt::format("cannot read `{}`: another file has taken its place", file.path_)});
  }
  posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
  file.descriptor_ = descriptor;
  file.device_ = status.st_dev;
  file.inode_ = status.st_ino;
  file.opened_before_ = true;
  ++open_;
  return {};
}

void DescriptorPool::close(PooledFile& file) {
  if (file.idle_) {
    idle_.erase(file.place_);
    file.idle_ = false;
  }
  if (file.descriptor_ >= 0) {
    ::close(file.descriptor_);
    file.descriptor_ = -1;
    --open_;
  }
}

}  // namespace weir::connectors
