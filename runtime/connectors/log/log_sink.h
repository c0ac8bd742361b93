// A topic as a sink. Rows wait here, as frames, until the epoch's transaction writes them.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/connectors/connector.h"
#include "runtime/connectors/log/log.h"

namespace weir::connectors {

class LogSink : public Sink {
 public:
  // `upsert`: of the rows of one key and epoch only the last is written. `partition`: all go there, or kAnyPartition.
  LogSink(std::string topic, bool upsert, int32_t partition)
      : topic_(std::move(topic)), upsert_(upsert), partition_(partition) {}

  Result<void> write(uint64_t epoch, std::string_view rows) override;
  Result<void> finish() override { return {}; }
  void abandon() override {}
  bool stands_when_stopped() const override { return true; }

  const std::string& topic() const { return topic_; }
  bool upsert() const { return upsert_; }
  int32_t partition() const { return partition_; }
  uint64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }
  // What has been written since the last call; no writer may be at work.
  std::string take();

 private:
  std::string topic_;
  bool upsert_;
  int32_t partition_;
  std::string rows_;
  std::atomic<uint64_t> bytes_ = 0;
};

// The records of frames. The views point into `frames`.
std::vector<Record> records_of(std::string_view frames);
// Of each key the last record only, in order of those; records without key stay.
void keep_last_of_each_key(std::vector<Record>& records);

}  // namespace weir::connectors
