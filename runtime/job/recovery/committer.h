// Commits a job: at each interval the workers are paused, what is due fires, and what they have written since goes, with the
// positions of the inputs, into one transaction, while they are already at work on the next epoch.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "runtime/commit/epoch.h"
#include "runtime/job/recovery/position_watch.h"
#include "runtime/job/recovery/replay_estimate.h"
#include "runtime/job/run/run.h"

namespace weir::job {

// Partitions that do not move are committed so often nevertheless: brokers forget offsets that are old
// (`offsets.retention.minutes`, 7 days), those of a group without members even while the job runs.
constexpr int64_t kCommitAgainUs = int64_t{3600} * 1'000'000;

class Committer {
 public:
  explicit Committer(Run& run) : run_(run), positions_(run), retention_(run) {}
  ~Committer() { stop(); }
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  // Before any record is read: where reading begins when nothing was committed there is committed by itself, because
  // `latest-offset` and `timestamp` would name another place after a crash.
  void commit_start();
  void start();
  // Instead of `start`, by the only worker, between batches: commits if it is time.
  void tick() { commit_if_due(false); }
  // No commit is under way afterwards, and none will begin by itself.
  void stop();
  // By a stopped committer: what has not been committed yet. All workers have ended. `finished`: all input was read.
  void commit_rest(bool finished);

 private:
  void loop();
  void commit_if_due(bool workers_run);
  // `workers_run`: they have to be paused.
  void commit_once(bool finished, bool workers_run);
  commit::Epoch take_epoch(bool finished);
  bool take_positions(commit::Epoch& epoch, bool finished, bool state_changed);
  commit::JobRecord job_record(bool finished) const;
  void look_for_partitions(bool workers_run);
  void check_lock();
  void fail(const connectors::Error& error);

  Run& run_;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  int64_t next_commit_us_ = 0;
  int64_t next_discovery_us_ = 0;
  bool has_committed_ = false;  // positions
  PositionWatch positions_;
  RetentionWatch retention_;
};

}  // namespace weir::job
