// One life of a job in a simulated world.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/job/job.h"
#include "tests/sim/checks.h"
#include "tests/sim/probes.h"
#include "tests/sim/workloads.h"

namespace weir::sim {

struct RunResult {
  Outputs outputs;
  job::ExitStatus status{};
  std::string messages;
  std::string wrong;  // by itself
  ProbeCounts probes{};
  std::vector<std::string> violations;
  uint64_t commits = 0;
  uint64_t starts = 0;  // of processes
  uint64_t tries = 0;   // within them
  uint64_t trace = 0;
  int64_t virtual_us = 0;
};

struct RunSettings {
  uint64_t seed = 1;
  bool storm = false;  // things go wrong
  bool live = false;   // messages are shown as they come
};

RunResult run(const abi::Program& program, const Workload& workload, const RunSettings& settings);

}  // namespace weir::sim
