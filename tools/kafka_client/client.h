// What the commands of kafka_client share: configurations, clients that are destroyed, and errors that end the process.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <librdkafka/rdkafka.h>

namespace weir::kafka_client {

struct Destroy {
  void operator()(rd_kafka_t* client) const { rd_kafka_destroy(client); }
  void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
  void operator()(rd_kafka_event_t* event) const { rd_kafka_event_destroy(event); }
  void operator()(rd_kafka_topic_partition_list_t* list) const {
    rd_kafka_topic_partition_list_destroy(list);
  }
  void operator()(const rd_kafka_metadata_t* metadata) const { rd_kafka_metadata_destroy(metadata); }
  void operator()(rd_kafka_topic_t* topic) const { rd_kafka_topic_destroy(topic); }
};
using Client = std::unique_ptr<rd_kafka_t, Destroy>;
using Queue = std::unique_ptr<rd_kafka_queue_t, Destroy>;
using Event = std::unique_ptr<rd_kafka_event_t, Destroy>;
using Partitions = std::unique_ptr<rd_kafka_topic_partition_list_t, Destroy>;
using Metadata = std::unique_ptr<const rd_kafka_metadata_t, Destroy>;
using Topic = std::unique_ptr<rd_kafka_topic_t, Destroy>;

using Settings = std::vector<std::pair<std::string, std::string>>;

constexpr int kTimeoutMs = 30'000;

[[noreturn]] void fail(std::string_view text);
inline void check(rd_kafka_resp_err_t error, std::string_view what) {
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) fail(std::string(what) + ": " + rd_kafka_err2str(error));
}

// The brokers come from KAFKA_BOOTSTRAP_SERVERS; `settings` are librdkafka's.
rd_kafka_conf_t* configuration(const Settings& settings);
Client make_client(rd_kafka_type_t type, rd_kafka_conf_t* configuration);

// Fails if there is no such topic.
int32_t partition_count(rd_kafka_t* client, const std::string& topic);

// --- commands ---------------------------------------------------------------------------------------------------------

struct TopicOptions {
  std::string name;
  int partitions = 1;
  int replication = -1;  // the broker's default
  std::vector<std::string> settings;
  int32_t partition = 0;
  int64_t offset = 0;
};
void create_topic(const TopicOptions& options);
void delete_topic(const TopicOptions& options);
void grow_topic(const TopicOptions& options);
void truncate_topic(const TopicOptions& options);
void list_topics();

struct ProduceOptions {
  std::string topic;
  std::string key;           // member whose value is the key
  std::string partition_by;  // integer member: its value modulo the number of partitions
  std::string timestamp;     // integer member: milliseconds since 1970
  int32_t partition = -1;
  std::string transactional_id;
  bool tombstones = false;  // lines are keys, and there are no values
  bool abort = false;       // the transaction is aborted …
  bool leave_open = false;  // … or left open
  Settings settings;
};
void produce(const ProduceOptions& options);

struct ConsumeOptions {
  std::string topic;
  bool read_committed = false;
  bool follow = false;
  bool from_end = false;
  bool keys = false;
  bool positions = false;
  bool offsets_only = false;
  bool count_only = false;
  int64_t most = -1;
  double timeout = 0;  // seconds; 0: none
  Settings settings;
};
void consume(const ConsumeOptions& options);

void print_offsets(const std::string& topic);
void print_committed(const std::string& group, const std::string& topic);
void set_offset(const std::string& group, const std::string& topic, int32_t partition, int64_t offset);
// Of standard input, a line each; an answer is the rows of the command and an empty line. Who asks often need not connect often.
void answer_questions();

}  // namespace weir::kafka_client
