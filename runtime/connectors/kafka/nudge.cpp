#include "runtime/connectors/kafka/nudge.h"

namespace weir::connectors::kafka {
namespace {

constexpr int kVersionWithBackoffSetting = 0x02020000;
constexpr int kAnswerMs = 1'000;

}  // namespace

Nudge::Nudge(rd_kafka_t* client) : client_(client) {
  if (rd_kafka_version() < kVersionWithBackoffSetting) {
    thread_ = std::thread([this] { run(); });
  }
}

Nudge::~Nudge() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) {
    thread_.join();
  }
}

void Nudge::ask(const TopicPartition& partition) {
  if (!thread_.joinable()) {
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    if (asked_) {
      return;
    }
    asked_ = partition;
  }
  changed_.notify_one();
}

void Nudge::run() {
  std::unique_lock lock(mutex_);
  while (!ended_) {
    if (!asked_) {
      changed_.wait(lock);
      continue;
    }
    const TopicPartition partition = *asked_;
    asked_.reset();
    lock.unlock();
    int64_t first = 0;
    int64_t end = 0;
    rd_kafka_query_watermark_offsets(client_, partition.topic.c_str(), partition.partition, &first, &end,
                                     kAnswerMs);
    lock.lock();
  }
}

}  // namespace weir::connectors::kafka
