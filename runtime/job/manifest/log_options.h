// What the options of tables and the settings of a job say about the log it reads and writes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/commit/epoch.h"
#include "runtime/connectors/log/kafka_log.h"
#include "runtime/connectors/log/log_source.h"
#include "runtime/job/manifest/manifest.h"
#include "runtime/job/manifest/settings.h"

namespace weir::job {

bool is_log(const Options& options);  // connector kafka, upsert-kafka
bool reads_log(const Manifest& manifest);
// Whether positions and results are committed: the job writes to a log.
bool commits(const Manifest& manifest);
// Of a job that commits: whose connection its producer has.
const ManifestSink& first_log_sink(const Manifest& manifest);

// The connection: `properties.*`.
connectors::KafkaOptions connection_options(const Options& options,
                                            std::shared_ptr<connectors::ConnectionReport> report);
Result<connectors::LogSourceOptions> log_source_options(const Manifest& manifest, uint32_t scan);

struct CommitSettings {
  commit::Guarantee guarantee = commit::Guarantee::ExactlyOnce;
  int64_t interval_ms = 500;
  int32_t transaction_timeout_ms = 60'000;
  std::string job;  // names what is the job's alone: its lock, its changelog
  std::string transactional_id;
  // The changelog: a snapshot is due when the changes behind the last one are so much, and twice the last one; it is written
  // in slices of this size.
  uint64_t snapshot_bytes = uint64_t{64} << 20;
  uint64_t slice_bytes = uint64_t{8} << 20;
};
Result<CommitSettings> commit_settings(const Manifest& manifest);
std::string lock_group(const CommitSettings& settings);
std::string changelog_topic(const CommitSettings& settings);
// What the job's transactions go by; empty: it has none.
std::string transactions_of(const CommitSettings& settings);

// After how long a silent partition of the scan stops holding the watermark; 0: never.
Result<int64_t> idle_timeout_ms(const Manifest& manifest, uint32_t scan);

}  // namespace weir::job
