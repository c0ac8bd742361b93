#include <chrono>

#include "bench/kafka/bare.h"

namespace weir::kafka_bare {
namespace {

using Clock = std::chrono::steady_clock;

void print(uint64_t records, uint64_t bytes, Clock::time_point begin) {
  std::printf("{\"records\": %llu, \"bytes\": %llu, \"seconds\": %.4f, \"cpu\": %.4f}\n",
              static_cast<unsigned long long>(records), static_cast<unsigned long long>(bytes),
              std::chrono::duration<double>(Clock::now() - begin).count(), cpu_seconds());
}

}  // namespace

void consume(const std::string& topic) {
  const auto begin = Clock::now();
  Reader reader(topic, false);
  uint64_t records = 0;
  uint64_t bytes = 0;
  while (!reader.at_end()) {
    for (const rd_kafka_message_t* message : reader.next()) {
      ++records;
      bytes += message->len;
    }
  }
  print(records, bytes, begin);
}

void copy(const std::string& source, const std::string& target) {
  const auto begin = Clock::now();
  Reader reader(source, false);
  const Client producer = kafka_client::make_client(
      RD_KAFKA_PRODUCER, kafka_client::configuration({{"linger.ms", "5"},
                                                      {"batch.num.messages", "100000"},
                                                      {"batch.size", "1000000"},
                                                      {"queue.buffering.max.messages", "1000000"},
                                                      {"enable.idempotence", "true"}}));
  const kafka_client::Topic topic(rd_kafka_topic_new(producer.get(), target.c_str(), nullptr));
  uint64_t records = 0;
  uint64_t bytes = 0;
  while (!reader.at_end()) {
    for (const rd_kafka_message_t* message : reader.next()) {
      ++records;
      bytes += message->len;
      while (rd_kafka_produce(topic.get(), RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, message->payload,
                              message->len, message->key, message->key_len, nullptr) != 0) {
        kafka_client::check(rd_kafka_last_error() == RD_KAFKA_RESP_ERR__QUEUE_FULL
                                ? RD_KAFKA_RESP_ERR_NO_ERROR
                                : rd_kafka_last_error(),
                            "produce");
        rd_kafka_poll(producer.get(), 10);
      }
    }
    rd_kafka_poll(producer.get(), 0);
  }
  kafka_client::check(rd_kafka_flush(producer.get(), 120'000), "flush");
  print(records, bytes, begin);
}

}  // namespace weir::kafka_bare
