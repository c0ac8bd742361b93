// A client's configuration: the user's properties, then what Weir decides.
#pragma once

#include <memory>
#include <string>

#include "runtime/connectors/kafka/connection.h"
#include "runtime/connectors/kafka/handle.h"
#include "runtime/connectors/log/kafka_log.h"

namespace weir::connectors::kafka {

struct Configured {
  Conf conf;
  std::unique_ptr<Connection> connection;  // the configuration's opaque value
};

// Errors: properties that are unknown, refused, have a wrong value, or lack `bootstrap.servers`.
Result<Configured> configure_consumer(const KafkaOptions& options, const std::string& group);
Result<Configured> configure_producer(const KafkaOptions& options, const KafkaProducerOptions& producer);
Result<Configured> configure_lock(const KafkaOptions& options, const KafkaLockOptions& lock);

// A client and what it reports to. Configurations may be changed before.
class Client {
 public:
  static Result<Client> make(rd_kafka_type_t type, Configured configured);
  Client(Client&& other) noexcept : connection_(std::move(other.connection_)), handle_(other.handle_) {
    other.handle_ = nullptr;
  }
  ~Client();
  rd_kafka_t* handle() const { return handle_; }
  Connection& connection() const { return *connection_; }

 private:
  Client(std::unique_ptr<Connection> connection, rd_kafka_t* handle)
      : connection_(std::move(connection)), handle_(handle) {}
  std::unique_ptr<Connection> connection_;
  rd_kafka_t* handle_;
};

}  // namespace weir::connectors::kafka
