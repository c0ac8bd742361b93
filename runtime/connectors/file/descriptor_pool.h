// Keeps the number of open files bounded however many partitions a directory has.
#pragma once

#include <cstdint>
#include <list>
#include <mutex>
#include <string>

#include <sys/types.h>

#include "runtime/connectors/connector.h"

namespace weir::connectors {

class DescriptorPool;

// A file that is open while it is read and may be closed in between; its offset is kept by whoever reads it.
class PooledFile {
 public:
  PooledFile(DescriptorPool& pool, std::string path) : pool_(pool), path_(std::move(path)) {}
  ~PooledFile();
  PooledFile(const PooledFile&) = delete;
  PooledFile& operator=(const PooledFile&) = delete;

  const std::string& path() const { return path_; }
  // The descriptor, which stays open until `release`.
  Result<int> acquire();
  void release();
  void close();  // for good: it has been read

 private:
  friend class DescriptorPool;

  DescriptorPool& pool_;
  std::string path_;
  int descriptor_ = -1;
  dev_t device_ = 0;
  ino_t inode_ = 0;
  bool opened_before_ = false;
  bool idle_ = false;  // in the pool's list of files that may be closed
  std::list<PooledFile*>::iterator place_;
};

class DescriptorPool {
 public:
  explicit DescriptorPool(uint32_t limit) : limit_(limit) {}
  uint32_t open_count() const { return open_; }

 private:
  friend class PooledFile;

  Result<void> open(PooledFile& file);
  void close(PooledFile& file);

  std::mutex mutex_;
  uint32_t limit_;
  uint32_t open_ = 0;
  std::list<PooledFile*> idle_;  // least recently used first
};

}  // namespace weir::connectors
