#include "runtime/connectors/kafka/config.h"

#include <array>
#include <chrono>
#include <future>
#include <thread>

#include <fmt/format.h>

#include "runtime/connectors/kafka/properties.h"

namespace weir::connectors::kafka {
namespace {

constexpr std::chrono::seconds kCloseLimit{3};

std::unexpected<Error> usage(std::string text) {
  return std::unexpected(Error{Error::Kind::Usage, std::move(text)});
}

std::vector<std::string> known_names(rd_kafka_conf_t* conf) {
  std::vector<std::string> names = java_names();
  size_t count = 0;
  const char** dump = rd_kafka_conf_dump(conf, &count);  // names and values by turns
  for (size_t i = 0; i < count; i += 2) {
    names.emplace_back(dump[i]);
  }
  rd_kafka_conf_dump_free(dump, count);
  for (const char* unset :
       {"bootstrap.servers", "ssl.ca.location", "ssl.certificate.location", "ssl.key.location",
        "ssl.key.password", "ssl.keystore.location", "ssl.keystore.password", "sasl.username",
        "sasl.password", "client.rack", "sasl.mechanism"}) {  // not in the dump
    names.emplace_back(unset);
  }
  return names;
}

Result<void> set_user(rd_kafka_conf_t* conf, const std::string& name, const std::string& value,
                      const std::vector<std::string>& secrets) {
  std::array<char, 512> reason{};
  switch (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), reason.data(), reason.size())) {
    case RD_KAFKA_CONF_OK: return {};
    case RD_KAFKA_CONF_UNKNOWN: {
      std::string text = fmt::format("librdkafka {} has no property `{}` (`properties.{}`)",
                                     rd_kafka_version_str(), name, name);
      if (const std::string near = nearest(name, known_names(conf)); !near.empty()) {
        text += fmt::format("; did you mean `properties.{}`?", near);
      }
      return usage(std::move(text));
    }
    default: return usage(mask(fmt::format("`properties.{}`: {}", name, reason.data()), secrets));
  }
}

void set_own(rd_kafka_conf_t* conf, const char* name, const std::string& value) {
  std::array<char, 512> reason{};
  rd_kafka_conf_set(conf, name, value.c_str(), reason.data(), reason.size());
}

using Defaults = std::vector<std::pair<const char*, std::string>>;

void on_error(rd_kafka_t* /*client*/, int code, const char* reason, void* opaque) {
  static_cast<Connection*>(opaque)->trouble(static_cast<rd_kafka_resp_err_t>(code), reason);
}
void drop_log(const rd_kafka_t* /*client*/, int /*level*/, const char* /*facility*/, const char* /*text*/) {}

// `defaults` may be overridden by the user.
Result<Configured> configure(const KafkaOptions& options, const Defaults& defaults) {
  auto properties = translated(options.properties);
  if (!properties) {
    return std::unexpected(properties.error());
  }
  std::vector<std::string> secrets = secrets_of(options.properties);
  Conf conf(rd_kafka_conf_new());
  set_own(conf.get(), "client.id", options.client_id);
  set_own(conf.get(), "socket.keepalive.enable", "true");
  set_own(conf.get(), "socket.nagle.disable", "true");
  for (const auto& [name, value] : defaults) {
    set_own(conf.get(), name, value);
  }
  std::string brokers;
  for (const auto& [name, value] : *properties) {
    if (auto set = set_user(conf.get(), name, value, secrets); !set) {
      return std::unexpected(set.error());
    }
    if (name == "bootstrap.servers" || name == "metadata.broker.list") {
      brokers = value;
    }
  }
  if (brokers.empty()) {
    return usage(
        "`properties.bootstrap.servers` is missing: the addresses of some brokers, `host:port,host:port`");
  }
  auto connection = std::make_unique<Connection>(brokers, std::move(secrets), options.report);
  rd_kafka_conf_set_opaque(conf.get(), connection.get());
  rd_kafka_conf_set_error_cb(conf.get(), on_error);
  rd_kafka_conf_set_log_cb(conf.get(), drop_log);
  return Configured{std::move(conf), std::move(connection)};
}

void fix_consumer(rd_kafka_conf_t* conf, const std::string& group) {
  set_own(conf, "group.id", group);
  set_own(conf, "enable.auto.commit", "false");
  set_own(conf, "enable.auto.offset.store", "false");
  set_own(conf, "isolation.level", "read_committed");  // stable offsets too: KIP-447
  set_own(conf, "auto.offset.reset", "error");
  set_own(conf, "enable.partition.eof", "true");
  set_own(conf, "check.crcs", "true");
  set_own(conf, "allow.auto.create.topics", "false");
  set_own(conf, "topic.metadata.refresh.interval.ms", "60000");
}

// Small queues, which stay in the caches and do not grow with the number of partitions; nudge.h and
// fetch.queue.backoff.ms see to it that they are filled in time.
Defaults fetch_defaults() {
  return {{"fetch.queue.backoff.ms", "5"},  // from librdkafka 2.2
          {"queued.min.messages", "50000"},
          {"queued.max.messages.kbytes", "32768"},
          {"fetch.message.max.bytes", "1048576"},
          {"fetch.wait.max.ms", "100"}};
}

}  // namespace

Result<Configured> configure_consumer(const KafkaOptions& options, const std::string& group) {
  auto configured = configure(options, fetch_defaults());
  if (configured) {
    fix_consumer(configured->conf.get(), group);
  }
  return configured;
}

Result<Configured> configure_producer(const KafkaOptions& options, const KafkaProducerOptions& producer) {
  const std::string timeout = std::to_string(producer.transaction_timeout_ms);
  auto configured = configure(options, {{"transaction.timeout.ms", timeout},
                                        {"linger.ms", "5"},
                                        {"batch.num.messages", "100000"},
                                        {"batch.size", "1000000"},
                                        {"message.max.bytes", "100000000"},  // the topic has the say
                                        {"queue.buffering.max.messages", "1000000"},
                                        {"queue.buffering.max.kbytes", "262144"},
                                        {"compression.type", "lz4"}});
  if (!configured) {
    return configured;
  }
  rd_kafka_conf_t* conf = configured->conf.get();
  if (!producer.transactional_id.empty()) {
    set_own(conf, "transactional.id", producer.transactional_id);
  }
  set_own(conf, "enable.idempotence", "true");
  set_own(conf, "delivery.report.only.error", "true");
  set_own(conf, "partitioner", "murmur2_random");
  return configured;
}

Result<Configured> configure_lock(const KafkaOptions& options, const KafkaLockOptions& lock) {
  auto configured = configure(options, {});
  if (!configured) {
    return configured;
  }
  rd_kafka_conf_t* conf = configured->conf.get();
  fix_consumer(conf, lock.job + ".lock");
  set_own(conf, "group.instance.id", lock.instance);
  set_own(conf, "partition.assignment.strategy", "range");
  set_own(conf, "session.timeout.ms", std::to_string(lock.session_timeout_ms));
  set_own(conf, "heartbeat.interval.ms", std::to_string(lock.session_timeout_ms / 5));
  set_own(conf, "max.poll.interval.ms", "300000");
  return configured;
}

Result<Client> Client::make(rd_kafka_type_t type, Configured configured) {
  std::array<char, 512> reason{};
  rd_kafka_t* handle = rd_kafka_new(type, configured.conf.get(), reason.data(), reason.size());
  if (handle == nullptr) {
    // What is wrong with several properties together, or with files that they name.
    return usage(
        configured.connection->masked(fmt::format("the `properties.*` do not fit: {}", reason.data())));
  }
  static_cast<void>(configured.conf.release());  // is the client's now
  return Client(std::move(configured.connection), handle);
}

// librdkafka 2.0.2 may wait for ever for the thread of a broker that was away (a question that had timed out still counts as
// under way), so nobody waits long for it: what is left behind is never polled again, and calls nobody.
Client::~Client() {
  if (handle_ == nullptr) {
    return;
  }
  const auto closed = std::make_shared<std::promise<void>>();
  std::future<void> done = closed->get_future();
  std::thread([closed, handle = handle_, connection = std::move(connection_)] {
    // A member of a group stays one until its session ends, so that a restart in place is the same member.
    rd_kafka_destroy_flags(handle, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    closed->set_value();
  }).detach();
  done.wait_for(kCloseLimit);
}

}  // namespace weir::connectors::kafka
