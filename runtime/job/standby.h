// One instance of a job is active; the others stand by until it is gone.
#pragma once

#include <memory>

#include "runtime/connectors/connection_report.h"
#include "runtime/connectors/kafka_log.h"
#include "runtime/connectors/log.h"

namespace weir::job {

struct Run;

using Reported = std::shared_ptr<connectors::ConnectionReport>;

// Waits until this process may run the job, or is told to stop. Jobs that read no log have nothing to own, so no lock.
connectors::Result<void> take_lock(Run& run, const connectors::KafkaLog& kafka, const Reported& report);

}  // namespace weir::job
