#include "runtime/job/recovery/replay_estimate.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "runtime/job/recovery/starts.h"
#include "runtime/job/run/run.h"

namespace weir::job {
namespace {

// Between two partitions, so that a topic of many does not keep the committer busy.
constexpr int64_t kLookUs = 1'000'000;

}  // namespace

ReplayEstimate estimate_replay(const Run& run) {
  ReplayEstimate estimate;
  for (const PartitionRun& partition : run.partitions) {
    if (partition.log != nullptr) {
      estimate.records += partition.record.position - partition.record.low_offset;
    }
  }
  uint64_t records = 0;
  uint64_t busy_us = 0;
  for (const WorkerRun& worker : run.workers) {
    records += worker.messages_read.load(std::memory_order_relaxed);
    busy_us += worker.busy_us.load(std::memory_order_relaxed);
  }
  if (records != 0) {
    const double us_each = static_cast<double>(busy_us) / static_cast<double>(records * run.workers.size());
    estimate.ms = static_cast<int64_t>(static_cast<double>(estimate.records) * us_each / 1000);
  }
  return estimate;
}

void RetentionWatch::look() {
  if (question_ == nullptr) {
    ask();
    return;
  }
  if (const auto answer = question_->answer()) {
    question_.reset();
    if (*answer) {  // else the log is away; the readers say so
      judge(answer->value().front());
    }
  }
}

void RetentionWatch::ask() {
  const int64_t now_us = run_.clock->monotonic_us();
  if (now_us < next_us_ || run_.partitions.empty()) {
    return;
  }
  next_us_ = now_us + kLookUs;
  next_ = (next_ + 1) % run_.partitions.size();
  const PartitionRun& partition = run_.partitions[next_];
  if (partition.log != nullptr) {
    const auto log = std::ranges::find(run_.logs, partition.scan, &LogScan::scan);
    question_ = log->consumer->ask_offsets({partition.log->place()});
  }
}

void RetentionWatch::judge(const connectors::OffsetRange& range) {
  const PartitionRun& partition = run_.partitions[next_];
  const connectors::TopicPartition& place = partition.log->place();
  Seen& seen = seen_.try_emplace(place, Seen{.first = range.first, .warned = false}).first->second;
  const int64_t low = partition.record.low_offset;
  const int64_t left = low - range.first;
  const int64_t needed = range.end - low;
  if (range.first == seen.first || left >= needed) {  // nothing is deleted, or far away
    seen.warned = seen.warned && left < 2 * needed;
    return;
  }
  if (!std::exchange(seen.warned, true)) {
    run_.report->message(fmt::format(
        "warning: {}: a restart would read from offset {}, and records before {} have been deleted "
        "(retention)\n"
        "hint: let the topic keep its records longer, or the job cannot be started again without loss\n",
        place_text(place), low, range.first));
  }
}

}  // namespace weir::job
