// What a log knows of a job, whether it runs or not: committed positions, recovery records, who is active.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/commit/recovery_record.h"
#include "runtime/connectors/log/kafka_log.h"
#include "runtime/connectors/log/log_source.h"
#include "runtime/job/manifest/log_options.h"
#include "runtime/job/manifest/manifest.h"

namespace weir::job {

struct CommittedPartition {
  connectors::TopicPartition place;
  connectors::OffsetRange range;
  int64_t offset = connectors::kNoOffset;  // committed
  std::optional<commit::RecoveryRecord> record;
  std::string trouble;  // why there is an offset and no record; empty: neither, or both
};

struct CommittedInput {
  std::string table;
  std::unique_ptr<connectors::LogConsumer> consumer;
  std::unique_ptr<connectors::LogSource> source;
  std::vector<CommittedPartition> partitions;
};

struct CommittedJob {
  CommitSettings settings;
  std::vector<CommittedInput> inputs;
  std::optional<commit::JobRecord> job;
  std::unique_ptr<connectors::LogAdmin> admin;  // of the cluster that is written to
  std::vector<std::string> active;              // instances, standing by or at work
};

// `manifest`: references resolved. A job that commits nothing is a usage error.
Result<CommittedJob> read_committed_job(const Manifest& manifest, const connectors::KafkaLog& log);

// Null: Kafka.
Result<const connectors::KafkaLog*> log_or_kafka(const connectors::KafkaLog* log);

// Of the first sink that is a log: where the job's transactions go.
connectors::KafkaOptions sink_connection(const Manifest& manifest);

}  // namespace weir::job
