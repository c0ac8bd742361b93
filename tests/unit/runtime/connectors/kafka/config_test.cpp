#include "runtime/connectors/kafka/config.h"

#include <array>

#include <gtest/gtest.h>

#include "runtime/connectors/kafka/properties.h"

namespace weir::connectors::kafka {
namespace {

constexpr std::pair<const char*, const char*> kBrokers = {"bootstrap.servers", "localhost:9092"};

std::string value_of(const Result<Configured>& configured, const char* name) {
  if (!configured) {
    return configured.error().text;
  }
  std::array<char, 512> text{};
  size_t size = text.size();
  return rd_kafka_conf_get(configured->conf.get(), name, text.data(), &size) == RD_KAFKA_CONF_OK ? text.data()
                                                                                                 : "(none)";
}

std::string refusal(Properties properties) {
  properties.insert(properties.begin(), kBrokers);
  const auto configured = configure_consumer({.properties = std::move(properties)}, "job");
  if (configured) {
    return "(taken)";
  }
  EXPECT_EQ(configured.error().kind, Error::Kind::Usage);
  return configured.error().text;
}

Result<Configured> consumer(Properties properties) {
  properties.insert(properties.begin(), kBrokers);
  auto configured = configure_consumer({.properties = std::move(properties)}, "job");
  EXPECT_TRUE(configured.has_value()) << configured.error().text;
  return configured;
}

TEST(KafkaConfig, PropertiesOfLibrdkafkaAreTaken) {
  const auto configured = consumer({{"fetch.min.bytes", "65536"}, {"security.protocol", "SASL_SSL"}});
  EXPECT_EQ(value_of(configured, "fetch.min.bytes"), "65536");
  EXPECT_EQ(value_of(configured, "security.protocol"), "sasl_ssl");
  EXPECT_EQ(value_of(configured, "bootstrap.servers"), "localhost:9092");
  EXPECT_EQ(configured->connection->brokers(), "localhost:9092");
}

TEST(KafkaConfig, WhatTheGuaranteesRestOnIsFixed) {
  const auto in = consumer({{"group.id", "of the user, honoured by the job"}});
  EXPECT_EQ(value_of(in, "group.id"), "job");
  EXPECT_EQ(value_of(in, "isolation.level"), "read_committed");
  EXPECT_EQ(value_of(in, "enable.auto.commit"), "false");
  EXPECT_EQ(value_of(in, "enable.auto.offset.store"), "false");
  EXPECT_EQ(value_of(in, "auto.offset.reset"), "error");
  EXPECT_EQ(value_of(in, "enable.partition.eof"), "true");
  EXPECT_EQ(value_of(in, "check.crcs"), "true");
  EXPECT_EQ(value_of(in, "allow.auto.create.topics"), "false");

  const auto out = configure_producer({.properties = {kBrokers}}, {.transactional_id = "sales"});
  EXPECT_EQ(value_of(out, "transactional.id"), "sales");
  EXPECT_EQ(value_of(out, "transaction.timeout.ms"), "30000");
  EXPECT_EQ(value_of(out, "enable.idempotence"), "true");
  EXPECT_EQ(value_of(out, "partitioner"), "murmur2_random");

  const auto lock =
      configure_lock({.properties = {kBrokers}}, {.job = "sales", .instance = "host-1", .topic = "orders"});
  EXPECT_EQ(value_of(lock, "group.id"), "sales.lock");
  EXPECT_EQ(value_of(lock, "group.instance.id"), "host-1");
  EXPECT_EQ(value_of(lock, "session.timeout.ms"), "10000");
}

TEST(KafkaConfig, TimeoutOfTransactionsIsTheJobs) {
  const auto out = configure_producer({.properties = {kBrokers}},
                                      {.transactional_id = "sales", .transaction_timeout_ms = 60'000});
  EXPECT_EQ(value_of(out, "transaction.timeout.ms"), "60000");
  EXPECT_EQ(
      refusal({{"transaction.timeout.ms", "60000"}}),
      "`properties.transaction.timeout.ms` cannot be set: the setting `transaction.timeout` says how long a "
      "transaction may stay open");
}

TEST(KafkaConfig, NamesOfJavaClientsAreTranslated) {
  const auto configured = consumer({{"fetch.max.wait.ms", "77"},
                                    {"receive.buffer.bytes", "131072"},
                                    {"max.request.size", "2000000"},
                                    {"buffer.memory", "33554432"},
                                    {"ssl.endpoint.identification.algorithm", ""}});
  EXPECT_EQ(value_of(configured, "fetch.wait.max.ms"), "77");
  EXPECT_EQ(value_of(configured, "socket.receive.buffer.bytes"), "131072");
  EXPECT_EQ(value_of(configured, "message.max.bytes"), "2000000");
  EXPECT_EQ(value_of(configured, "queue.buffering.max.kbytes"), "32768");
  EXPECT_EQ(value_of(configured, "ssl.endpoint.identification.algorithm"), "none");
}

TEST(KafkaConfig, JaasLinesOfPlainAndScramAreUnderstood) {
  const auto configured = consumer({{"sasl.mechanism", "SCRAM-SHA-256"},
                                    {"sasl.jaas.config",
                                     "org.apache.kafka.common.security.scram.ScramLoginModule required "
                                     "username=\"ann\" password = \"a\\\"b=c;\";"}});
  EXPECT_EQ(value_of(configured, "sasl.username"), "ann");
  const auto translation =
      translated({{"sasl.jaas.config", "x.PlainLoginModule required username='a' password='b c';"}});
  EXPECT_EQ(*translation, (Properties{{"sasl.username", "a"}, {"sasl.password", "b c"}}));
  EXPECT_EQ(
      refusal({{"sasl.jaas.config", "com.sun.security.auth.module.Krb5LoginModule required;"}}),
      "`properties.sasl.jaas.config` cannot be set: only those of PlainLoginModule and ScramLoginModule are "
      "understood; Kerberos is set by `properties.sasl.kerberos.keytab` and "
      "`properties.sasl.kerberos.principal`, OAuth by `properties.sasl.oauthbearer.*`");
  EXPECT_EQ(refusal({{"sasl.jaas.config", "PlainLoginModule required username=\"ann\";"}}),
            "`properties.sasl.jaas.config` cannot be set: it has no `username=\"…\"` and `password=\"…\"`");
}

TEST(KafkaConfig, JavaKeyStoresInPemAreTranslated) {
  EXPECT_EQ(*translated({{"ssl.truststore.type", "PEM"}, {"ssl.truststore.location", "/ca.pem"}}),
            (Properties{{"ssl.ca.location", "/ca.pem"}}));
  EXPECT_EQ(*translated({{"ssl.keystore.location", "/me.p12"}, {"ssl.keystore.type", "PKCS12"}}),
            (Properties{{"ssl.keystore.location", "/me.p12"}}));
  EXPECT_EQ(refusal({{"ssl.truststore.location", "/ca.jks"}}),
            "`properties.ssl.truststore.location` cannot be set: trusted certificates are read as PEM: "
            "`keytool -exportcert -rfc …`, then `properties.ssl.ca.location`");
  EXPECT_EQ(refusal({{"ssl.keystore.location", "/me.jks"}, {"ssl.keystore.type", "JKS"}}),
            "`properties.ssl.keystore.location` cannot be set: a Java key store cannot be read; "
            "`keytool -importkeystore … -deststoretype PKCS12` makes one that can");
}

TEST(KafkaConfig, RefusalsNameTheRemedy) {
  EXPECT_EQ(refusal({{"isolation.level", "read_uncommitted"}}),
            "`properties.isolation.level` cannot be set: Weir reads what is committed, and nothing else "
            "(`read_committed`)");
  EXPECT_EQ(refusal({{"auto.offset.reset", "latest"}}),
            "`properties.auto.offset.reset` cannot be set: `scan.startup.mode` says where reading begins");
  EXPECT_EQ(refusal({{"sasl.kerberos.kinit.cmd", "rm -rf /"}}),
            "`properties.sasl.kerberos.kinit.cmd` cannot be set: it would load or run foreign code");
  EXPECT_EQ(refusal({{"debug", "all"}}),
            "`properties.debug` cannot be set: librdkafka's debug logs show passwords");
}

TEST(KafkaConfig, UnknownPropertiesNameTheNearest) {
  const std::string version = rd_kafka_version_str();
  EXPECT_EQ(refusal({{"sasl.pasword", "x"}}),
            "librdkafka " + version +
                " has no property `sasl.pasword` (`properties.sasl.pasword`); did "
                "you mean `properties.sasl.password`?");
  EXPECT_EQ(refusal({{"fetch.max.wait", "x"}}),
            "librdkafka " + version +
                " has no property `fetch.max.wait` (`properties.fetch.max.wait`); did you mean "
                "`properties.fetch.max.wait.ms`?");
  EXPECT_EQ(
      refusal({{"quite.another.thing", "x"}}),
      "librdkafka " + version + " has no property `quite.another.thing` (`properties.quite.another.thing`)");
}

TEST(KafkaConfig, ValuesAreChecked) {
  EXPECT_EQ(
      refusal({{"fetch.min.bytes", "0"}}),
      "`properties.fetch.min.bytes`: Configuration property \"fetch.min.bytes\" value 0 is outside allowed "
      "range 1..100000000\n");
  EXPECT_EQ(refusal({{"buffer.memory", "32MB"}}), "`properties.buffer.memory` is no number of bytes: `32MB`");
  const auto none = configure_consumer({}, "job");
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(
      none.error().text,
      "`properties.bootstrap.servers` is missing: the addresses of some brokers, `host:port,host:port`");
}

TEST(KafkaConfig, SecretsAreMasked) {
  const Properties properties = {
      {"sasl.password", "hunter2"},
      {"ssl.key.password", "hunter2-long"},
      {"sasl.oauthbearer.client.secret", "s3cret"},
      {"sasl.jaas.config", "PlainLoginModule required username=\"u\" password=\"jaas pw\";"},
      {"sasl.username", "ann"}};
  EXPECT_EQ(mask("hunter2-long hunter2 s3cret ann jaas pw", secrets_of(properties)), "*** *** *** ann ***");
  EXPECT_FALSE(is_secret("sasl.username"));
  EXPECT_TRUE(is_secret("ssl.truststore.password"));
}

TEST(KafkaConnection, OneLineForEachChange) {
  std::vector<std::string> lines;
  const auto report =
      std::make_shared<ConnectionReport>([&](std::string_view line) { lines.emplace_back(line); });
  Connection connection("b1:9092", {"hunter2"}, report);
  Connection other("b1:9092", {}, report);
  const auto down = [&] {
    connection.trouble(
        RD_KAFKA_RESP_ERR__TRANSPORT,
        "b1:9092/bootstrap: Connect to ipv4#127.0.0.1:9092 failed: Connection refused hunter2 (after 0ms "
        "in state CONNECT)");
    connection.trouble(RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, "1/1 brokers are down");
  };
  connection.alive();
  down();
  down();
  EXPECT_EQ(connection.reason(), "Connect to ipv4#127.0.0.1:9092 failed: Connection refused ***");
  EXPECT_FALSE(connection.refused());
  other.trouble(RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, "1/1 brokers are down");
  connection.alive();
  connection.alive();
  other.alive();
  EXPECT_EQ(connection.reason(), "");
  connection.trouble(
      RD_KAFKA_RESP_ERR__AUTHENTICATION,
      "sasl_ssl://b1:9092/1: SASL authentication error: wrong password (after 3ms in state AUTH_REQ)");
  EXPECT_TRUE(connection.refused());
  EXPECT_EQ(lines,
            (std::vector<std::string>{
                "Kafka at `b1:9092` is away: Connect to ipv4#127.0.0.1:9092 failed: Connection refused ***",
                "Kafka at `b1:9092` is back",
                "Kafka at `b1:9092` refuses the connection: SASL authentication error: wrong password"}));
}

}  // namespace
}  // namespace weir::connectors::kafka
