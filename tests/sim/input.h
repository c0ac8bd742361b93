// What the simulated topics are given.
#pragma once

#include <cstdint>
#include <string>

#include "tests/sim/sim_log.h"
#include "tests/sim/workloads.h"

namespace weir::sim {

constexpr int64_t kInputBeginMs = 1'767'225'600'000;  // 2026-01-01
// Ids of the records that come last in their partitions, days later than the others: they close all windows.
constexpr int64_t kClosingId = -1;

// Partitions of events: out of order within the watermark's delay, some late, some keys in bursts, transactions of others
// between, some of them aborted. The same seed gives the same records at the same offsets.
void fill(SimLog& log, const std::string& topic, const Workload& workload, uint64_t seed, uint32_t records);
// One more partition, for a topic that grows; none of its records is there yet.
SimPartition more_input(const SimLog& log, uint64_t seed, uint32_t records, int64_t begin_ms);

}  // namespace weir::sim
