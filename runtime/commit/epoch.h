// An epoch: what a job did between two commits. Its records, and the positions of the inputs behind it with the recovery
// record, are written by one transaction.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/connectors/log/log.h"

namespace weir::commit {

// Of a job, from the sinks' `sink.delivery-guarantee`: the strongest one.
enum class Guarantee : uint8_t {
  AtMostOnce,   // positions first, then the records: a crash between loses them
  AtLeastOnce,  // records first, then the positions: a crash between writes them twice
  ExactlyOnce,  // both in one transaction
};

struct EpochOutput {
  std::string topic;
  bool upsert = false;  // only the last record of a key is written
  int32_t partition = connectors::kAnyPartition;
  std::string frames;  // abi::RecordFrame, key, value; back to back
};

struct Epoch {
  uint64_t number = 0;  // JobRecord::commit
  std::vector<EpochOutput> outputs;
  std::vector<connectors::OffsetCommit> offsets;
  std::string changelog_topic;         // its partition 0
  std::vector<std::string> changelog;  // records, changelog.h
};

inline bool is_empty(const Epoch& epoch) { return epoch.outputs.empty() && epoch.offsets.empty(); }

// After an error nothing is known of the epoch, and the producer is of no use any more.
connectors::Result<void> write_epoch(connectors::LogProducer& producer, Guarantee guarantee,
                                     const Epoch& epoch);

}  // namespace weir::commit
