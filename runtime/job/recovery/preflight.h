// Looks at brokers and topics before a job reads its first record: what would fail or lose records later is said now, each
// with its reason and remedy.
#pragma once

#include <memory>

#include "runtime/connectors/log/kafka_log.h"
#include "runtime/job/manifest/settings.h"

namespace weir::job {

struct Run;

// Warnings and notes are written to the run's report, once per process; errors are one usage error with all their texts.
Result<void> preflight(Run& run, const connectors::KafkaLog& kafka,
                       const std::shared_ptr<connectors::ConnectionReport>& report);

}  // namespace weir::job
