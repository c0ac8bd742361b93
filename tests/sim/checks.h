// What a read_committed consumer has seen, and whether it is what it has to be.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "tests/sim/sim_log.h"
#include "tests/sim/workloads.h"

namespace weir::sim {

using Outputs = std::map<std::string, uint32_t>;  // "topic key value" -> how often

constexpr const char* kOutputs[] = {"out_t", "out_u", "out_v", "out_w"};
constexpr int32_t kOutputPartitions = 2;

Outputs outputs_of(const SimLog& log, Check check);
// Against a calm run. Empty: as it should be.
std::string difference(Check check, const Outputs& expected, const Outputs& found);
// What has to hold of a run by itself.
std::string wrong_by_itself(const SimLog& log, const Workload& workload, const Outputs& found);

}  // namespace weir::sim
