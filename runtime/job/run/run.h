// A run of a job: what its workers share. job.cpp stitches it together.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "runtime/job/manifest/entry_points.h"
#include "runtime/job/manifest/manifest.h"
#include "runtime/job/run/connect.h"
#include "runtime/job/run/feeds.h"
#include "runtime/job/run/figures.h"
#include "runtime/job/run/job_metrics.h"
#include "runtime/job/run/lane.h"
#include "runtime/job/run/log_run.h"
#include "runtime/job/run/operators.h"
#include "runtime/job/run/outcome.h"
#include "runtime/job/run/pause.h"
#include "runtime/job/run/run_options.h"
#include "runtime/job/run/scan_run.h"
#include "runtime/job/run/schedule.h"
#include "runtime/job/run/tally.h"
#include "runtime/observe/report.h"
#include "runtime/state/budget.h"
#include "runtime/time/clock.h"

namespace weir::job {

class ChangelogRun;  // of recovery

// No batch is under way in this lane.
constexpr int64_t kNoBatch = INT64_MAX;

// A worker's lane with what else is the worker's own.
struct WorkerRun {
  std::unique_ptr<Lane> lane;
  std::vector<std::unique_ptr<ScanRun>> scans;
  std::vector<Feeds> feeds;                        // by scan; jobs that commit
  std::vector<Feeds> replay_feeds;                 // what is fed while records are read again
  std::atomic<int64_t> batch_clock_ms = kNoBatch;  // the clock reading of the batch at hand
  std::atomic<uint64_t> bytes_read = 0;
  std::atomic<uint64_t> rows_read = 0;
  std::atomic<uint64_t> messages_read = 0;  // of logs, by jobs that commit
  std::atomic<uint64_t> busy_us = 0;        // with them
  LaneFigures* figures = nullptr;           // null: nobody looks
};

// Of the tries of a job in one process.
struct History {
  uint64_t token = 0;                                // what this process commits carries it
  bool was_open = false;                             // one of them had everything that it needs
  int64_t last_fenced_us = 0;                        // monotonic, of the lock; 0: never
  std::optional<commit::CommitName> before_restart;  // `--restart-from`: what was committed before
  bool stood_by = false;                             // while another instance was at work
  Tally tally;                                       // of what the tries before this one have committed
  Tally committed_tally;                             // with this one
  // Of the commit that was tried last: whether it counts shows when the next try reads what is committed.
  Tally tried_tally;
  uint64_t tried_commit = 0;
};

struct Run {
  Run(Manifest manifest_of_job, const abi::Program& program, const RunOptions& run_options)
      : manifest(std::move(manifest_of_job)), entries(program), options(run_options) {}

  Manifest manifest;
  EntryPoints entries;
  const RunOptions& options;
  time::Clock* clock = nullptr;
  std::atomic<int64_t> latest_clock_us = INT64_MIN;
  observe::Report* report = nullptr;
  const SignalWatch* signals = nullptr;
  JobMetrics* metrics = nullptr;  // null: nobody looks
  LaneFigures* firing_figures = nullptr;
  LaneFigures* shared_figures = nullptr;
  Outcome outcome;

  std::vector<LogScan> logs;
  std::unique_ptr<CommitRun> commit;  // jobs that write to a log
  bool any_idle_timeout = false;
  bool opened = false;  // everything that the run needs
  History* history = nullptr;
  bool replaying = false;  // records are read again whose effects were committed
  Pause pause;
  Sinks sinks;
  state::MemoryBudget budget;
  state::MemoryAccount rows_account;  // rows that lanes work on
  std::deque<PartitionRun> partitions;
  std::unique_ptr<Schedule> schedule;
  std::unique_ptr<Operators> operators;
  std::shared_ptr<ChangelogRun> changelog;  // where a committing job has operators in mode C

  std::deque<WorkerRun> workers;
  std::unique_ptr<Lane> firing_lane;  // of the holder of fire_mutex
  ConsumerStates shared_consumers;    // of the changes of groups
  std::vector<state::GroupStore*> group_stores;

  std::mutex fire_mutex;
  std::atomic<bool> fire_wanted = false;
  std::atomic<uint32_t> unfired_batches = 0;  // read since the firing at hand began
  std::atomic<int64_t> last_fired_us = 0;     // monotonic

  // A signal, a stop or a failure: nothing more is read.
  bool stopping() const {
    return outcome.failed() || signals->caught() != 0 || (options.stop != nullptr && options.stop->load());
  }
};

// Fires what is due, unless another thread is at it, who then does it too.
void fire_due(Run& run);
// Everything that was written goes to the sinks.
void flush_everything(Run& run);

}  // namespace weir::job
