// librdkafka alone, doing what a job does: the limit that bench/kafka.py compares Weir with. Each command prints one JSON object.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tools/kafka_client/client.h"

namespace weir::kafka_bare {

using kafka_client::Client;
using kafka_client::fail;
using kafka_client::Partitions;
using kafka_client::Queue;

// Reads a topic from its begin, read_committed, as fast as librdkafka can.
class Reader {
 public:
  Reader(const std::string& topic, bool from_end);
  ~Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  // The next messages; they live until the next call. Empty: nothing has come within 100 ms.
  const std::vector<rd_kafka_message_t*>& next();
  bool at_end() const { return ended_ == partitions_->cnt; }
  rd_kafka_t* client() const { return client_.get(); }

 private:
  void destroy_messages();

  Client client_;
  Partitions partitions_;
  Queue queue_;
  std::vector<rd_kafka_message_t*> messages_;
  std::vector<bool> ended_at_;
  int ended_ = 0;
};

struct Latencies {
  std::vector<double> milliseconds;
};
// "p50": …, "p99": …, "count": …
std::string summary(Latencies latencies);

void consume(const std::string& topic);
void copy(const std::string& source, const std::string& target);
// `count` transactions of one record each, one after the other: from `begin` until a read_committed reader has the record.
void transactions(const std::string& topic, int count);
// Orders with the present as event time go to `source`, `per_second` of them, for `seconds`; windows of `window_ms` come back
// in `target`. From the produce call of the record that moves the watermark past a window's end until a row of it is read.
void latency(const std::string& source, const std::string& target, int per_second, int seconds,
             int64_t window_ms);

double cpu_seconds();

}  // namespace weir::kafka_bare
