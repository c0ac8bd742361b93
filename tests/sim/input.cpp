#include "tests/sim/input.h"

#include <algorithm>
#include <random>

#include <fmt/format.h>

namespace weir::sim {
namespace {

constexpr int64_t kBaseMs = kInputBeginMs;
constexpr int64_t kDayMs = 86'400'000;
constexpr int64_t kDelayMs = 4'000;    // of the watermark
constexpr int64_t kWindowMs = 10'000;  // of most workloads

using Random = std::mt19937_64;

SimRecord event(int64_t id, Random& random, int64_t event_ms) {
  const int64_t shifted =
      event_ms - kBaseMs + kDayMs;  // from the last day of 2025 on, which is never reached
  const int64_t of_day = shifted % kDayMs;
  SimRecord record;
  record.value = fmt::format(R"({{"id":{},"k":"k{}","v":{},"h":{},"ts":"{} {:02}:{:02}:{:02}.{:03}"}})", id,
                             random() % 5, random() % 7, id == kClosingId ? 0 : random() >> 14,
                             shifted < kDayMs ? "2025-12-31" : fmt::format("2026-01-{:02}", shifted / kDayMs),
                             of_day / 3'600'000, of_day / 60'000 % 60, of_day / 1000 % 60, of_day % 1000);
  record.timestamp_ms = event_ms;
  return record;
}

struct Given {
  int64_t begin_ms = kBaseMs;
  bool paced = false;  // nothing is late
  bool rejects = false;
  bool foreign = false;  // there are transactions in it
};

std::vector<SimRecord> events(const SimLog& log, Random& random, int64_t& id, uint32_t records, Given given) {
  std::vector<SimRecord> result;
  int64_t time_ms = given.begin_ms + static_cast<int64_t>(random() % 20'000);
  int64_t watermark_ms = INT64_MIN;
  const uint32_t count = static_cast<uint32_t>(random() % (records + 1));
  const int64_t step = 1 + static_cast<int64_t>(random() % 600);
  uint64_t open = 0;  // a transaction
  const auto end_transaction = [&] {
    if (open != 0) {
      result.push_back({.key = {}, .value = {}, .marker = true});
      open = 0;
    }
  };
  for (uint32_t i = 0; i < count; ++i) {
    time_ms += static_cast<int64_t>(random() % static_cast<uint64_t>(step));
    int64_t event_ms = time_ms - static_cast<int64_t>(random() % 4'000);
    if (random() % 20 == 0 && !given.paced) {
      event_ms -= static_cast<int64_t>(random() % 30'000);
    }
    if (given.foreign && random() % 12 == 0) {
      end_transaction();
      if (random() % 2 == 0) open = log.foreign_transaction(random() % 3 != 0);
    }
    SimRecord record = event(++id, random, event_ms);
    if (given.rejects && random() % 15 == 0) {
      record.value =
          random() % 2 == 0 ? fmt::format("not a row {}", id) : fmt::format("{{\"id\":\"x{}\"}}", id);
      record.rejected = true;
    }
    record.late = watermark_ms != INT64_MIN && event_ms + kWindowMs < watermark_ms;
    record.transaction = open;
    if (!record.rejected && log.visible(record)) watermark_ms = std::max(watermark_ms, event_ms - kDelayMs);
    result.push_back(std::move(record));
  }
  end_transaction();
  result.push_back(event(kClosingId, random, kBaseMs + 4 * kDayMs));
  if (given.foreign && random() % 2 == 0) {  // something that nobody sees is at the end
    SimRecord aborted = event(++id, random, time_ms);
    aborted.transaction = log.foreign_transaction(false);
    result.push_back(std::move(aborted));
    result.push_back({.key = {}, .value = {}, .marker = true});
  }
  return result;
}

}  // namespace

void fill(SimLog& log, const std::string& topic, const Workload& workload, uint64_t seed, uint32_t records) {
  Random random(seed * 0x9e3779b97f4a7c15u + topic.size());
  int64_t id = 0;
  const bool foreign = random() % 3 == 0;
  const bool bounded = workload.check == Check::Prefix;
  for (SimPartition& partition : log.topic(topic)) {
    partition.coming = events(log, random, id, records,
                              {.paced = workload.paced, .rejects = workload.rejects, .foreign = foreign});
    std::ranges::reverse(partition.coming);
    // Some of it is there already, or all.
    uint64_t there = (random() % 3 == 0 && !workload.paced) || bounded ? partition.coming.size() : 0;
    const uint64_t kept = bounded ? random() % 20 : 3;
    there -= std::min(there, kept);
    for (; there > 0; --there) {
      partition.records.push_back(std::move(partition.coming.back()));
      partition.coming.pop_back();
    }
  }
}

SimPartition more_input(const SimLog& log, uint64_t seed, uint32_t records, int64_t begin_ms) {
  Random random(seed);
  int64_t id = static_cast<int64_t>(1'000'000 + random() % 1'000'000);
  SimPartition partition;
  partition.coming = events(log, random, id, records, {.begin_ms = begin_ms, .paced = true});
  std::ranges::reverse(partition.coming);
  return partition;
}

}  // namespace weir::sim
