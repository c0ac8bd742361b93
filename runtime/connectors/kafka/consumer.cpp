#include "runtime/connectors/kafka/consumer.h"

#include <chrono>

#include <fmt/format.h>

#include "runtime/connectors/kafka/error.h"
#include "runtime/connectors/kafka/questions.h"
#include "runtime/connectors/kafka/reader.h"
#include "runtime/connectors/kafka/side_thread.h"

namespace weir::connectors::kafka {
namespace {

// A transaction of another instance that does not come back is pending until its time-out, and the broker looks for such
// every ten seconds.
constexpr std::chrono::seconds kPendingLimit{60};

// The state of one group goes into one record, however large its strings are.
constexpr const char* kLargestRecord = "67108864";

std::string place_of(const TopicPartition& partition) {
  return fmt::format("topic `{}`, partition {}", partition.topic, partition.partition);
}

std::unexpected<Error> no_such_topic(const std::string& topic) {
  return std::unexpected(Error{Error::Kind::InputOutput, fmt::format("topic `{}` does not exist", topic)});
}

class Consumer final : public LogConsumer {
 public:
  Consumer(std::shared_ptr<ReadingClient> shared, KafkaOptions options, std::string group)
      : shared_(std::move(shared)),
        client_(&shared_->client),
        options_(std::move(options)),
        group_(std::move(group)) {}
  ~Consumer() override { client_->connection().give_up(); }
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;

  Result<int32_t> partition_count(const std::string& topic) override {
    const Topic handle(rd_kafka_topic_new(client_->handle(), topic.c_str(), nullptr));
    if (handle == nullptr) {
      return std::unexpected(
          error_of(client_->connection(), fmt::format("topic `{}`", topic), rd_kafka_last_error()));
    }
    const rd_kafka_metadata_t* answer = nullptr;
    const rd_kafka_resp_err_t code = ask_patiently(client_->connection(), [&](int timeout_ms) {
      return rd_kafka_metadata(client_->handle(), 0, handle.get(), &answer, timeout_ms);
    });
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return std::unexpected(failed(fmt::format("topic `{}`", topic), code));
    }
    const Metadata metadata(answer);
    client_->connection().alive();
    if (metadata->topic_cnt != 1 || metadata->topics[0].err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) {
      return no_such_topic(topic);
    }
    if (metadata->topics[0].err != RD_KAFKA_RESP_ERR_NO_ERROR &&
        metadata->topics[0].err != RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE) {
      return std::unexpected(failed(fmt::format("topic `{}`", topic), metadata->topics[0].err));
    }
    if (metadata->topics[0].partition_cnt == 0) {
      return no_such_topic(topic);
    }
    return metadata->topics[0].partition_cnt;
  }

  Result<void> create_topic(const std::string& name) override {
    const std::string what = fmt::format("making topic `{}`", name);
    char reason[512] = "";
    constexpr int kOfTheBroker = -1;  // replication
    rd_kafka_NewTopic_t* topic = rd_kafka_NewTopic_new(name.c_str(), 1, kOfTheBroker, reason, sizeof(reason));
    if (topic == nullptr) {
      return std::unexpected(error_of(client_->connection(), what, RD_KAFKA_RESP_ERR__INVALID_ARG, reason));
    }
    rd_kafka_NewTopic_set_config(topic, "cleanup.policy", "delete");
    rd_kafka_NewTopic_set_config(topic, "retention.ms", "-1");
    rd_kafka_NewTopic_set_config(topic, "max.message.bytes", kLargestRecord);
    const Queue queue(rd_kafka_queue_new(client_->handle()));
    rd_kafka_CreateTopics(client_->handle(), &topic, 1, nullptr, queue.get());
    rd_kafka_NewTopic_destroy(topic);
    const Event event = wait_for_answer(client_->connection(), queue.get());
    if (event == nullptr || rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return std::unexpected(
          failed(what, event == nullptr ? RD_KAFKA_RESP_ERR__TIMED_OUT : rd_kafka_event_error(event.get())));
    }
    size_t count = 0;
    const auto* const results =
        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
    const rd_kafka_resp_err_t code = rd_kafka_topic_result_error(results[0]);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR && code != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
      const char* const text = rd_kafka_topic_result_error_string(results[0]);
      return std::unexpected(error_of(client_->connection(), what, code, text == nullptr ? "" : text));
    }
    return {};
  }

  Result<void> delete_before(const TopicPartition& partition, int64_t offset) override {
    const std::string what = fmt::format("deleting old records of topic `{}`", partition.topic);
    const PartitionList places = one_partition(partition.topic, partition.partition, offset);
    rd_kafka_DeleteRecords_t* request = rd_kafka_DeleteRecords_new(places.get());
    const Queue queue(rd_kafka_queue_new(client_->handle()));
    rd_kafka_DeleteRecords(client_->handle(), &request, 1, nullptr, queue.get());
    rd_kafka_DeleteRecords_destroy(request);
    const Event event = wait_for_answer(client_->connection(), queue.get());
    if (event == nullptr || rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return std::unexpected(
          failed(what, event == nullptr ? RD_KAFKA_RESP_ERR__TIMED_OUT : rd_kafka_event_error(event.get())));
    }
    const rd_kafka_topic_partition_list_t* answer =
        rd_kafka_DeleteRecords_result_offsets(rd_kafka_event_DeleteRecords_result(event.get()));
    if (answer->cnt == 1 && answer->elems[0].err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return std::unexpected(failed(what, answer->elems[0].err));
    }
    return {};
  }

  // With isolation read_committed the broker answers with the last stable offset.
  Result<OffsetRange> offsets(const TopicPartition& partition) override {
    const auto ranges = offsets_of(std::span(&partition, 1));
    return ranges ? Result<OffsetRange>(ranges->front()) : std::unexpected(ranges.error());
  }

  // The end is asked for first: between the two answers a transaction may end, and its records must not be passed over.
  Result<int64_t> offset_at(const TopicPartition& partition, int64_t timestamp_ms) override {
    const auto range = offsets(partition);
    if (!range) {
      return std::unexpected(range.error());
    }
    PartitionList list;
    rd_kafka_resp_err_t code = ask_patiently(client_->connection(), [&](int timeout_ms) {
      list = one_partition(partition.topic, partition.partition, timestamp_ms);
      return rd_kafka_offsets_for_times(client_->handle(), list.get(), timeout_ms);
    });
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
      code = list->elems[0].err;
    }
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return std::unexpected(failed(place_of(partition), code));
    }
    return list->elems[0].offset >= 0 ? list->elems[0].offset : range->end;
  }

  Result<std::vector<CommittedOffset>> committed(const std::string& group,
                                                 std::span<const TopicPartition> partitions) override {
    if (group == group_) {
      return committed_of(*client_, partitions);
    }
    auto configured = configure_consumer(options_, group);
    if (!configured) {
      return std::unexpected(configured.error());
    }
    const auto other = Client::make(RD_KAFKA_CONSUMER, std::move(*configured));
    if (!other) {
      return std::unexpected(other.error());
    }
    return committed_of(*other, partitions);
  }

  Result<std::unique_ptr<LogReader>> open(const TopicPartition& partition,
                                          const ReaderOptions& options) override {
    return Reader::open(shared_, partition, options);
  }

  std::unique_ptr<Question<std::vector<OffsetRange>>> ask_offsets(
      std::vector<TopicPartition> partitions) override {
    return side_.ask<std::vector<OffsetRange>>(
        [this, partitions = std::move(partitions)] { return offsets_of(partitions); });
  }

  std::unique_ptr<Question<std::vector<CommittedOffset>>> ask_committed(
      const std::string& group, std::vector<TopicPartition> partitions) override {
    return side_.ask<std::vector<CommittedOffset>>(
        [this, group, partitions = std::move(partitions)] { return committed(group, partitions); });
  }

 private:
  Result<std::vector<OffsetRange>> offsets_of(std::span<const TopicPartition> partitions) const {
    std::vector<OffsetRange> ranges(partitions.size());
    const rd_kafka_resp_err_t code = kafka::ask_offsets(*client_, partitions, ranges);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return std::unexpected(failed(partitions.size() == 1 ? place_of(partitions.front()) : "offsets", code));
    }
    client_->connection().alive();
    return ranges;
  }

  Error failed(std::string_view what, rd_kafka_resp_err_t code) const {
    rd_kafka_poll(client_->handle(), 0);  // the connection's own errors
    return error_of(client_->connection(), what, code);
  }

  std::shared_ptr<ReadingClient> shared_;
  Client* client_;
  KafkaOptions options_;
  std::string group_;
  SideThread side_;  // last: it uses the others
};

}  // namespace

Result<std::vector<CommittedOffset>> committed_of(const Client& client,
                                                  std::span<const TopicPartition> partitions) {
  const PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (const TopicPartition& partition : partitions) {
    rd_kafka_topic_partition_list_add(list.get(), partition.topic.c_str(), partition.partition);
  }
  const auto give_up = std::chrono::steady_clock::now() + kPendingLimit;
  rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
  do {
    code = ask_patiently(client.connection(), [&](int timeout_ms) {
      return rd_kafka_committed(client.handle(), list.get(), timeout_ms);
    });
    rd_kafka_poll(client.handle(), 0);
  } while ((code == RD_KAFKA_RESP_ERR__TIMED_OUT || code == RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT) &&
           !client.connection().refused() && !client.connection().stopping() &&
           std::chrono::steady_clock::now() < give_up);
  for (int i = 0; i < list->cnt && code == RD_KAFKA_RESP_ERR_NO_ERROR; ++i) {
    code = list->elems[i].err;
  }
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return std::unexpected(error_of(client.connection(), "committed positions", code));
  }
  client.connection().alive();
  std::vector<CommittedOffset> result;
  for (const TopicPartition& partition : partitions) {
    const rd_kafka_topic_partition_t* found =
        rd_kafka_topic_partition_list_find(list.get(), partition.topic.c_str(), partition.partition);
    CommittedOffset& committed = result.emplace_back(CommittedOffset{partition, kNoOffset, {}});
    if (found != nullptr && found->offset >= 0) {
      committed.offset = found->offset;
      committed.metadata.assign(static_cast<const char*>(found->metadata), found->metadata_size);
    }
  }
  return result;
}

Result<std::unique_ptr<LogConsumer>> make_consumer(const KafkaOptions& options, const std::string& group) {
  auto configured = configure_consumer(options, group);
  if (!configured) {
    return std::unexpected(configured.error());
  }
  auto client = Client::make(RD_KAFKA_CONSUMER, std::move(*configured));
  if (!client) {
    return std::unexpected(client.error());
  }
  return std::make_unique<Consumer>(std::make_shared<ReadingClient>(std::move(*client)), options, group);
}

}  // namespace weir::connectors::kafka
