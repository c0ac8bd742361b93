#include "runtime/connectors/kafka/error.h"

#include <gtest/gtest.h>
#include <librdkafka/rdkafka_mock.h>

#include "runtime/connectors/log/kafka_log.h"
#include "weir_version.h"

namespace weir::connectors::kafka {
namespace {

TEST(KafkaError, Kinds) {
  EXPECT_EQ(kind_of(RD_KAFKA_RESP_ERR__FENCED), Error::Kind::Fenced);
  EXPECT_EQ(kind_of(RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH), Error::Kind::Fenced);
  EXPECT_EQ(kind_of(RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID), Error::Kind::Fenced);
  EXPECT_EQ(kind_of(RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED), Error::Kind::InputOutput);
  EXPECT_EQ(kind_of(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART), Error::Kind::InputOutput);
  EXPECT_EQ(kind_of(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE), Error::Kind::InputOutput);
  EXPECT_EQ(kind_of(RD_KAFKA_RESP_ERR__TIMED_OUT), Error::Kind::Retry);
  EXPECT_EQ(kind_of(RD_KAFKA_RESP_ERR__TRANSPORT), Error::Kind::Retry);
  EXPECT_EQ(kind_of(RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE), Error::Kind::Retry);
  EXPECT_EQ(kind_of(RD_KAFKA_RESP_ERR_INVALID_PRODUCER_ID_MAPPING), Error::Kind::Retry);
}

TEST(KafkaError, TextSaysWhatAndWhy) {
  Connection connection("b1:9092", {"hunter2"}, nullptr);
  EXPECT_EQ(error_of(connection, "topic `orders`", RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED).text,
            "topic `orders`: Broker: Topic authorization failed\n"
            "hint: `kafka-acls.sh --add --allow-principal User:NAME --operation Read --topic TOPIC` gives "
            "the right for an "
            "input, `--operation Write` for an output; a changelog needs both");
  EXPECT_EQ(error_of(connection, "committing positions", RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED).text,
            "committing positions: Broker: Group authorization failed\n"
            "hint: `kafka-acls.sh --add --allow-principal User:NAME --operation Read --group JOB "
            "--resource-pattern-type prefixed` gives the right for the groups of the job");
  EXPECT_EQ(error_of(connection, "committing", RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED).text,
            "committing: Broker: Transactional Id authorization failed\n"
            "hint: `kafka-acls.sh --add --allow-principal User:NAME --operation Write --operation Describe "
            "--transactional-id JOB` gives the right for the transactions of the job");
  EXPECT_EQ(error_of(connection, "topic `orders`", RD_KAFKA_RESP_ERR__BAD_MSG, "says hunter2").text,
            "topic `orders`: says ***");
  EXPECT_EQ(error_of(connection, "topic `orders`", RD_KAFKA_RESP_ERR__TIMED_OUT, "Local: Timed out").text,
            "topic `orders`: no answer from Kafka at `b1:9092`");
  connection.trouble(RD_KAFKA_RESP_ERR__SSL, "ssl://b1:9092/1: certificate verify failed");
  const Error refused = error_of(connection, "topic `orders`", RD_KAFKA_RESP_ERR__TIMED_OUT);
  EXPECT_EQ(refused.kind, Error::Kind::InputOutput);
  EXPECT_EQ(refused.text,
            "topic `orders`: Kafka at `b1:9092` refuses the connection: certificate verify failed");
}

// librdkafka's own cluster in memory, with errors on demand.
class KafkaMock : public testing::Test {
 protected:
  void SetUp() override {
    // librdkafka starts its threads by thrd_create, of which ThreadSanitizer does not know.
    if (version_sanitizers.find("thread") != std::string_view::npos) {
      GTEST_SKIP() << "ThreadSanitizer cannot follow librdkafka's threads";
    }
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    rd_kafka_conf_set_log_cb(conf, [](const rd_kafka_t*, int, const char*, const char*) {});
    host_ = rd_kafka_new(RD_KAFKA_PRODUCER, conf, nullptr, 0);
    cluster_ = rd_kafka_mock_cluster_new(host_, 1);
    rd_kafka_mock_topic_create(cluster_, "out", 1, 1);
    options_.properties = {{"bootstrap.servers", rd_kafka_mock_cluster_bootstraps(cluster_)}};
  }
  void TearDown() override {
    if (host_ == nullptr) {
      return;
    }
    rd_kafka_mock_cluster_destroy(cluster_);
    rd_kafka_destroy(host_);
  }
  std::unique_ptr<LogProducer> in_transaction() {
    auto made = weir_kafka_log()->make_producer(options_,
                                                {.transactional_id = "job", .transaction_timeout_ms = 5'000});
    EXPECT_TRUE(made.has_value()) << made.error().text;
    EXPECT_TRUE((*made)->open().has_value());
    EXPECT_TRUE((*made)->begin().has_value());
    const Record record{.key = "k", .value = "v"};
    EXPECT_TRUE((*made)->produce("out", kAnyPartition, {&record, 1}).has_value());
    return std::move(*made);
  }

  static constexpr int16_t kAddPartitionsToTxn = 24;
  static constexpr int16_t kEndTxn = 26;
  static constexpr int16_t kTxnOffsetCommit = 28;
  rd_kafka_t* host_ = nullptr;
  rd_kafka_mock_cluster_t* cluster_ = nullptr;
  KafkaOptions options_;
};

TEST_F(KafkaMock, CommitOfOutputAndOffsets) {
  auto producer = in_transaction();
  const OffsetCommit offset{"job", {"out", 0}, 7, "meta"};
  const auto done = producer->commit({&offset, 1});
  EXPECT_TRUE(done.has_value()) << done.error().text;
}

// The first message that ends the transaction is lost for the client, which sends a second: success, but of no use.
TEST_F(KafkaMock, ProducerThatEndedATransactionTwiceIsNotTrusted) {
  auto producer = in_transaction();
  rd_kafka_mock_push_request_errors(cluster_, kEndTxn, 1, RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS);
  const auto done = producer->commit({});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().kind, Error::Kind::Retry);
  EXPECT_EQ(done.error().text,
            "committing a transaction: its end had to be sent twice, and the first message may still arrive "
            "and end "
            "the next one");
}

TEST_F(KafkaMock, FencedWhenCommitting) {
  auto producer = in_transaction();
  rd_kafka_mock_push_request_errors(cluster_, kEndTxn, 1, RD_KAFKA_RESP_ERR_PRODUCER_FENCED);
  const auto done = producer->commit({});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().kind, Error::Kind::Fenced) << done.error().text;
}

TEST_F(KafkaMock, TransactionThatMustBeAbortedIsRetried) {
  auto producer = in_transaction();
  rd_kafka_mock_push_request_errors(cluster_, kTxnOffsetCommit, 1,
                                    RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED);
  const OffsetCommit offset{"job", {"out", 0}, 7, "meta"};
  const auto done = producer->commit({&offset, 1});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().kind, Error::Kind::InputOutput) << done.error().text;  // waiting gives no rights
  auto other = in_transaction();
  rd_kafka_mock_push_request_errors(cluster_, kTxnOffsetCommit, 1, RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION);
  const auto again = other->commit({&offset, 1});
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().kind, Error::Kind::Retry) << again.error().text;
}

// The transaction drops its records then, and only it knows why. Without the reason the job would try again for ever; and what
// a record holds is nobody's business.
TEST_F(KafkaMock, RecordsThatMayNotBeWrittenSayWhy) {
  rd_kafka_mock_push_request_errors(cluster_, kAddPartitionsToTxn, 1,
                                    RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
  auto producer = in_transaction();
  const auto done = producer->commit({});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().kind, Error::Kind::InputOutput);
  EXPECT_TRUE(done.error().text.starts_with("writing: Failed to add partition(s) to transaction"))
      << done.error().text;
  EXPECT_NE(done.error().text.find("Topic authorization failed"), std::string::npos) << done.error().text;
  const Record record{.key = "k", .value = "v"};
  EXPECT_FALSE(producer->produce("out", kAnyPartition, {&record, 1}).has_value());
}

}  // namespace
}  // namespace weir::connectors::kafka
