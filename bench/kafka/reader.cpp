#include <sys/resource.h>

#include <algorithm>

#include "bench/kafka/bare.h"

namespace weir::kafka_bare {
namespace {

constexpr size_t kBatch = 8192;

kafka_client::Settings reading() {
  return {{"group.id", "kafka_bare"},
          {"enable.auto.commit", "false"},
          {"enable.partition.eof", "true"},
          {"isolation.level", "read_committed"},
          {"fetch.wait.max.ms", "10"},
          {"queued.min.messages", "1000000"},
          {"queued.max.messages.kbytes", "262144"},
          {"fetch.message.max.bytes", "8388608"}};
}

Partitions all_partitions(rd_kafka_t* client, const std::string& topic, int64_t offset) {
  const int32_t count = kafka_client::partition_count(client, topic);
  Partitions list(rd_kafka_topic_partition_list_new(count));
  for (int32_t partition = 0; partition < count; ++partition) {
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = offset;
  }
  return list;
}

}  // namespace

Reader::Reader(const std::string& topic, bool from_end)
    : client_(kafka_client::make_client(RD_KAFKA_CONSUMER, kafka_client::configuration(reading()))),
      partitions_(
          all_partitions(client_.get(), topic, from_end ? RD_KAFKA_OFFSET_END : RD_KAFKA_OFFSET_BEGINNING)),
      ended_at_(static_cast<size_t>(partitions_->cnt)) {
  kafka_client::check(rd_kafka_assign(client_.get(), partitions_.get()), "assign");
  queue_.reset(rd_kafka_queue_get_consumer(client_.get()));
}

Reader::~Reader() { destroy_messages(); }

void Reader::destroy_messages() {
  for (rd_kafka_message_t* message : messages_) rd_kafka_message_destroy(message);
  messages_.clear();
}

const std::vector<rd_kafka_message_t*>& Reader::next() {
  destroy_messages();
  messages_.resize(kBatch);
  const ssize_t got = rd_kafka_consume_batch_queue(queue_.get(), 100, messages_.data(), messages_.size());
  messages_.resize(static_cast<size_t>(std::max<ssize_t>(got, 0)));
  std::erase_if(messages_, [&](rd_kafka_message_t* message) {
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) return false;
    if (message->err != RD_KAFKA_RESP_ERR__PARTITION_EOF) fail(rd_kafka_message_errstr(message));
    const auto partition = static_cast<size_t>(message->partition);
    if (!ended_at_[partition]) {
      ended_at_[partition] = true;
      ++ended_;
    }
    rd_kafka_message_destroy(message);
    return true;
  });
  return messages_;
}

std::string summary(Latencies latencies) {
  auto& all = latencies.milliseconds;
  if (all.empty()) fail("nothing was measured");
  std::ranges::sort(all);
  const auto quantile = [&](double share) {
    return all[static_cast<size_t>(share * static_cast<double>(all.size() - 1))];
  };
  char text[200];
  std::snprintf(text, sizeof text, "\"count\": %zu, \"p50\": %.2f, \"p99\": %.2f, \"max\": %.2f", all.size(),
                quantile(0.5), quantile(0.99), all.back());
  return text;
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

}  // namespace weir::kafka_bare
