#include "runtime/job/run/worker.h"

#include <algorithm>

#include <fmt/format.h>

#include "runtime/job/manifest/expression_failure.h"

namespace weir::job {
namespace {

// Small enough that a batch stays in the second-level cache between `read` and the kernel.
constexpr uint64_t kBatchBytes = 256 << 10;
// How many batches are read while somebody fires.
constexpr uint32_t kMostUnfiredBatches = 4;
// How long a worker waits for silent input before it looks at signals and timers again.
constexpr int kPatienceMs = 5;

// The wall clock, but never less than it was for somebody before: a window of processing time that has fired stays fired
// when the system's clock is set back.
int64_t processing_time_us(Run& run) {
  const int64_t reading = run.clock->wall_us();
  int64_t latest = run.latest_clock_us.load();
  while (latest < reading && !run.latest_clock_us.compare_exchange_weak(latest, reading)) {
  }
  return std::max(latest, reading);
}

// No batch that is under way has an earlier clock reading, and none will have.
int64_t firing_clock_ms(Run& run) {
  int64_t clock = processing_time_us(run) / 1000;
  for (const WorkerRun& worker : run.workers) {
    clock = std::min(clock, worker.batch_clock_ms.load());
  }
  return clock;
}

void check_budget(Run& run) {
  if (run.budget.exceeded_by.load(std::memory_order_relaxed) != nullptr) [[unlikely]] {
    run.outcome.fail(ExitStatus::InputOutput, fmt::format("error: {}\n", state::budget_error(run.budget)));
  }
}

// Writers behind groups are shared: who holds the lock of the groups may touch them.
void flush_shared(Run& run, bool interactive_only) {
  auto& writers = run.shared_consumers.writers();
  if (writers.empty()) {
    return;
  }
  for (state::GroupStore* store : run.group_stores) {
    weir_lock(&store->lock);
  }
  for (const auto& writer : writers) {
    if (!interactive_only || writer->gate().interactive()) {
      writer->flush();
    }
  }
  if (run.shared_figures != nullptr) {
    run.shared_figures->publish();
  }
  for (state::GroupStore* store : run.group_stores) {
    weir_unlock(&store->lock);
  }
}

// A partition that was read to its end is silent from then on, until it gives something again.
void note_silence(Run& run, PartitionRun& partition, const connectors::Batch& batch) {
  if (batch.message_count != 0) {
    partition.silent_since_us = 0;
    partition.idle = false;
  } else if (partition.silent_since_us == 0 && partition.log->at_end()) {
    partition.silent_since_us = run.clock->monotonic_us();
  }
}

void scan_batch(Run& run, WorkerRun& worker, PartitionRun& partition, const connectors::Batch& batch) {
  ScanRun& scan = *worker.scans[partition.scan];
  if (run.replaying) {
    scan.run_again(partition, batch);
  } else {
    scan.run(partition, batch);
  }
}

// By the holder of the fire lock.
void publish_firing(Run& run) {
  run.firing_figures->publish();
  for (const OperatorRun* op : run.operators->in_order()) {
    run.metrics->note_reached(op->manifest->id, op->reached);
  }
}

// More waits for a commit than should.
void wait_for_room(Run& run) {
  while (run.commit && waiting_bytes(*run.commit) > kMostEpochBytes && !run.stopping()) {
    run.pause.pass();
    run.clock->sleep_us(1000);
  }
}

void run_batch(Run& run, WorkerRun& worker, PartitionRun& partition, connectors::ReadBuffer& buffer) {
  if (run.commit && partition.log != nullptr) {
    // Watermarks stay while a partition comes back from idle (Schedule); a firing that has begun before comes to its end.
    std::unique_lock lock(run.fire_mutex, std::defer_lock);
    if (partition.returning) {
      lock.lock();
    }
    (run.replaying ? worker.replay_feeds : worker.feeds)[partition.scan].begin_batch(partition);
  }
  const auto batch = partition.input->read(buffer);
  if (!batch) {
    run.outcome.fail(batch.error());
    return;
  }
  abi::Context* context = worker.lane->context();
  worker.batch_clock_ms.store(INT64_MIN);  // from here on no firing may pass the reading that follows
  context->processing_time_us = processing_time_us(run);
  worker.batch_clock_ms.store(context->processing_time_us / 1000);
  ScanRun& scan = *worker.scans[partition.scan];
  const uint64_t rows_before = scan.rows_read();
  const uint64_t rejected_before = scan.rows_rejected();
  const uint64_t without_value_before = scan.without_value();
  if (partition.log != nullptr) {
    note_silence(run, partition, *batch);
  }
  if (batch->begin != batch->end || batch->message_count != 0) {
    scan_batch(run, worker, partition, *batch);
  }
  worker.batch_clock_ms.store(kNoBatch);
  worker.bytes_read.fetch_add(static_cast<uint64_t>(batch->end - batch->begin), std::memory_order_relaxed);
  worker.rows_read.fetch_add(scan.rows_read() - rows_before, std::memory_order_relaxed);
  worker.messages_read.fetch_add(batch->message_count, std::memory_order_relaxed);
  partition.finished = batch->finished;
  if (run.metrics != nullptr) {
    run.metrics->note_batch(run, partition,
                            {.records = run.replaying ? batch->message_count : scan.rows_read() - rows_before,
                             .bytes = static_cast<uint64_t>(batch->end - batch->begin),
                             .rejected = scan.rows_rejected() - rejected_before,
                             .without_value = scan.without_value() - without_value_before});
    worker.figures->publish();
  }
  check_budget(run);
}

// How fast records are read is what a restart is estimated by.
void run_timed_batch(Run& run, WorkerRun& worker, PartitionRun& partition, connectors::ReadBuffer& buffer) {
  if (!run.commit || partition.log == nullptr) {
    run_batch(run, worker, partition, buffer);
    return;
  }
  const int64_t begin_us = run.clock->monotonic_us();
  run_batch(run, worker, partition, buffer);
  worker.busy_us.fetch_add(static_cast<uint64_t>(run.clock->monotonic_us() - begin_us),
                           std::memory_order_relaxed);
}

}  // namespace

void fire_due(Run& run) {
  if (run.replaying) {
    return;  // how far the operators have come is known; it stays until all records have been read again
  }
  run.fire_wanted.store(true);
  // Who finds the lock taken leaves the work to its holder, who looks at `fire_wanted` after letting go; but not for ever, for
  // what is read meanwhile waits in state, and the more waits the longer the next firing takes.
  while (run.fire_wanted.load() && !run.stopping()) {
    std::unique_lock lock(run.fire_mutex, std::try_to_lock);
    if (!lock.owns_lock()) {
      if (run.unfired_batches.fetch_add(1) < kMostUnfiredBatches) {
        return;
      }
      lock.lock();
    }
    run.fire_wanted.store(false);
    run.unfired_batches.store(0);
    abi::Context* context = run.firing_lane->context();
    const int64_t clock_ms = run.operators->any_processing_time() ? firing_clock_ms(run) : abi::kNoWatermark;
    context->processing_time_us =
        run.operators->any_processing_time() ? clock_ms * 1000 : run.clock->wall_us();
    if (run.operators->advance(*run.schedule, context, clock_ms)) {
      run.last_fired_us.store(run.clock->monotonic_us(), std::memory_order_relaxed);
      run.firing_lane->flush(true);
      flush_shared(run, true);
    }
    if (run.metrics != nullptr) {
      publish_firing(run);
    }
    if (context->failure.expression != 0) {
      run.outcome.fail(ExitStatus::InputOutput,
                       describe_failure(run.manifest, context->failure, run.operators->failed_window()));
    }
    check_budget(run);
  }
}

void flush_everything(Run& run) {
  for (WorkerRun& worker : run.workers) {
    worker.lane->flush(false);
  }
  run.firing_lane->flush(false);
  flush_shared(run, false);
}

void work(Run& run, WorkerRun& worker, const std::function<void()>& between_batches) {
  connectors::ReadBuffer buffer(kBatchBytes);
  const bool alone = run.workers.size() == 1;
  const Pause::Worker at_work(run.pause);
  worker.lane->replay(run.replaying);
  while (!run.stopping()) {
    run.pause.pass();
    wait_for_room(run);
    if (worker.figures != nullptr) {
      worker.figures->loop_us.store(run.clock->monotonic_us(), std::memory_order_relaxed);
    }
    PartitionRun* partition = run.schedule->take(kPatienceMs);
    if (partition == nullptr) {
      if (run.schedule->finished()) {
        break;
      }
      if (run.operators->any_processing_time() || run.any_idle_timeout) {
        fire_due(run);
      }
    } else {
      run_timed_batch(run, worker, *partition, buffer);
      if (run.stopping()) {
        break;
      }
      // The next batch of the partition may be another worker's, and its rows come after these. Alone, rows are handed
      // on when a buffer is full, or when somebody watches.
      worker.lane->flush(alone);
      flush_shared(run, true);
      run.schedule->put_back(*partition);
      fire_due(run);
    }
    if (between_batches) {
      between_batches();
    }
  }
  run.schedule->stop();
}

}  // namespace weir::job
