// Writing and reading by transactions, on a real broker.
#include <chrono>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/runtime/connectors/kafka_broker.h"

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

}  // namespace
}  // namespace weir::connectors
