#include "runtime/connectors/kafka/questions.h"

namespace weir::connectors::kafka {
namespace {

constexpr int kLookMs = 200;

// ListOffsets takes one of two instead of a timestamp: `which`.
rd_kafka_resp_err_t ask_each(const Client& client, std::span<const TopicPartition> partitions, int64_t which,
                             std::span<OffsetRange> ranges, int64_t OffsetRange::* offset) {
  PartitionList list;
  const rd_kafka_resp_err_t code = ask_patiently(client.connection(), [&](int timeout_ms) {
    list.reset(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
    for (const TopicPartition& it : partitions) {
      rd_kafka_topic_partition_list_add(list.get(), it.topic.c_str(), it.partition)->offset = which;
    }
    return rd_kafka_offsets_for_times(client.handle(), list.get(), timeout_ms);
  });
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return code;
  }
  for (size_t i = 0; i < partitions.size(); ++i) {
    const rd_kafka_topic_partition_t* const found =
        rd_kafka_topic_partition_list_find(list.get(), partitions[i].topic.c_str(), partitions[i].partition);
    if (found == nullptr || found->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return found == nullptr ? RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION : found->err;
    }
    ranges[i].*offset = found->offset;
  }
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

}  // namespace

Event wait_for_answer(const Connection& connection, rd_kafka_queue_t* queue, int limit_ms) {
  for (int waited_ms = 0; waited_ms < limit_ms && !connection.stopping(); waited_ms += kLookMs) {
    if (Event event(rd_kafka_queue_poll(queue, kLookMs)); event != nullptr) {
      return event;
    }
  }
  return nullptr;
}

rd_kafka_resp_err_t ask_offsets(const Client& client, std::span<const TopicPartition> partitions,
                                std::span<OffsetRange> ranges) {
  const rd_kafka_resp_err_t code =
      ask_each(client, partitions, RD_KAFKA_OFFSET_BEGINNING, ranges, &OffsetRange::first);
  return code != RD_KAFKA_RESP_ERR_NO_ERROR
             ? code
             : ask_each(client, partitions, RD_KAFKA_OFFSET_END, ranges, &OffsetRange::end);
}

}  // namespace weir::connectors::kafka
