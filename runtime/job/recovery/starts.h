// Where the partitions of a log begin: where an earlier run has committed, or where the first one is to begin.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/commit/recovery_record.h"
#include "runtime/connectors/log/log.h"
#include "runtime/job/recovery/open_log.h"

namespace weir::job {

struct Run;

// What one partition is to begin with.
struct PartitionStart {
  commit::PartitionRecord record;
  bool restored = false;  // an earlier run has committed it
};

constexpr std::string_view kRestartHint =
    "start with `--restart-from committed` (from the committed offset, with empty state), `--restart-from "
    "earliest` or `--restart-from latest`";

std::string place_text(const connectors::TopicPartition& place);  // "partition 3 of topic `orders`"

// As the scan's options say, or at the earliest offset.
connectors::Result<PartitionStart> first_start(LogScan& log, const connectors::TopicPartition& place,
                                               bool at_earliest);
// Notes what is committed before the job waits for its lock, if `--restart-from` is asked for: who stands by takes over what
// the active instance commits meanwhile.
connectors::Result<void> look_before_restart(Run& run);
// From what the group of the scan has committed, in the order of `places`. `job` becomes that of the anchor, if it is
// among them.
connectors::Result<std::vector<PartitionStart>> committed_starts(
    Run& run, LogScan& log, const std::vector<connectors::TopicPartition>& places,
    std::optional<commit::JobRecord>& job);
// Input that is needed must still be there, unless the user goes on without it: then reading begins at what is left.
connectors::Result<void> check_retention(const Run& run, LogScan& log,
                                         const connectors::TopicPartition& place,
                                         commit::PartitionRecord& record);

}  // namespace weir::job
