// Writing and reading by transactions, on a real broker.
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/runtime/connectors/kafka/kafka_broker.h"

namespace weir::connectors {
namespace {

using std::chrono::steady_clock;

std::string_view view(abi::StringRef text) { return {text.data, text.size}; }

class KafkaTransactions : public KafkaBroker {
 protected:
  std::unique_ptr<LogProducer> producer(const std::string& id) {
    auto made = weir_kafka_log()->make_producer(options_, {.transactional_id = id});
    EXPECT_TRUE(made.has_value()) << made.error().text;
    return std::move(*made);
  }
  std::unique_ptr<LogProducer> opened(const std::string& id) {
    auto made = producer(id);
    const auto done = made->open();
    EXPECT_TRUE(done.has_value()) << done.error().text;
    return made;
  }
  std::unique_ptr<LogConsumer> consumer(const std::string& group) {
    auto made = weir_kafka_log()->make_consumer(options_, group);
    EXPECT_TRUE(made.has_value()) << made.error().text;
    return std::move(*made);
  }
  static void write(LogProducer& producer, const std::string& topic, int32_t partition,
                    const std::vector<std::string>& values) {
    std::vector<Record> records;
    for (const std::string& value : values) {
      records.push_back({.key = std::nullopt, .value = value});
    }
    const auto done = producer.produce(topic, partition, records);
    ASSERT_TRUE(done.has_value()) << done.error().text;
  }
  // Until the end of the partition.
  static std::vector<std::string> read_all(LogReader& reader) {
    std::vector<std::string> values;
    std::vector<abi::MessageInfo> messages(64);
    const auto give_up = steady_clock::now() + std::chrono::seconds(20);
    do {
      const auto count = reader.fetch(messages, 100);
      EXPECT_TRUE(count.has_value()) << count.error().text;
      if (!count) {
        break;
      }
      for (uint32_t i = 0; i < *count; ++i) {
        values.emplace_back(view(messages[i].value));
      }
    } while (!reader.at_end() && steady_clock::now() < give_up);
    EXPECT_TRUE(reader.at_end());
    return values;
  }
};

TEST_F(KafkaTransactions, OutputAndOffsetsBecomeVisibleTogether) {
  const std::string topic = make_topic(2);
  const std::string group = fresh("job");
  auto out = opened(fresh("id"));
  ASSERT_TRUE(out->begin().has_value());
  write(*out, topic, 0, {"a", "b"});
  write(*out, topic, 1, {"c"});
  const std::vector<OffsetCommit> offsets = {
      {group, {topic, 1}, 17, "weir1;p=17;w=-9223372036854775808;crc=00000000"},
      {group, {topic, 0}, 0, ""},
      {group + ".other", {topic, 0}, 5, "of another group"}};
  const auto done = out->commit(offsets);
  ASSERT_TRUE(done.has_value()) << done.error().text;

  auto in = consumer(group);
  const std::vector<TopicPartition> asked = {{topic, 0}, {topic, 1}};
  const auto committed = in->committed(group, asked);
  ASSERT_TRUE(committed.has_value()) << committed.error().text;
  ASSERT_EQ(committed->size(), 2u);
  EXPECT_EQ((*committed)[0].offset, 0);
  EXPECT_EQ((*committed)[0].metadata, "");
  EXPECT_EQ((*committed)[1].offset, 17);
  EXPECT_EQ((*committed)[1].metadata, offsets[0].metadata);
  const auto other = in->committed(group + ".other", asked);
  ASSERT_TRUE(other.has_value()) << other.error().text;
  EXPECT_EQ((*other)[0].offset, 5);
  EXPECT_EQ((*other)[0].metadata, "of another group");
  EXPECT_EQ((*other)[1].offset, kNoOffset);

  auto reader = in->open({topic, 0}, {.offset = 0});
  ASSERT_TRUE(reader.has_value()) << reader.error().text;
  EXPECT_EQ(read_all(**reader), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ((*reader)->position(), 3);  // behind the marker
  // The set of partitions grows while one is read.
  auto second = in->open({topic, 1}, {.offset = 0});
  ASSERT_TRUE(second.has_value()) << second.error().text;
  EXPECT_EQ(read_all(**second), (std::vector<std::string>{"c"}));

  const auto range = in->offsets({topic, 0});
  ASSERT_TRUE(range.has_value()) << range.error().text;
  EXPECT_EQ(range->first, 0);
  EXPECT_EQ(range->end, 3);
}

TEST_F(KafkaTransactions, AbortedRecordsAreNotReadAndThePositionPassesThem) {
  const std::string topic = make_topic(1);
  const std::string id = fresh("id");
  auto out = opened(id);
  ASSERT_TRUE(out->begin().has_value());
  write(*out, topic, 0, {"kept"});
  ASSERT_TRUE(out->commit({}).has_value());
  auto in = consumer(fresh("job"));
  auto reader = in->open({topic, 0}, {.offset = 0});
  ASSERT_TRUE(reader.has_value());
  EXPECT_EQ(read_all(**reader), (std::vector<std::string>{"kept"}));
  EXPECT_EQ((*reader)->position(), 2);

  // An open transaction holds the last stable offset back.
  ASSERT_TRUE(out->begin().has_value());
  write(*out, topic, 0, {"lost", "lost", "lost"});
  std::vector<abi::MessageInfo> messages(16);
  const auto quiet = (*reader)->fetch(messages, 300);
  ASSERT_TRUE(quiet.has_value());
  EXPECT_EQ(*quiet, 0u);
  EXPECT_EQ((*reader)->position(), 2);
  const auto held = in->offsets({topic, 0});
  ASSERT_TRUE(held.has_value());
  EXPECT_EQ(held->end, 2);

  out.reset();  // ends it
  const auto give_up = steady_clock::now() + std::chrono::seconds(10);
  while ((*reader)->position() < 6 && steady_clock::now() < give_up) {
    const auto count = (*reader)->fetch(messages, 100);
    ASSERT_TRUE(count.has_value());
    EXPECT_EQ(*count, 0u);
  }
  EXPECT_EQ((*reader)->position(), 6);  // three records and two markers
  EXPECT_TRUE((*reader)->at_end());
}

TEST_F(KafkaTransactions, OlderProducerIsFenced) {
  const std::string topic = make_topic(1);
  const std::string id = fresh("id");
  auto old = opened(id);
  ASSERT_TRUE(old->begin().has_value());
  write(*old, topic, 0, {"of the older"});
  auto young = opened(id);
  ASSERT_TRUE(young->begin().has_value());
  write(*young, topic, 0, {"of the younger"});
  ASSERT_TRUE(young->commit({}).has_value());
  const auto done = old->commit({});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().kind, Error::Kind::Fenced) << done.error().text;
  old.reset();

  auto in = consumer(fresh("job"));
  auto reader = in->open({topic, 0}, {.offset = 0});
  ASSERT_TRUE(reader.has_value());
  EXPECT_EQ(read_all(**reader), (std::vector<std::string>{"of the younger"}));
}

// A transaction whose offsets are sent and whose end is not.
TEST_F(KafkaTransactions, CommittedWaitsForPendingTransactions) {
  const std::string topic = make_topic(1);
  const std::string group = fresh("job");
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "bootstrap.servers", broker_address().c_str(), nullptr, 0);
  rd_kafka_conf_set(conf, "transactional.id", fresh("id").c_str(), nullptr, 0);
  rd_kafka_t* pending = rd_kafka_new(RD_KAFKA_PRODUCER, conf, nullptr, 0);
  ASSERT_EQ(rd_kafka_init_transactions(pending, 20'000), nullptr);
  ASSERT_EQ(rd_kafka_begin_transaction(pending), nullptr);
  rd_kafka_topic_partition_list_t* offsets = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(offsets, topic.c_str(), 0)->offset = 42;
  rd_kafka_consumer_group_metadata_t* metadata = rd_kafka_consumer_group_metadata_new(group.c_str());
  ASSERT_EQ(rd_kafka_send_offsets_to_transaction(pending, offsets, metadata, 20'000), nullptr);

  std::atomic<bool> answered = false;
  std::thread asking([&] {
    const std::vector<TopicPartition> asked = {{topic, 0}};
    auto in = consumer(group);
    const auto committed = in->committed(group, asked);
    answered = true;
    ASSERT_TRUE(committed.has_value()) << committed.error().text;
    EXPECT_EQ((*committed)[0].offset, 42);
  });
  std::this_thread::sleep_for(std::chrono::seconds(2));
  EXPECT_FALSE(answered);
  EXPECT_EQ(rd_kafka_commit_transaction(pending, 20'000), nullptr);
  asking.join();
  EXPECT_TRUE(answered);
  rd_kafka_consumer_group_metadata_destroy(metadata);
  rd_kafka_topic_partition_list_destroy(offsets);
  rd_kafka_destroy(pending);
}

TEST_F(KafkaTransactions, WithoutTransactionsOffsetsFollowTheOutput) {
  const std::string topic = make_topic(1);
  const std::string group = fresh("job");
  auto out = producer("");
  ASSERT_TRUE(out->open().has_value());
  ASSERT_TRUE(out->begin().has_value());
  write(*out, topic, 0, {"a"});
  const std::vector<OffsetCommit> offsets = {{group, {topic, 0}, 9, "record"}};
  const auto done = out->commit(offsets);
  ASSERT_TRUE(done.has_value()) << done.error().text;
  auto in = consumer(group);
  const std::vector<TopicPartition> asked = {{topic, 0}};
  const auto committed = in->committed(group, asked);
  ASSERT_TRUE(committed.has_value()) << committed.error().text;
  EXPECT_EQ((*committed)[0].offset, 9);
  EXPECT_EQ((*committed)[0].metadata, "record");
}

TEST_F(KafkaTransactions, KeysTimestampsTombstonesAndPartitions) {
  const std::string topic = make_topic(8);
  auto out = opened(fresh("id"));
  ASSERT_TRUE(out->begin().has_value());
  // As org.apache.kafka.common.utils.Utils.murmur2 places "foobar" and "a" on eight partitions.
  const std::vector<Record> records = {
      {.key = "foobar", .value = std::nullopt, .timestamp_ms = 1'700'000'000'123},
      {.key = "foobar", .value = ""}};
  ASSERT_TRUE(out->produce(topic, kAnyPartition, records).has_value());
  ASSERT_TRUE(out->commit({}).has_value());
  constexpr int32_t kPlace =
      static_cast<int32_t>((0x7fffffff & -790332482) % 8);  // murmur2("foobar") in Kafka's tests
  auto in = consumer(fresh("job"));
  auto reader = in->open({topic, kPlace}, {.offset = 0, .with_headers = true});
  ASSERT_TRUE(reader.has_value());
  std::vector<abi::MessageInfo> messages(16);
  uint32_t count = 0;
  const auto give_up = steady_clock::now() + std::chrono::seconds(10);
  while (count < 2 && steady_clock::now() < give_up) {
    const auto more = (*reader)->fetch(std::span(messages).subspan(count), 100);
    ASSERT_TRUE(more.has_value());
    ASSERT_TRUE(*more == 0 || *more == 2);
    count += *more;
  }
  ASSERT_EQ(count, 2u);
  EXPECT_EQ(view(messages[0].key), "foobar");
  EXPECT_EQ(messages[0].value.data, nullptr);
  EXPECT_EQ(messages[0].timestamp_ms, 1'700'000'000'123);
  EXPECT_EQ(messages[0].timestamp_type, static_cast<uint32_t>(abi::TimestampType::CreateTime));
  EXPECT_EQ(view(messages[0].headers), "{}");
  EXPECT_NE(messages[1].value.data, nullptr);
  EXPECT_EQ(messages[1].value.size, 0u);
  EXPECT_GT(messages[1].timestamp_ms, 1'700'000'000'123);
}

TEST_F(KafkaTransactions, QuestionsAboutTopics) {
  const std::string topic = make_topic(3);
  auto in = consumer(fresh("job"));
  const auto count = in->partition_count(topic);
  ASSERT_TRUE(count.has_value()) << count.error().text;
  EXPECT_EQ(*count, 3);
  const auto none = in->partition_count("no-such-topic");
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error().kind, Error::Kind::InputOutput);
  EXPECT_EQ(none.error().text, "topic `no-such-topic` does not exist");

  auto out = opened(fresh("id"));
  ASSERT_TRUE(out->begin().has_value());
  const std::vector<Record> records = {{.key = {}, .value = "a", .timestamp_ms = 1'000},
                                       {.key = {}, .value = "b", .timestamp_ms = 2'000}};
  ASSERT_TRUE(out->produce(topic, 1, records).has_value());
  ASSERT_TRUE(out->commit({}).has_value());
  // What has just been committed may take a moment to be visible.
  const auto give_up = steady_clock::now() + std::chrono::seconds(10);
  while (in->offsets({topic, 1}).value_or(OffsetRange{}).end < 3 && steady_clock::now() < give_up) {
  }
  EXPECT_EQ(in->offset_at({topic, 1}, 0).value_or(-1), 0);
  EXPECT_EQ(in->offset_at({topic, 1}, 1'500).value_or(-1), 1);
  EXPECT_EQ(in->offset_at({topic, 1}, 3'000).value_or(-1), 2);  // a marker has a time too
  EXPECT_EQ(in->offset_at({topic, 0}, 0).value_or(-1), 0);
}

TEST_F(KafkaTransactions, OffsetThatIsNotInTheLogIsAnError) {
  const std::string topic = make_topic(1);
  auto in = consumer(fresh("job"));
  auto reader = in->open({topic, 0}, {.offset = 100});
  ASSERT_TRUE(reader.has_value());
  std::vector<abi::MessageInfo> messages(16);
  auto count = (*reader)->fetch(messages, 1'000);
  for (int i = 0; i < 20 && count; ++i) {
    count = (*reader)->fetch(messages, 1'000);
  }
  ASSERT_FALSE(count.has_value());
  EXPECT_EQ(count.error().kind, Error::Kind::InputOutput);
  EXPECT_EQ(count.error().text,
            "topic `" + topic +
                "`, partition 0: offset 100 is not in the log, which has 0 to 0: the topic was made "
                "anew, or lost records");
}

// A reader that is closed and opened again elsewhere sees nothing of what the first had fetched ahead.
TEST_F(KafkaTransactions, ReadersCanBeOpenedAgainFromAnotherOffset) {
  const std::string topic = make_topic(1);
  auto out = opened(fresh("id"));
  ASSERT_TRUE(out->begin().has_value());
  std::vector<std::string> values(5'000);
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = std::to_string(i);
  }
  write(*out, topic, 0, values);
  ASSERT_TRUE(out->commit({}).has_value());
  auto in = consumer(fresh("job"));
  for (const int64_t offset : {3'000, 0, 4'999, 17}) {
    auto reader = in->open({topic, 0}, {.offset = offset});
    ASSERT_TRUE(reader.has_value());
    EXPECT_TRUE((*reader)->ready(5'000));
    std::vector<abi::MessageInfo> messages(8);
    const auto count = (*reader)->fetch(messages, 1'000);
    ASSERT_TRUE(count.has_value());
    ASSERT_GT(*count, 0u);
    EXPECT_EQ(messages[0].offset, offset);
    EXPECT_EQ(view(messages[0].value), std::to_string(offset));
  }
}

}  // namespace
}  // namespace weir::connectors
