// Before a batch of a log goes to the aggregates and LATE above its scan: they learn where it begins, so that what has to be read
// again after a crash is known, and how far they have come, so that a partition that is back from idle, or read again,
// finds no window open that has fired.
#pragma once

#include <vector>

#include "runtime/job/manifest/manifest.h"
#include "runtime/job/run/lane.h"
#include "runtime/job/run/operators.h"
#include "runtime/job/run/schedule.h"

namespace weir::job {

// The aggregates that one lane feeds from one scan.
class Feeds {
 public:
  // `consumers`: the lane's states by consumer id; those that are null are left out.
  Feeds(const Manifest& manifest, uint32_t scan, Operators& operators, uint32_t lane,
        const std::vector<void*>& consumers, std::vector<abi::LateFloor>& late_floors);

  void begin_batch(PartitionRun& partition);

 private:
  struct PaneFeed {
    OperatorRun* op;
    state::PaneAggregateState* state;
    state::PaneSet* panes;
  };
  struct SessionFeed {
    OperatorRun* op;
    state::SessionAggregateState* state;
  };
  struct LateFeed {
    const LateRun* late;
    abi::LateFloor* floor;
  };
  std::vector<PaneFeed> panes_;
  std::vector<SessionFeed> sessions_;
  std::vector<LateFeed> lates_;
};

}  // namespace weir::job
