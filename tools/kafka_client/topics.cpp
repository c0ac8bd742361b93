// Topics are created, deleted, given more partitions, cut at their beginning, listed.

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include "tools/kafka_client/client.h"

namespace weir::kafka_client {

namespace {

Client admin() { return make_client(RD_KAFKA_PRODUCER, configuration({})); }

Event wait_for(rd_kafka_queue_t* queue) {
  Event event(rd_kafka_queue_poll(queue, kTimeoutMs));
  if (!event) fail("no answer from the brokers");
  if (rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    fail(rd_kafka_event_error_string(event.get()));
  }
  return event;
}

void check_topic(const rd_kafka_topic_result_t* result) {
  if (rd_kafka_topic_result_error(result) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    const char* const text = rd_kafka_topic_result_error_string(result);
    fail(std::string("topic `") + rd_kafka_topic_result_name(result) +
         "`: " + (text == nullptr ? rd_kafka_err2str(rd_kafka_topic_result_error(result)) : text));
  }
}

// Until each of the topic's partitions has a leader that this client knows.
void wait_for_partitions(rd_kafka_t* client, const std::string& name, int count) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(kTimeoutMs);
  const Topic handle(rd_kafka_topic_new(client, name.c_str(), nullptr));
  while (std::chrono::steady_clock::now() < end) {
    const rd_kafka_metadata_t* found = nullptr;
    check(rd_kafka_metadata(client, 0, handle.get(), &found, kTimeoutMs), "metadata");
    const Metadata metadata(found);
    if (metadata->topic_cnt == 1 && metadata->topics[0].partition_cnt == count) {
      const auto* const partitions = metadata->topics[0].partitions;
      if (std::all_of(partitions, partitions + count, [](const auto& p) { return p.leader >= 0; })) return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  fail("topic `" + name + "` has no leaders yet");
}

}  // namespace

void create_topic(const TopicOptions& options) {
  const Client client = admin();
  const Queue queue(rd_kafka_queue_new(client.get()));
  std::array<char, 512> error{};
  rd_kafka_NewTopic_t* topic = rd_kafka_NewTopic_new(options.name.c_str(), options.partitions,
                                                     options.replication, error.data(), error.size());
  if (topic == nullptr) fail(error.data());
  for (const std::string& setting : options.settings) {
    const size_t equals = setting.find('=');
    if (equals == std::string::npos) fail("`" + setting + "` is not KEY=VALUE");
    rd_kafka_NewTopic_set_config(topic, setting.substr(0, equals).c_str(),
                                 setting.substr(equals + 1).c_str());
  }
  rd_kafka_CreateTopics(client.get(), &topic, 1, nullptr, queue.get());
  const Event event = wait_for(queue.get());
  rd_kafka_NewTopic_destroy(topic);
  size_t count = 0;
  check_topic(
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count)[0]);
  wait_for_partitions(client.get(), options.name, options.partitions);
}

void delete_topic(const TopicOptions& options) {
  const Client client = admin();
  const Queue queue(rd_kafka_queue_new(client.get()));
  rd_kafka_DeleteTopic_t* topic = rd_kafka_DeleteTopic_new(options.name.c_str());
  rd_kafka_DeleteTopics(client.get(), &topic, 1, nullptr, queue.get());
  const Event event = wait_for(queue.get());
  rd_kafka_DeleteTopic_destroy(topic);
  size_t count = 0;
  check_topic(
      rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event.get()), &count)[0]);
}

void grow_topic(const TopicOptions& options) {
  const Client client = admin();
  const Queue queue(rd_kafka_queue_new(client.get()));
  std::array<char, 512> error{};
  rd_kafka_NewPartitions_t* more =
      rd_kafka_NewPartitions_new(options.name.c_str(), options.partitions, error.data(), error.size());
  if (more == nullptr) fail(error.data());
  rd_kafka_CreatePartitions(client.get(), &more, 1, nullptr, queue.get());
  const Event event = wait_for(queue.get());
  rd_kafka_NewPartitions_destroy(more);
  size_t count = 0;
  check_topic(rd_kafka_CreatePartitions_result_topics(rd_kafka_event_CreatePartitions_result(event.get()),
                                                      &count)[0]);
  wait_for_partitions(client.get(), options.name, options.partitions);
}

void truncate_topic(const TopicOptions& options) {
  const Client client = admin();
  const Queue queue(rd_kafka_queue_new(client.get()));
  const Partitions before(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(before.get(), options.name.c_str(), options.partition)->offset =
      options.offset;
  rd_kafka_DeleteRecords_t* deletion = rd_kafka_DeleteRecords_new(before.get());
  rd_kafka_DeleteRecords(client.get(), &deletion, 1, nullptr, queue.get());
  const Event event = wait_for(queue.get());
  rd_kafka_DeleteRecords_destroy(deletion);
  const rd_kafka_topic_partition_list_t* const done =
      rd_kafka_DeleteRecords_result_offsets(rd_kafka_event_DeleteRecords_result(event.get()));
  check(done->elems[0].err, "topic `" + options.name + "`");
}

void list_topics() {
  const Client client = admin();
  const rd_kafka_metadata_t* found = nullptr;
  check(rd_kafka_metadata(client.get(), 1, nullptr, &found, kTimeoutMs), "metadata");
  const Metadata metadata(found);
  std::vector<std::pair<std::string, int>> topics;
  for (int i = 0; i < metadata->topic_cnt; ++i) {
    topics.emplace_back(metadata->topics[i].topic, metadata->topics[i].partition_cnt);
  }
  std::sort(topics.begin(), topics.end());
  for (const auto& [name, partitions] : topics) std::printf("%s\t%d\n", name.c_str(), partitions);
}

}  // namespace weir::kafka_client
