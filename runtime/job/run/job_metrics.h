// The figures of a job over all its runs in this process (it begins again from the last commit when the log was away), and
// how they are shown: as Prometheus text, and as health. docs/observing.md says what each means.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "runtime/connectors/connector.h"
#include "runtime/connectors/log/log.h"
#include "runtime/job/manifest/manifest.h"
#include "runtime/job/run/figures.h"
#include "runtime/observe/http.h"
#include "runtime/observe/metrics.h"
#include "runtime/observe/report.h"
#include "runtime/time/clock.h"

namespace weir::job {

struct Run;
struct PartitionRun;

enum class Phase : uint8_t { Starting, StandingBy, Replaying, Running, Retrying };

// What a batch has brought.
struct BatchFigures {
  uint64_t records = 0;
  uint64_t bytes = 0;
  uint64_t rejected = 0;
  uint64_t without_value = 0;
};

class JobMetrics {
 public:
  JobMetrics(const Manifest& manifest, time::Clock& clock);
  JobMetrics(const JobMetrics&) = delete;
  JobMetrics& operator=(const JobMetrics&) = delete;

  // The lanes of a run are open: they get their figures.
  void begin(Run& run);
  // The run may be looked at, until `hide`: its schedule, its operators and its lanes stay.
  void show(Run& run);
  void hide();
  // The run is about to go; its workers have ended.
  void end();

  // By the worker that has the partition.
  void note_batch(const Run& run, PartitionRun& partition, const BatchFigures& batch);
  void note_commit_begins() { commit_since_us_.store(clock_.monotonic_us()); }
  void note_commit(int64_t us) {
    commit_since_us_.store(0);
    commits_.add(us);
  }
  // What a restart would read again, and how long that would take.
  void note_replay(int64_t records, int64_t ms) {
    replay_records_.store(records, std::memory_order_relaxed);
    replay_ms_.store(ms, std::memory_order_relaxed);
  }
  void note_reached(uint32_t op, int64_t watermark) {
    reached_[op].store(watermark, std::memory_order_relaxed);
  }
  // A sign of life before there are workers.
  void note_phase(Phase phase);
  void note_restart() { restarts_.fetch_add(1, std::memory_order_relaxed); }

  uint64_t commits() const { return commits_.count(); }
  // Over all partitions whose end is known; nothing: the job reads no log, or no end is known yet.
  std::optional<int64_t> lag();
  int64_t replay_left();  // records that are still to be read again
  size_t idle();          // partitions that hold no watermark because they are silent

  std::string text();  // /metrics
  // /health: 200 if all workers looked for work within the last five seconds, and no commit takes longer than ten.
  observe::HttpResponse health();

 private:
  PartitionFigures& figures_of(const PartitionRun& partition);
  void look_at_ends();
  void sources(observe::MetricsText& text) const;
  void partitions(observe::MetricsText& text) const;
  void watermarks(observe::MetricsText& text) const;
  void rows(observe::MetricsText& text) const;
  void operators(observe::MetricsText& text) const;
  void commit(observe::MetricsText& text) const;
  int64_t last_loop_us() const;
  std::string table(uint32_t scan) const;
  uint64_t total(uint32_t consumer, std::atomic<uint64_t> ConsumerFigures::* figure) const;

  const Manifest& manifest_;
  time::Clock& clock_;
  mutable std::mutex mutex_;  // of what follows, but for the figures themselves
  Run* run_ = nullptr;        // null: not to be looked at
  // Of one input: where its partitions end is asked by whoever looks at the figures, because readers hear it only with what
  // they fetch, and they may not fetch.
  struct Ends {
    std::unique_ptr<connectors::Question<std::vector<connectors::OffsetRange>>> question;
    std::vector<PartitionFigures*> of;  // in the order asked
    int64_t next_us = 0;
  };

  std::deque<PartitionFigures> partitions_;
  std::deque<Ends> ends_;  // by input of the run
  std::deque<LaneFigures> lanes_;
  std::deque<ConsumerFigures> before_;  // of earlier runs, by consumer
  std::deque<std::atomic<int64_t>> reached_;
  observe::Durations commits_;
  std::atomic<int64_t> replay_records_ = 0;
  std::atomic<int64_t> replay_ms_ = 0;
  std::atomic<uint64_t> restarts_ = 0;
  std::atomic<int64_t> commit_since_us_ = 0;  // 0: none is under way
  std::atomic<int64_t> sign_us_;
  std::atomic<Phase> phase_ = Phase::Starting;
};

// Serves /metrics and /health at `address` (HOST:PORT).
connectors::Result<std::unique_ptr<observe::HttpServer>> serve_metrics(JobMetrics& metrics,
                                                                       const std::string& address,
                                                                       observe::Report& report);

}  // namespace weir::job
