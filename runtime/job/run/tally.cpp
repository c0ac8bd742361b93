#include "runtime/job/run/tally.h"

#include "runtime/job/run/run.h"

namespace weir::job {
namespace {

bool writes(const ManifestConsumer& consumer) {
  return consumer.kernel == ConsumerKernel::WriteRows || consumer.kernel == ConsumerKernel::WriteChanges;
}

void add(ConsumerTally& sum, const ManifestConsumer& consumer, const void* state) {
  const abi::Counters& counters = counters_of(state);
  sum.counters.counted += counters.counted;
  sum.counters.filtered += counters.filtered;
  sum.counters.outside += counters.outside;
  sum.counters.late += counters.late;
  sum.counters.late_partial += counters.late_partial;
  if (writes(consumer)) {
    sum.rows_out += static_cast<const state::RowWriterState*>(state)->output->rows;
  }
}

}  // namespace

Tally tally_of(const Run& run) {
  Tally tally = run.history->tally;  // of the tries before
  tally.scans.resize(run.manifest.scans.size());
  tally.consumers.resize(run.manifest.consumers.size());
  for (const WorkerRun& worker : run.workers) {
    for (size_t scan = 0; scan < worker.scans.size(); ++scan) {
      tally.scans[scan].read += worker.scans[scan]->rows_read();
      tally.scans[scan].rejected += worker.scans[scan]->rows_rejected();
      tally.scans[scan].without_value += worker.scans[scan]->without_value();
    }
    tally.rows_read += worker.rows_read.load();
  }
  for (const ManifestConsumer& consumer : run.manifest.consumers) {
    const void* firing = run.firing_lane->consumers()[consumer.id];
    add(tally.consumers[consumer.id], consumer, firing);
    for (const WorkerRun& worker : run.workers) {
      const void* state = worker.lane->consumers()[consumer.id];
      if (state == firing) {
        break;  // all lanes share it
      }
      add(tally.consumers[consumer.id], consumer, state);
    }
  }
  return tally;
}

}  // namespace weir::job
