// What a run has counted: of each scan the rows read, of each consumer what became of them. A run that begins again from the
// last commit goes on from what had been counted there.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/abi/abi.h"

namespace weir::job {

struct Run;

struct ScanTally {
  uint64_t read = 0;
  uint64_t rejected = 0;
  uint64_t without_value = 0;  // messages, which are not among those read
};

struct ConsumerTally {
  abi::Counters counters{};
  uint64_t rows_out = 0;  // writers
};

struct Tally {
  std::vector<ScanTally> scans;
  std::vector<ConsumerTally> consumers;
  uint64_t rows_read = 0;
};

// Of the run so far, and of what it goes on from; no worker is in a batch.
Tally tally_of(const Run& run);

}  // namespace weir::job
