// Makes librdkafka fetch again in time. Before version 2.2 the thread of a broker sleeps for a second once all its
// partitions hold `queued.min.messages`, however soon they run empty; any request wakes it. The alternative is a queue that
// holds more than a second of traffic, some gigabytes.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include <librdkafka/rdkafka.h>

#include "runtime/connectors/log/log.h"

namespace weir::connectors::kafka {

class Nudge {
 public:
  explicit Nudge(rd_kafka_t* client);
  ~Nudge();
  Nudge(const Nudge&) = delete;
  Nudge& operator=(const Nudge&) = delete;

  // Wakes the thread of the partition's leader; does not wait for it. A nudge under way is enough for all partitions that
  // ask meanwhile, as long as one broker leads them; with more, the next batch asks again.
  void ask(const TopicPartition& partition);

 private:
  void run();

  rd_kafka_t* const client_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<TopicPartition> asked_;
  bool ended_ = false;
  std::thread thread_;  // last: it uses the others
};

// When a partition's queue has been drained to half of what it held.
class Drained {
 public:
  bool now(size_t length) {
    if (length * 2 < highest_ && highest_ >= kWorthwhile) {
      highest_ = length;
      return true;
    }
    highest_ = std::max(highest_, length);
    return false;
  }

 private:
  static constexpr size_t kWorthwhile = 1024;
  size_t highest_ = 0;
};

}  // namespace weir::connectors::kafka
