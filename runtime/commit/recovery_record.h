// What a job must know to go on where its last committed transaction stopped. It is stored in the metadata of the committed
// offsets of its inputs, so it changes together with them and with the output, or not at all (as Kafka Streams keeps the
// time of a partition: KIP-695 and TopicPartitionMetadata).
//
// A part for each input partition, and one for the job, beside that of the anchor (the first partition by scan, topic
// and number). Printable ASCII, at most kMaxRecordBytes, each with a checksum:
//
//   weir1;p=1200;w=1767254400123;l=1100;lw=1767254399000;i=0;s=-1;u=77e1b0c4;b=21d0;crc=5f3a1c2b
//   …;j=17,3f2a…,0;n=sales;t=sales-eu;o=9c1d…:R:1767254400000:1767254400000:5a1fe4403b2ad9c1;…;c=0:4711:12;r=c1b2a390:4
//
// A record without `u`, `b`, `n`, `t` and `r`, the last field of `o` (parts of the fingerprint) or of `c` (commit of the snapshot)
// is an older one, and is read as well.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/abi/abi.h"

namespace weir::commit {

constexpr size_t kMaxRecordBytes = 3500;  // the broker's offset.metadata.max.bytes is 4,096

struct PartitionRecord {
  int64_t position = 0;                       // the next offset
  int64_t watermark = abi::kNoWatermark;      // w there
  int64_t low_offset = 0;                     // where replay begins; `position` if nothing is to be replayed
  int64_t low_watermark = abi::kNoWatermark;  // w there
  int64_t stop_offset = -1;                   // of a bounded run: where it ends; -1: nowhere
  bool idle = false;
  friend bool operator==(const PartitionRecord&, const PartitionRecord&) = default;
};

enum class RecoveryMode : uint8_t { Replay, Changelog };  // R, C

// Where the changelog of a shard goes on; offsets of its partition of the changelog topic.
struct ChangelogPointer {
  int32_t partition = 0;
  int64_t snapshot_offset = 0;  // reading begins here,
  uint64_t commit = 0;          // with the records of this commit; 0: not known
  friend bool operator==(const ChangelogPointer&, const ChangelogPointer&) = default;
};

struct OperatorRecord {
  uint64_t fingerprint = 0;
  RecoveryMode mode = RecoveryMode::Replay;
  int64_t reached = abi::kNoWatermark;  // W
  int64_t passed = abi::kNoWatermark;   // what the operators above have been told
  uint64_t parts = 0;                   // ManifestOperator::fingerprint_parts; 0: not known
  friend bool operator==(const OperatorRecord&, const OperatorRecord&) = default;
};

// A topic that has been read, by the checksum of its name, with so many partitions, all of which have committed offsets.
struct InputRecord {
  uint32_t topic = 0;
  int32_t partitions = 0;
  friend bool operator==(const InputRecord&, const InputRecord&) = default;
};

struct JobRecord {
  uint64_t commit = 0;  // rises by one with each transaction
  uint64_t token = 0;   // of the process that wrote it
  bool finished = false;
  std::vector<OperatorRecord> operators;
  std::vector<ChangelogPointer> changelog;
  std::string name = {};              // of the job; empty: not known
  std::string transactional_id = {};  // its transactions; empty: none
  std::vector<InputRecord> inputs = {};
  friend bool operator==(const JobRecord&, const JobRecord&) = default;
};

// Which commit a record is of, whoever made it; none: zeros.
struct CommitName {
  uint64_t token = 0;
  uint64_t commit = 0;
  friend bool operator==(const CommitName&, const CommitName&) = default;
};

struct RecoveryRecord {
  PartitionRecord partition;
  std::optional<JobRecord> job;  // on the anchor
  uint32_t owner = 0;  // checksum_of(the job's name): a group may be shared by mistake; 0: not known
  uint32_t table = 0;  // checksum_of the table that reads: several may read one topic; 0: not known
  friend bool operator==(const RecoveryRecord&, const RecoveryRecord&) = default;
};

std::string encode(const RecoveryRecord& record);
// The checksum by which a record names a job or a topic; never 0.
uint32_t checksum_of(std::string_view name);
// The longest record that a job with so many operators and topics may come to write; beyond kMaxRecordBytes it cannot be
// committed.
size_t longest_record_bytes(size_t operators, size_t topics, std::string_view name,
                            std::string_view transactional_id);
// The error says what is wrong with the text: not a record of Weir, of a newer version, damaged (checksum), incomplete.
std::expected<RecoveryRecord, std::string> decode(std::string_view text);

}  // namespace weir::commit
