// What a run has open of its log: a consumer for each scan that reads it, and for a job that commits the producer, the lock
// of the job and what was committed last.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/commit/recovery_record.h"
#include "runtime/connectors/log/connection_report.h"
#include "runtime/connectors/log/log.h"
#include "runtime/connectors/log/log_sink.h"
#include "runtime/connectors/log/log_source.h"
#include "runtime/job/manifest/log_options.h"

namespace weir::job {

// An epoch's records wait in memory; from here on the workers wait for the commit.
constexpr uint64_t kMostEpochBytes = uint64_t{64} << 20;

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
  bool has_record = false;                                  // a record of the job was found
  bool restored = false;                                    // it is that of an earlier run
  std::vector<connectors::TopicPartition> restored_places;  // with committed positions that count
  bool finished = false;              // an earlier try has committed the end of the input, and not heard so
  bool starts = false;                // some partition begins where nothing has been committed
  bool restarts = false;              // `--restart-from` holds for this try
  std::vector<uint64_t> left_behind;  // fingerprints of operators that the query no longer has
};

// Bytes that wait for a commit.
uint64_t waiting_bytes(const CommitRun& commit);

}  // namespace weir::job
