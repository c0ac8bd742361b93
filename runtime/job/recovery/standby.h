// One instance of a job is active; the others stand by until it is gone.
#pragma once

#include <memory>

#include "runtime/connectors/log/connection_report.h"
#include "runtime/connectors/log/kafka_log.h"
#include "runtime/connectors/log/log.h"

namespace weir::job {

struct Run;

using Reported = std::shared_ptr<connectors::ConnectionReport>;

// What it means that the broker has fenced this instance: another process of the same name, unless brokers were away: one that
// comes back may take a member that joins again, because it has not heard the first answer, for two.
connectors::Error of_lock(const Run& run, connectors::Error error);
// Waits until this process may run the job, or is told to stop. Jobs that read no log have nothing to own, so no lock.
connectors::Result<void> take_lock(Run& run, const connectors::KafkaLog& kafka, const Reported& report);

}  // namespace weir::job
