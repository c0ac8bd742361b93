// Opens the log of a run: its consumers and, for a job that commits, lock and producer, in the order that recovery asks for.
#pragma once

#include "runtime/job/run/log_run.h"

namespace weir::job {

struct Run;

// Connects, waits for the lock, fences earlier producers, then reads what was committed and makes the partitions of all
// scans that read a log. In this order: nothing that is read may still change.
Result<void> open_log(Run& run);
// Partitions that topics have got since; all workers are paused.
Result<void> add_partition(Run& run, LogScan& log, const connectors::TopicPartition& place);

}  // namespace weir::job
