#include "runtime/job/recovery/committer.h"
#include "runtime/job/recovery/changelog_run.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "runtime/job/recovery/open_log.h"
#include "runtime/job/recovery/other_runs.h"
#include "runtime/job/recovery/standby.h"
#include "runtime/job/run/worker.h"

namespace weir::job {
namespace {

// Fenced again in this time, it was by another process.
constexpr int64_t kFencedTwiceUs = 60'000'000;
// How often the committer looks whether it is time.
constexpr std::chrono::milliseconds kTick{10};

// Where replay of a partition would begin.
state::LogPlace low_water_of(const Run& run, PartitionRun& partition, int64_t position) {
  state::LogPlace lowest{position, partition.watermark};
  for (const ManifestOperator& op : run.manifest.operators) {
    if (op.recovery != commit::RecoveryMode::Replay) {
      continue;
    }
    state::LowWater& low_water = partition.low_water[op.id];
    low_water.forget_fired((*run.operators)[op.id].reached);
    const auto low = low_water.lowest();
    if (low && low->offset < lowest.offset) {
      lowest = *low;
    }
  }
  return lowest;
}

commit::PartitionRecord record_of(const Run& run, PartitionRun& partition) {
  const int64_t position = partition.log->position();
  const state::LogPlace low = low_water_of(run, partition, position);
  return {.position = position,
          .watermark = partition.watermark,
          .low_offset = low.offset,
          .low_watermark = low.watermark,
          .stop_offset = partition.log->stop_offset(),
          .idle = partition.idle};
}

bool same_but_for_number(const commit::JobRecord& a, const commit::JobRecord& b) {
  return a.token == b.token && a.finished == b.finished && a.operators == b.operators &&
         a.changelog == b.changelog && a.name == b.name && a.transactional_id == b.transactional_id &&
         a.inputs == b.inputs;
}

}  // namespace

void Committer::commit_start() {
  if (run_.commit->starts && !run_.stopping()) {
    commit_once(false, false);
  }
}

void Committer::start() {
  thread_ = std::thread([this] { loop(); });
}

void Committer::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) {
    thread_.join();
  }
}

void Committer::fail(const connectors::Error& error) { run_.outcome.fail(error); }

void Committer::loop() {
  while (!run_.stopping()) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, kTick, [&] { return stopping_; });
      if (stopping_) {
        return;
      }
    }
    commit_if_due(true);
  }
}

void Committer::commit_if_due(bool workers_run) {
  const int64_t now_us = run_.clock->monotonic_us();
  const int64_t interval_us = run_.commit->settings.interval_ms * 1000;
  if (run_.stopping()) {
    return;
  }
  if (has_committed_ && now_us >= next_commit_us_ - interval_us / 4) {
    positions_.ask();
  }
  if (now_us < next_commit_us_ && waiting_bytes(*run_.commit) <= kMostEpochBytes) {
    return;
  }
  next_commit_us_ = now_us + interval_us;
  positions_.look();
  if (run_.stopping()) {
    return;
  }
  commit_once(false, workers_run);
  check_lock();
  look_for_partitions(workers_run);
  if (!run_.stopping()) {
    retention_.look();
  }
}

void Committer::commit_rest(bool finished) { commit_once(finished, false); }

void Committer::commit_once(bool finished, bool workers_run) {
  commit::Epoch epoch;
  if (run_.changelog) {
    if (auto done = run_.changelog->prepare(); !done) {
      fail(done.error());
      return;
    }
  }
  {
    std::optional<Pause::Hold> hold;
    if (workers_run) {
      hold.emplace(run_.pause);
      fire_due(run_);
      if (run_.stopping()) {
        return;  // whoever ends the run commits what is left, or does not
      }
    }
    flush_everything(run_);
    if (run_.outcome.failed()) {
      return;
    }
    epoch = take_epoch(finished);
    if (epoch.number != 0) {
      run_.history->tried_tally = tally_of(run_);
      run_.history->tried_commit = epoch.number;
    }
  }
  if (commit::is_empty(epoch)) {
    return;
  }
  const int64_t begin_us = run_.clock->monotonic_us();
  if (run_.metrics != nullptr) {
    run_.metrics->note_commit_begins();
  }
  if (auto done = commit::write_epoch(*run_.commit->producer, run_.commit->settings.guarantee, epoch);
      !done) {
    fail(done.error());
    return;
  }
  has_committed_ |= !epoch.offsets.empty();
  run_.history->committed_tally = run_.history->tried_tally;
  if (run_.metrics != nullptr) {
    run_.metrics->note_commit(run_.clock->monotonic_us() - begin_us);
    const ReplayEstimate replay = estimate_replay(run_);
    run_.metrics->note_replay(replay.records, replay.ms);
  }
  if (run_.changelog) {
    run_.changelog->committed();
  }
}

commit::Epoch Committer::take_epoch(bool finished) {
  commit::Epoch epoch;
  for (connectors::LogSink* sink : run_.commit->sinks) {
    if (sink->bytes() != 0) {
      epoch.outputs.push_back({sink->topic(), sink->upsert(), sink->partition(), sink->take()});
    }
  }
  ChangelogRun* changelog = run_.changelog.get();
  std::vector<ChangelogRun::Change> changes;
  if (changelog != nullptr) {
    changes = changelog->collect();
  }
  if (take_positions(epoch, finished, !changes.empty())) {
    epoch.number = ++run_.commit->record.commit;
    if (changelog != nullptr) {
      changelog->seal(std::move(changes), epoch);
    }
  }
  return epoch;
}

// False: nothing has changed since the last commit.
bool Committer::take_positions(commit::Epoch& epoch, bool finished, bool state_changed) {
  commit::JobRecord job = job_record(finished);
  bool changed = state_changed || !epoch.outputs.empty() || !same_but_for_number(job, run_.commit->record) ||
                 job.commit == 0;
  std::vector<PartitionRun*> moved;
  PartitionRun* anchor = nullptr;
  const int64_t now_us = run_.clock->monotonic_us();
  for (PartitionRun& partition : run_.partitions) {
    if (partition.log == nullptr) {
      continue;
    }
    anchor = anchor == nullptr ? &partition : anchor;
    const commit::PartitionRecord record = record_of(run_, partition);
    if (record != partition.record || !partition.committed_us ||
        now_us - *partition.committed_us >= kCommitAgainUs) {
      partition.record = record;
      moved.push_back(&partition);
      changed = true;
    }
  }
  if (!changed || anchor == nullptr) {
    return changed;
  }
  run_.commit->record = job;
  ++job.commit;
  if (std::ranges::find(moved, anchor) == moved.end()) {
    moved.push_back(anchor);
  }
  for (PartitionRun* partition : moved) {
    partition->committed_us = now_us;
    commit::RecoveryRecord record{partition->record, std::nullopt,
                                  commit::checksum_of(run_.commit->settings.job),
                                  commit::checksum_of(run_.manifest.scans[partition->scan].table)};
    if (partition == anchor) {
      record.job = job;
    }
    const auto log =
        std::ranges::find_if(run_.logs, [&](const LogScan& it) { return it.scan == partition->scan; });
    epoch.offsets.push_back({log->source->options().group, partition->log->place(),
                             partition->record.position, commit::encode(record)});
  }
  return true;
}

commit::JobRecord Committer::job_record(bool finished) const {
  commit::JobRecord record;
  record.commit = run_.commit->record.commit;
  record.token = run_.commit->record.token;
  record.finished = finished;
  record.name = run_.commit->settings.job;
  record.transactional_id = transactions_of(run_.commit->settings);
  record.inputs = inputs_of(run_);
  if (run_.changelog) {
    record.changelog = run_.changelog->pointers();
  }
  for (const ManifestOperator& op : run_.manifest.operators) {
    const OperatorRun& state = (*run_.operators)[op.id];
    record.operators.push_back({.fingerprint = op.fingerprint,
                                .mode = op.recovery,
                                .reached = state.reached,
                                .passed = state.passed,
                                .parts = op.fingerprint_parts});
  }
  return record;
}

void Committer::check_lock() {
  if (run_.commit->lock == nullptr || run_.outcome.failed()) {
    return;
  }
  auto held = run_.commit->lock->held();
  if (!held) {
    held = std::unexpected(of_lock(run_, held.error()));
  }
  if (!held && held.error().kind == connectors::Error::Kind::Fenced) {
    const int64_t now_us = run_.clock->monotonic_us();
    const int64_t before_us = std::exchange(run_.history->last_fenced_us, now_us);
    if (before_us == 0 || now_us - before_us > kFencedTwiceUs) {
      held = false;
    }
  }
  if (!held) {
    fail(held.error());
  } else if (!*held) {
    fail({connectors::Error::Kind::Retry,
          "the job's lock was lost: this process or the broker was away for longer than the session "
          "time-out"});
  }
}

void Committer::look_for_partitions(bool workers_run) {
  const int64_t now_us = run_.clock->monotonic_us();
  if (now_us < next_discovery_us_ || run_.stopping()) {
    return;
  }
  const bool first = next_discovery_us_ == 0;
  int64_t interval_ms = INT64_MAX / 2000;
  for (LogScan& log : run_.logs) {
    const auto option = duration_ms_or(run_.manifest.scans[log.scan].options,
                                       "scan.topic-partition-discovery.interval", 300'000);
    if (!option || *option <= 0) {
      continue;
    }
    interval_ms = std::min(interval_ms, *option);
    const auto places = first ? Result<std::vector<connectors::TopicPartition>>{} : log.source->partitions();
    if (!places) {
      continue;  // the log is away; the consumer says so
    }
    for (const connectors::TopicPartition& place : *places) {
      const bool known = std::ranges::any_of(run_.partitions, [&](const PartitionRun& it) {
        return it.scan == log.scan && it.log->place() == place;
      });
      if (!known) {
        std::optional<Pause::Hold> hold;
        if (workers_run) {
          hold.emplace(run_.pause);
        }
        if (auto done = add_partition(run_, log, place); !done) {
          fail(done.error());
          return;
        }
      }
    }
  }
  next_discovery_us_ = now_us + interval_ms * 1000;
}

}  // namespace weir::job
