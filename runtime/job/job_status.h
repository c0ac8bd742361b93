// What a log knows of a job, as text: committed positions and watermarks, how far operators have come, the changelog.
#pragma once

#include <chrono>
#include <string>

#include "runtime/connectors/log/kafka_log.h"
#include "runtime/job/manifest/manifest.h"
#include "runtime/job/manifest/settings.h"

namespace weir::job {

// After so long without an answer whoever asked is told, by `waiting_text`.
constexpr std::chrono::milliseconds kSlowAnswer{2'000};
std::string waiting_text(const Manifest& manifest);
// `manifest`: references resolved. `log` null: Kafka.
Result<std::string> job_status(const Manifest& manifest, const connectors::KafkaLog* log);

}  // namespace weir::job
