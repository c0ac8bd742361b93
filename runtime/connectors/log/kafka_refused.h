// Properties of Kafka's clients that a table cannot set, each with the reason or the remedy, and those that are secrets.
// The compiler refuses them where they are written, the client when a job is started with them.
#pragma once

#include <algorithm>
#include <iterator>
#include <string_view>

namespace weir::connectors::kafka {

struct Refusal {
  std::string_view name;
  std::string_view reason;
};

inline constexpr std::string_view kByTransaction = "Weir commits positions itself, together with the output";
inline constexpr std::string_view kForeignCode = "it would load or run foreign code";
inline constexpr std::string_view kByFormat =
    "`format`, `key.format` and `value.format` say how records are encoded";
inline constexpr std::string_view kJavaClass = "it names a Java class, and Weir runs none";

inline constexpr Refusal kRefused[] = {
    // Decided by Weir: the guarantees of a job rest on them.
    {"enable.auto.commit", kByTransaction},
    {"auto.commit.enable", kByTransaction},
    {"auto.commit.interval.ms", kByTransaction},
    {"enable.auto.offset.store", kByTransaction},
    {"offset.store.method", kByTransaction},
    {"offset.store.path", kByTransaction},
    {"offset.store.sync.interval.ms", kByTransaction},
    {"auto.offset.reset", "`scan.startup.mode` says where reading begins"},
    {"isolation.level", "Weir reads what is committed, and nothing else (`read_committed`)"},
    {"enable.partition.eof", "Weir needs to see the end of a partition"},
    {"check.crcs", "Weir always compares checksums"},
    {"allow.auto.create.topics", "Weir never creates inputs; create the topic before"},
    {"partition.assignment.strategy", "Weir assigns partitions itself"},
    {"group.protocol", "Weir assigns partitions itself"},
    {"group.protocol.type", "Weir assigns partitions itself"},
    {"group.remote.assignor", "Weir assigns partitions itself"},
    {"group.instance.id", "`--instance` names the instance of a job"},
    {"session.timeout.ms", "Weir's instances watch each other with a time-out of their own"},
    {"heartbeat.interval.ms", "Weir's instances watch each other with a time-out of their own"},
    {"max.poll.interval.ms", "Weir's instances watch each other with a time-out of their own"},
    {"transactional.id", "`sink.transactional-id-prefix` names transactions"},
    {"transaction.timeout.ms", "the setting `transaction.timeout` says how long a transaction may stay open"},
    {"enable.idempotence", "`sink.delivery-guarantee` decides"},
    {"acks", "`sink.delivery-guarantee` decides"},
    {"request.required.acks", "`sink.delivery-guarantee` decides"},
    {"enable.gapless.guarantee", "`sink.delivery-guarantee` decides"},
    {"max.in.flight", "`sink.delivery-guarantee` decides"},
    {"max.in.flight.requests.per.connection", "`sink.delivery-guarantee` decides"},
    {"retries", "Weir repeats until the time-out of the transaction"},
    {"message.send.max.retries", "Weir repeats until the time-out of the transaction"},
    {"message.timeout.ms", "Weir repeats until the time-out of the transaction"},
    {"delivery.timeout.ms", "Weir repeats until the time-out of the transaction"},
    {"partitioner", "`sink.partitioner` says to which partition a record goes"},
    {"partitioner.class", "`sink.partitioner` says to which partition a record goes"},
    {"partitioner.ignore.keys", "`sink.partitioner` says to which partition a record goes"},
    {"queuing.strategy", "Weir needs the order of records"},
    {"delivery.report.only.error", "Weir checks each delivery"},
    {"client.id", "Weir names its clients after the job"},
    {"statistics.interval.ms", "`--metrics` shows what a job does"},
    {"metadata.broker.list", "`properties.bootstrap.servers` names the brokers"},
    {"topic.blacklist", "`topic` says what is read"},
    {"log_level", "Weir reports changes of the connection itself"},
    {"log.queue", "Weir reports changes of the connection itself"},
    {"log.connection.close", "Weir reports changes of the connection itself"},
    {"log.thread.name", "Weir reports changes of the connection itself"},
    {"internal.termination.signal", "Weir ends its threads itself"},
    {"enabled_events", "Weir listens itself"},
    // Dangerous.
    {"debug", "librdkafka's debug logs show passwords"},
    {"plugin.library.paths", kForeignCode},
    {"interceptors", kForeignCode},
    {"ssl.engine.location", kForeignCode},
    {"ssl.engine.id", kForeignCode},
    {"ssl.providers", kForeignCode},
    {"sasl.kerberos.kinit.cmd", kForeignCode},
    // Of Java clients, without a counterpart.
    {"key.serializer", kByFormat},
    {"value.serializer", kByFormat},
    {"key.deserializer", kByFormat},
    {"value.deserializer", kByFormat},
    {"interceptor.classes", kJavaClass},
    {"metric.reporters", kJavaClass},
    {"security.providers", kJavaClass},
    {"sasl.login.class", kJavaClass},
    {"sasl.login.callback.handler.class", kJavaClass},
    {"sasl.client.callback.handler.class", kJavaClass},
    {"ssl.engine.factory.class", kJavaClass},
    {"config.providers", "secrets are written `${env:NAME}` or `${file:PATH}`"},
    {"max.poll.records", "Weir reads whole batches; `fetch.max.bytes` bounds a fetch"},
    {"max.block.ms", "Weir waits while the buffer is full"},
    {"default.api.timeout.ms", "`socket.timeout.ms` bounds a request"},
    {"exclude.internal.topics", "`topic` says what is read"},
    {"partition.discovery.interval.ms",
     "`scan.topic-partition-discovery.interval` is the option of the table"},
};

// Null if the property may be set.
inline const Refusal* find_refusal(std::string_view name) {
  const auto* const found = std::ranges::find(kRefused, name, &Refusal::name);
  return found == std::end(kRefused) ? nullptr : found;
}

// Its value is a file of the machine: who writes a query must not choose what the job reads.
inline bool is_path(std::string_view name) {
  return (name.starts_with("ssl.") && name.ends_with(".location")) || name == "sasl.kerberos.keytab";
}

// Its value must never be printed.
inline bool is_secret(std::string_view name) {
  return name.find("password") != std::string_view::npos || name.find("secret") != std::string_view::npos ||
         name.ends_with(".key.pem") || name == "ssl.keystore.key" || name == "sasl.jaas.config" ||
         name == "sasl.oauthbearer.config";
}

}  // namespace weir::connectors::kafka
