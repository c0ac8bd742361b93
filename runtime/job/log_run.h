// What a run has open of its log: a consumer for each scan that reads it, and for a job that commits the producer, the lock
// of the job and what was committed last.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/commit/recovery_record.h"
#include "runtime/connectors/connection_report.h"
#include "runtime/connectors/log.h"
#include "runtime/connectors/log_sink.h"
#include "runtime/connectors/log_source.h"
#include "runtime/job/log_options.h"

namespace weir::job {

struct Run;

struct LogScan {
  uint32_t scan = 0;
  std::unique_ptr<connectors::LogConsumer> consumer;
  std::unique_ptr<connectors::LogSource> source;
};

struct CommitRun {
  CommitSettings settings;
  std::unique_ptr<connectors::JobLock> lock;  // null: the job reads no log, so there is nothing to own
  std::shared_ptr<connectors::ConnectionReport> brokers;
  std::unique_ptr<connectors::LogProducer> producer;
  std::vector<connectors::LogSink*> sinks;
  commit::JobRecord record;
  bool restored = false;              // the record is that of an earlier run
  bool finished = false;              // an earlier try has committed the end of the input, and not heard so
  bool starts = false;                // some partition begins where nothing has been committed
  bool restarts = false;              // `--restart-from` holds for this try
  std::vector<uint64_t> left_behind;  // fingerprints of operators that the query no longer has
};

// Connects, waits for the lock, fences earlier producers, then reads what was committed and makes the partitions of all
// scans that read a log. In this order: nothing that is read may still change.
Result<void> open_log(Run& run);
// Partitions that topics have got since; all workers are paused.
Result<void> add_partition(Run& run, LogScan& log, const connectors::TopicPartition& place);

}  // namespace weir::job
