// The topic that keeps the state of a job's operators in mode C.
#pragma once

#include "runtime/connectors/log/kafka_log.h"
#include "runtime/job/manifest/manifest.h"
#include "runtime/job/recovery/standby.h"

namespace weir::job {

struct Run;

bool keeps_changelog(const Manifest& manifest);
// Connects to it, after the producer has been opened; it is made if it is not there.
connectors::Result<void> open_changelog(Run& run, const connectors::KafkaLog& kafka, const Reported& report);

}  // namespace weir::job
