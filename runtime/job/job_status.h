// What a log knows of a job, as text: committed positions and watermarks, how far operators have come, the changelog.
#pragma once

#include <string>

#include "runtime/connectors/log/kafka_log.h"
#include "runtime/job/manifest/manifest.h"
#include "runtime/job/manifest/settings.h"

namespace weir::job {

// `manifest`: references resolved. `log` null: Kafka.
Result<std::string> job_status(const Manifest& manifest, const connectors::KafkaLog* log);

}  // namespace weir::job
