#include "runtime/connectors/kafka/questions.h"

namespace weir::connectors::kafka {
namespace {

constexpr int kLookMs = 200;

// ListOffsets takes these two instead of a timestamp.
rd_kafka_resp_err_t ask_offset(const Client& client, const TopicPartition& partition, int64_t which,
                               int64_t& offset) {
  PartitionList list;
  rd_kafka_resp_err_t code = ask_patiently(client.connection(), [&](int timeout_ms) {
    list = one_partition(partition.topic, partition.partition, which);
    return rd_kafka_offsets_for_times(client.handle(), list.get(), timeout_ms);
  });
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
    code = list->elems[0].err;
    offset = list->elems[0].offset;
  }
  return code;
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

rd_kafka_resp_err_t ask_offsets(const Client& client, const TopicPartition& partition, OffsetRange& range) {
  const rd_kafka_resp_err_t code = ask_offset(client, partition, RD_KAFKA_OFFSET_BEGINNING, range.first);
  return code != RD_KAFKA_RESP_ERR_NO_ERROR ? code
                                            : ask_offset(client, partition, RD_KAFKA_OFFSET_END, range.end);
}

}  // namespace weir::connectors::kafka
