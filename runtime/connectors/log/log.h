// The log as a job sees it: topics of ordered partitions, read from offsets, written by transactions that carry the positions
// of what was read. Apache Kafka stands behind it in production (kafka_*), a simulated one in tests.
//
// All calls may fail with Error::Kind::Retry (the log is away, or the outcome is not known: nothing that is in memory may be
// trusted any more), Fenced (another instance of the job has taken over), or InputOutput and Usage (will not get better).
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/abi/message.h"
#include "runtime/connectors/connector.h"
#include "runtime/connectors/log/question.h"

namespace weir::connectors {

struct TopicPartition {
  std::string topic;
  int32_t partition = 0;
  friend auto operator<=>(const TopicPartition&, const TopicPartition&) = default;
};

constexpr int64_t kNoOffset = -1;

// Of a partition: `first` is the oldest record's offset, `end` the last stable one (KIP-98) plus one.
struct OffsetRange {
  int64_t first = 0;
  int64_t end = 0;
};

// What a group has committed for a partition. `offset` kNoOffset: nothing.
struct CommittedOffset {
  TopicPartition partition;
  int64_t offset = kNoOffset;
  std::string metadata;
};

// One assigned partition while it is read; by one thread at a time.
class LogReader {
 public:
  virtual ~LogReader() = default;
  // The next messages, in order of offset, into `messages`; 0: nothing has come within `timeout_ms`. `value` is not padded
  // here; all bytes live until the next call. Records of aborted transactions do not appear.
  virtual Result<uint32_t> fetch(std::span<abi::MessageInfo> messages, int timeout_ms) = 0;
  // Whether `fetch` has something to say within `timeout_ms`.
  virtual bool ready(int timeout_ms) = 0;
  // Where the next fetch goes on: behind the last message, and behind transaction markers where that is known.
  virtual int64_t position() const = 0;
  // The last fetch has found the end of the partition (its last stable offset), and nothing has come since.
  virtual bool at_end() const = 0;
  // The end of the partition as of the last answer of the log, records of open transactions included; asks nobody.
  // kNoOffset: not known.
  virtual int64_t end() const { return kNoOffset; }
};

struct ReaderOptions {
  int64_t offset = 0;         // where reading begins
  bool with_headers = false;  // MessageInfo::headers is filled
};

// Reading, and asking about topics. One per job and set of connection properties.
class LogConsumer {
 public:
  virtual ~LogConsumer() = default;
  // Partitions of a topic, 0 … n − 1. No such topic: an error that names it.
  virtual Result<int32_t> partition_count(const std::string& topic) = 0;
  // Makes a topic of one partition that keeps all it is given; where there is one already, nothing happens.
  virtual Result<void> create_topic(const std::string& topic) = 0;
  // Records of a partition before `offset` are deleted.
  virtual Result<void> delete_before(const TopicPartition& partition, int64_t offset) = 0;
  virtual Result<OffsetRange> offsets(const TopicPartition& partition) = 0;
  // The first offset whose record has at least this timestamp; the end if there is none.
  virtual Result<int64_t> offset_at(const TopicPartition& partition, int64_t timestamp_ms) = 0;
  // What `group` has committed, in the order asked; waits for pending transactions to be decided (KIP-447).
  virtual Result<std::vector<CommittedOffset>> committed(const std::string& group,
                                                         std::span<const TopicPartition> partitions) = 0;
  virtual Result<std::unique_ptr<LogReader>> open(const TopicPartition& partition,
                                                  const ReaderOptions& options) = 0;

  // `offsets` of several and `committed`, without waiting. The answer is of some moment between the question and the look at
  // it; nobody looks when the consumer is gone.
  virtual std::unique_ptr<Question<std::vector<OffsetRange>>> ask_offsets(
      std::vector<TopicPartition> partitions) {
    Result<std::vector<OffsetRange>> ranges;
    for (const TopicPartition& partition : partitions) {
      const auto range = offsets(partition);
      if (!range) {
        ranges = std::unexpected(range.error());
        break;
      }
      ranges->push_back(*range);
    }
    return std::make_unique<Answered<std::vector<OffsetRange>>>(std::move(ranges));
  }
  virtual std::unique_ptr<Question<std::vector<CommittedOffset>>> ask_committed(
      const std::string& group, std::vector<TopicPartition> partitions) {
    return std::make_unique<Answered<std::vector<CommittedOffset>>>(committed(group, partitions));
  }
};

// A record to be written. Views need to live until `produce` returns.
struct Record {
  std::optional<std::string_view> key;
  std::optional<std::string_view> value;  // none: a tombstone
  int64_t timestamp_ms = abi::kNoTimestamp;
};
constexpr int32_t kAnyPartition = -1;  // by murmur2 of the key as Java clients do; without a key, spread

struct OffsetCommit {
  std::string group;
  TopicPartition partition;
  int64_t offset = 0;
  std::string metadata;  // printable ASCII, at most 3,500 bytes
};

// Writing. With a transactional id all writes and commits of offsets between `begin` and `commit` become visible together
// or not at all; without, they become visible one by one.
class LogProducer {
 public:
  virtual ~LogProducer() = default;
  // Fences every earlier producer of the same transactional id and ends its transaction. Before anything else.
  virtual Result<void> open() = 0;
  virtual Result<void> begin() = 0;
  // All records go to one topic, in order per partition. Waits while the producer's buffer is full.
  virtual Result<void> produce(const std::string& topic, int32_t partition,
                               std::span<const Record> records) = 0;
  // Everything produced is stored, with these offsets. After an error the producer is of no use any more.
  virtual Result<void> commit(std::span<const OffsetCommit> offsets) = 0;
};

// Waits until this process may run the job: one instance of a job is active, others stand by.
class JobLock {
 public:
  virtual ~JobLock() = default;
  // True: acquired. False: not within `timeout_ms`; call again.
  virtual Result<bool> acquire(int timeout_ms) = 0;
  // After `acquire` was false: the brokers have said that somebody else has it, or is there before this one. False: they
  // have not been heard yet.
  virtual bool others() const { return true; }
  // Still ours; to be asked now and then (it keeps the membership alive).
  virtual Result<bool> held() = 0;
  // The job is done here: another instance may take over at once. Without it, a process that ends keeps the lock for some
  // seconds, so that it may come back in place.
  virtual void release() {}
};

}  // namespace weir::connectors
