#include "runtime/connectors/log/kafka_log.h"

#include <fmt/format.h>

#include "runtime/connectors/kafka/admin.h"
#include "runtime/connectors/kafka/consumer.h"
#include "runtime/connectors/kafka/lock.h"
#include "runtime/connectors/kafka/producer.h"

namespace weir::connectors {
namespace {

class Kafka final : public KafkaLog {
 public:
  Result<std::unique_ptr<LogConsumer>> make_consumer(const KafkaOptions& options,
                                                     const std::string& group) const override {
    return kafka::make_consumer(options, group);
  }
  Result<std::unique_ptr<LogProducer>> make_producer(const KafkaOptions& options,
                                                     const KafkaProducerOptions& producer) const override {
    return kafka::make_producer(options, producer);
  }
  Result<std::unique_ptr<JobLock>> make_lock(const KafkaOptions& options,
                                             const KafkaLockOptions& lock) const override {
    return kafka::make_lock(options, lock);
  }
  Result<std::unique_ptr<LogAdmin>> make_admin(const KafkaOptions& options) const override {
    return kafka::make_admin(options);
  }
  std::string library_version() const override {
    return fmt::format("librdkafka {}", rd_kafka_version_str());
  }
};

}  // namespace
}  // namespace weir::connectors

extern "C" const weir::connectors::KafkaLog* weir_kafka_log() {
  static const weir::connectors::Kafka kafka;
  return &kafka;
}
