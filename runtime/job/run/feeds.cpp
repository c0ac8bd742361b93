#include "runtime/job/run/feeds.h"

namespace weir::job {

Feeds::Feeds(const Manifest& manifest, uint32_t scan, Operators& operators, uint32_t lane,
             const std::vector<void*>& consumers, std::vector<abi::LateFloor>& late_floors) {
  for (const ManifestConsumer& consumer : manifest.consumers) {
    void* state = consumers[consumer.id];
    if (consumer.pipeline != manifest.scans[scan].pipeline || state == nullptr) {
      continue;
    }
    if (consumer.kernel == ConsumerKernel::PaneAggregate) {
      OperatorRun& op = operators[consumer.target];
      panes_.push_back({&op, static_cast<state::PaneAggregateState*>(state), op.pane_set_list[lane]});
    } else if (consumer.kernel == ConsumerKernel::SessionAggregate) {
      sessions_.push_back({&operators[consumer.target], static_cast<state::SessionAggregateState*>(state)});
    }
  }
  for (size_t i = 0; i < manifest.lates.size(); ++i) {
    if (manifest.lates[i].pipeline == manifest.scans[scan].pipeline) {
      lates_.push_back({&operators.lates()[i], &late_floors[i]});
    }
  }
}

void Feeds::begin_batch(PartitionRun& partition) {
  for (const PaneFeed& feed : panes_) {
    feed.panes->low_water = &partition.low_water[feed.op->manifest->id];
    feed.panes->batch_place = {partition.log->position(), partition.watermark};
    feed.state->watermark_floor = feed.op->reached;
    state::forget_panes(*feed.state);
  }
  for (const SessionFeed& feed : sessions_) {
    feed.state->watermark_floor = feed.op->reached;
  }
  for (const LateFeed& feed : lates_) {
    feed.floor->watermark = feed.late->reached;
  }
}

}  // namespace weir::job
