// What tests against a real broker share. KAFKA_BOOTSTRAP_SERVERS says where it is; without it they are skipped.
#pragma once

#include <cstdlib>
#include <string>

#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>
#include <unistd.h>

#include "runtime/connectors/log/kafka_log.h"

namespace weir::connectors {

inline std::string broker_address() {
  const char* address = std::getenv("KAFKA_BOOTSTRAP_SERVERS");
  return address == nullptr ? "" : address;
}

class KafkaBroker : public testing::Test {
 protected:
  void SetUp() override {
    if (broker_address().empty()) {
      GTEST_SKIP() << "KAFKA_BOOTSTRAP_SERVERS is not set: no broker to test against";
    }
    options_.properties = {{"bootstrap.servers", broker_address()}};
  }

  // A name that no other test or run uses.
  std::string fresh(const std::string& stem) {
    return stem + "-" + std::to_string(getpid()) + "-" + std::to_string(time(nullptr)) + "-" +
           std::to_string(count_++);
  }

  std::string make_topic(int partitions) {
    const std::string name = fresh("test");
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", broker_address().c_str(), nullptr, 0);
    rd_kafka_t* client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, nullptr, 0);
    rd_kafka_queue_t* queue = rd_kafka_queue_new(client);
    rd_kafka_NewTopic_t* topic = rd_kafka_NewTopic_new(name.c_str(), partitions, 1, nullptr, 0);
    rd_kafka_CreateTopics(client, &topic, 1, nullptr, queue);
    rd_kafka_event_t* event = rd_kafka_queue_poll(queue, 20'000);
    EXPECT_NE(event, nullptr);
    if (event != nullptr) {
      size_t results = 0;
      const auto* const result = rd_kafka_event_CreateTopics_result(event);
      EXPECT_NE(result, nullptr) << rd_kafka_event_error_string(event);
      if (result != nullptr) {
        EXPECT_EQ(rd_kafka_topic_result_error(rd_kafka_CreateTopics_result_topics(result, &results)[0]),
                  RD_KAFKA_RESP_ERR_NO_ERROR);
      }
      rd_kafka_event_destroy(event);
    }
    rd_kafka_NewTopic_destroy(topic);
    rd_kafka_queue_destroy(queue);
    rd_kafka_destroy(client);
    return name;
  }

  KafkaOptions options_;

 private:
  static inline int count_ = 0;
};

}  // namespace weir::connectors
