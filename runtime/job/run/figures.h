// What workers leave between batches for those who look at a job from outside: each figure has one writer at a time (or is
// only added to), and is read without a lock.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <string>

#include "runtime/abi/abi.h"

namespace weir::job {

// Of a partition of a topic; of all files of a table together.
struct PartitionFigures {
  uint32_t scan = 0;
  std::string topic;  // empty: files
  int32_t partition = -1;
  std::atomic<uint64_t> records = 0;
  std::atomic<uint64_t> bytes = 0;
  std::atomic<uint64_t> rejected = 0;
  std::atomic<uint64_t> without_value = 0;
  std::atomic<uint64_t> replayed = 0;    // records that were read again
  std::atomic<int64_t> replay_left = 0;  // offsets
  std::atomic<int64_t> position = -1;    // the next offset
  std::atomic<int64_t> end = -1;         // of the topic's partition; -1: unknown
  std::atomic<int64_t> watermark = abi::kNoWatermark;
  std::atomic<bool> idle = false;
};

struct ConsumerFigures {
  uint32_t consumer = 0;
  const void* state = nullptr;
  bool writes = false;
  std::atomic<uint64_t> filtered = 0, outside = 0, late = 0, late_partial = 0, rows_out = 0;
};

// Of a lane, or of the consumers that all lanes share.
struct LaneFigures {
  std::deque<ConsumerFigures> consumers;
  std::atomic<int64_t> loop_us = 0;  // monotonic; when its worker last looked for work
  bool is_worker = false;
  // By whoever may touch the states.
  void publish();
};

}  // namespace weir::job
