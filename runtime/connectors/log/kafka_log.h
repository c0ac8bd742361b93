// Apache Kafka as the log of connectors/log.h. It lies in a library of its own (lib/weir/libweir_kafka), so that what does
// not use Kafka neither links nor loads librdkafka: compiled executables are linked with it when their manifest names Kafka,
// weir loads it then.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/connectors/connector.h"
#include "runtime/connectors/log/connection_report.h"
#include "runtime/connectors/log/log.h"
#include "runtime/connectors/log/log_admin.h"

namespace weir::connectors {

using Properties = std::vector<std::pair<std::string, std::string>>;

struct KafkaOptions {
  // Of `properties.*`, without that prefix, secrets resolved. Names are those of Java clients or of librdkafka. `group.id`
  // is the caller's to honour; it is passed over here.
  Properties properties;
  std::string client_id = "weir";
  std::shared_ptr<ConnectionReport> report = nullptr;  // null: nobody listens
};

struct KafkaProducerOptions {
  std::string transactional_id;  // empty: each record becomes visible by itself
  int32_t transaction_timeout_ms = 30'000;
};

struct KafkaLockOptions {
  std::string job;
  std::string instance;  // of the job; two processes with the same one are not allowed
  std::string topic;     // some topic that exists: the first input
  int32_t session_timeout_ms = 10'000;
};

class KafkaLog {
 public:
  virtual ~KafkaLog() = default;
  // `group`: whose rights are used, and from which `committed` is asked fastest.
  virtual Result<std::unique_ptr<LogConsumer>> make_consumer(const KafkaOptions& options,
                                                             const std::string& group) const = 0;
  virtual Result<std::unique_ptr<LogProducer>> make_producer(const KafkaOptions& options,
                                                             const KafkaProducerOptions& producer) const = 0;
  // Fenced: the same instance runs on this machine.
  virtual Result<std::unique_ptr<JobLock>> make_lock(const KafkaOptions& options,
                                                     const KafkaLockOptions& lock) const = 0;
  // Null: there is nothing to ask or to change there.
  virtual Result<std::unique_ptr<LogAdmin>> make_admin(const KafkaOptions& /*options*/) const {
    return std::unique_ptr<LogAdmin>();
  }
  virtual std::string library_version() const = 0;  // "librdkafka 2.0.2"
};

}  // namespace weir::connectors

// Of libweir_kafka.
extern "C" const weir::connectors::KafkaLog* weir_kafka_log();
