// librdkafka's objects with owners.
#pragma once

#include <memory>
#include <string>

#include <librdkafka/rdkafka.h>

namespace weir::connectors::kafka {

struct Release {
  void operator()(rd_kafka_conf_t* conf) const { rd_kafka_conf_destroy(conf); }
  void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
  void operator()(rd_kafka_topic_t* topic) const { rd_kafka_topic_destroy(topic); }
  void operator()(rd_kafka_event_t* event) const { rd_kafka_event_destroy(event); }
  void operator()(rd_kafka_error_t* error) const { rd_kafka_error_destroy(error); }
  void operator()(rd_kafka_AdminOptions_t* options) const { rd_kafka_AdminOptions_destroy(options); }
  void operator()(rd_kafka_topic_partition_list_t* list) const {
    rd_kafka_topic_partition_list_destroy(list);
  }
  void operator()(const rd_kafka_metadata_t* metadata) const { rd_kafka_metadata_destroy(metadata); }
  void operator()(rd_kafka_consumer_group_metadata_t* group) const {
    rd_kafka_consumer_group_metadata_destroy(group);
  }
};

using Conf = std::unique_ptr<rd_kafka_conf_t, Release>;
using Queue = std::unique_ptr<rd_kafka_queue_t, Release>;
using Topic = std::unique_ptr<rd_kafka_topic_t, Release>;
using Event = std::unique_ptr<rd_kafka_event_t, Release>;
using OwnedError = std::unique_ptr<rd_kafka_error_t, Release>;
using AdminOptions = std::unique_ptr<rd_kafka_AdminOptions_t, Release>;
using PartitionList = std::unique_ptr<rd_kafka_topic_partition_list_t, Release>;
using Metadata = std::unique_ptr<const rd_kafka_metadata_t, Release>;
using GroupMetadata = std::unique_ptr<rd_kafka_consumer_group_metadata_t, Release>;

inline PartitionList one_partition(const std::string& topic, int32_t partition, int64_t offset) {
  PartitionList list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = offset;
  return list;
}

}  // namespace weir::connectors::kafka
