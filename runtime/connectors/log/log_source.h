// Topics as a source: which partitions a table has, where reading them begins and ends, and their messages as batches.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/connectors/connector.h"
#include "runtime/connectors/log/log.h"

namespace weir::connectors {

// Where reading begins when nothing was committed (scan.startup.mode), or ends (scan.bounded.mode).
struct LogBound {
  enum class Kind : uint8_t { Earliest, Latest, GroupOffsets, Timestamp, Offsets, None };
  Kind kind = Kind::Earliest;
  int64_t timestamp_ms = 0;
  std::map<int32_t, int64_t> offsets;  // by partition; Offsets
};

struct LogSourceOptions {
  std::vector<std::string> topics;
  std::string group;
  LogBound start;
  LogBound stop{LogBound::Kind::None, 0, {}};
  bool with_headers = false;
};

// A partition of a topic while a job reads it.
class LogPartition : public Partition {
 public:
  LogPartition(TopicPartition place, std::unique_ptr<LogReader> reader, int64_t offset, int64_t stop_offset);

  const std::string& name() const override { return name_; }
  const TopicPartition& place() const { return place_; }
  Result<Batch> read(ReadBuffer& buffer) override;
  bool ready(int timeout_ms) override;
  uint64_t bytes_total() const override { return 0; }

  // The offset of the record that the next batch begins with, or that will come next.
  int64_t position() const;
  // Everything up to the last stable offset has been read.
  bool at_end() const { return next_ == fetched_ && reader_->at_end(); }
  // The end of the partition as the log last told it; kNoOffset: not known.
  int64_t end() const { return reader_->end(); }
  // Batches end before `offset`, and reading is `finished` there; −1: nowhere.
  void stop_at(int64_t offset) { stop_offset_ = offset; }
  int64_t stop_offset() const { return stop_offset_; }

 private:
  bool stopped() const { return stop_offset_ >= 0 && position() >= stop_offset_; }

  TopicPartition place_;
  std::string name_;  // "orders[3]"
  std::unique_ptr<LogReader> reader_;
  int64_t begin_;
  int64_t stop_offset_;
  std::vector<abi::MessageInfo> messages_;  // fetched
  uint32_t next_ = 0;                       // of them, not yet in a batch
  uint32_t fetched_ = 0;
};

class LogSource {
 public:
  LogSource(LogConsumer& consumer, LogSourceOptions options)
      : consumer_(consumer), options_(std::move(options)) {}

  const LogSourceOptions& options() const { return options_; }
  // Of all topics, in the order in which they are declared; a later call may find more.
  Result<std::vector<TopicPartition>> partitions();
  // By scan.startup.mode.
  Result<int64_t> start_offset(const TopicPartition& partition);
  // By scan.bounded.mode; −1: reading never ends.
  Result<int64_t> stop_offset(const TopicPartition& partition);
  Result<std::unique_ptr<LogPartition>> open(const TopicPartition& partition, int64_t offset,
                                             int64_t stop_offset);

 private:
  Result<int64_t> resolve(const LogBound& bound, const TopicPartition& partition, const char* option);
  Result<int64_t> offset_of(const LogBound& bound, const TopicPartition& partition, const char* option);

  LogConsumer& consumer_;
  LogSourceOptions options_;
  int32_t most_partitions_ = 0;  // of a topic
};

}  // namespace weir::connectors
