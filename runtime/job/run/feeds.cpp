#include "runtime/job/run/feeds.h"

namespace weir::job {

Feeds::Feeds(const Manifest& manifest, uint32_t scan, Operators& operators, uint32_t lane,
             const std::vector<void*>& consumers) {
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
}

}  // namespace weir::job
