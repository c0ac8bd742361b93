// Questions to brokers that are given up when the job is to stop. librdkafka's calls wait as long as they are told and look at
// nothing meanwhile; so they are made in slices.
#pragma once

#include <algorithm>
#include <chrono>
#include <span>
#include <thread>

#include "runtime/connectors/kafka/config.h"
#include "runtime/connectors/kafka/handle.h"
#include "runtime/connectors/log/log.h"

namespace weir::connectors::kafka {

constexpr int kAnswerMs = 10'000;

// `call(timeout in ms)` is made again while it times out or finds no broker, for `limit_ms` in all. The first slices are short;
// a broker that takes longer to answer is asked in longer ones.
template <typename Call>
rd_kafka_resp_err_t ask_patiently(const Connection& connection, Call call, int limit_ms = kAnswerMs) {
  using std::chrono::milliseconds;
  const auto begin = std::chrono::steady_clock::now();
  const auto spent_ms = [&] {
    return static_cast<int>(
        std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begin).count());
  };
  for (int slice_ms = 1'000;; slice_ms *= 2) {
    const rd_kafka_resp_err_t code = call(std::clamp(limit_ms - spent_ms(), 1, slice_ms));
    const bool may_come = code == RD_KAFKA_RESP_ERR__TIMED_OUT || code == RD_KAFKA_RESP_ERR__TRANSPORT;
    if (!may_come || spent_ms() >= limit_ms || connection.stopping() || connection.refused()) {
      return code;
    }
    std::this_thread::sleep_for(milliseconds(50));
  }
}

// The answer to what was asked by `queue`; null: none in time.
Event wait_for_answer(const Connection& connection, rd_kafka_queue_t* queue, int limit_ms = kAnswerMs);

// The first offsets, and with isolation read_committed the last stable ones, in the order asked.
// rd_kafka_query_watermark_offsets would wait without end for a leader that is away.
rd_kafka_resp_err_t ask_offsets(const Client& client, std::span<const TopicPartition> partitions,
                                std::span<OffsetRange> ranges);

}  // namespace weir::connectors::kafka
