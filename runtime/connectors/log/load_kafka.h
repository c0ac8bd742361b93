// Finds Kafka: linked into this executable, or in lib/weir/libweir_kafka.so beside it.
#pragma once

#include "runtime/connectors/log/kafka_log.h"

namespace weir::connectors {

// The library stays loaded until the process ends.
Result<const KafkaLog*> load_kafka();

}  // namespace weir::connectors
