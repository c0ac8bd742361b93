// Begins a job elsewhere, or forgets it. Both are refused while an instance of it is active.
#pragma once

#include <string>

#include "runtime/connectors/log/kafka_log.h"
#include "runtime/job/manifest/manifest.h"
#include "runtime/job/manifest/settings.h"

namespace weir::job {

// Commits these offsets, with empty state: the next start begins there. `to`: committed, earliest, latest. The text says
// what was done. `manifest`: references resolved. `log` null: Kafka.
Result<std::string> reset_job(const Manifest& manifest, const connectors::KafkaLog* log,
                              const std::string& to);

// What `drop_job` would delete, a line each.
Result<std::string> what_drop_deletes(const Manifest& manifest);
// Deletes what the job has committed, its lock and its changelog: the next start is a first one.
Result<std::string> drop_job(const Manifest& manifest, const connectors::KafkaLog* log);

}  // namespace weir::job
