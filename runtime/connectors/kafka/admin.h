// Asking and changing what is not records: topics, settings, groups.
#pragma once

#include <memory>

#include "runtime/connectors/log/kafka_log.h"
#include "runtime/connectors/log/log_admin.h"

namespace weir::connectors::kafka {

Result<std::unique_ptr<LogAdmin>> make_admin(const KafkaOptions& options);

}  // namespace weir::connectors::kafka
