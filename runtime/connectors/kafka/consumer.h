// Reading topics, and asking about them.
#pragma once

#include <memory>

#include "runtime/connectors/kafka/config.h"
#include "runtime/connectors/log/kafka_log.h"

namespace weir::connectors::kafka {

Result<std::unique_ptr<LogConsumer>> make_consumer(const KafkaOptions& options, const std::string& group);

// What `client`'s group has committed, in the order asked; waits until pending transactions are decided.
Result<std::vector<CommittedOffset>> committed_of(const Client& client,
                                                  std::span<const TopicPartition> partitions);

}  // namespace weir::connectors::kafka
