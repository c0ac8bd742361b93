// Writing, by transactions or without.
#pragma once

#include <memory>

#include "runtime/connectors/log/kafka_log.h"

namespace weir::connectors::kafka {

Result<std::unique_ptr<LogProducer>> make_producer(const KafkaOptions& options,
                                                   const KafkaProducerOptions& producer);

}  // namespace weir::connectors::kafka
