#include "runtime/job/run/job_metrics.h"

#include <algorithm>

#include <fmt/format.h>

#include "runtime/job/run/run.h"

namespace weir::job {
namespace {

constexpr int64_t kAliveUs = 5'000'000;
constexpr int64_t kCommitHangsUs = 10'000'000;
constexpr int64_t kAskForEndsUs = 1'000'000;

std::string_view name_of(Phase phase) {
  switch (phase) {
    case Phase::Starting: return "starting";
    case Phase::StandingBy: return "standing by";
    case Phase::Replaying: return "replaying";
    case Phase::Running: return "running";
    case Phase::Retrying: return "retrying";
  }
  return "";
}

bool writes(const ManifestConsumer& consumer) {
  return consumer.kernel == ConsumerKernel::WriteRows || consumer.kernel == ConsumerKernel::WriteChanges;
}

void watch(LaneFigures& lane, const ManifestConsumer& consumer, const void* state) {
  ConsumerFigures& figures = lane.consumers.emplace_back();
  figures.consumer = consumer.id;
  figures.state = state;
  figures.writes = writes(consumer);
}

// The answers to readers and to those who look from outside come in any order.
void raise(std::atomic<int64_t>& figure, int64_t value) {
  int64_t known = figure.load();
  while (known < value && !figure.compare_exchange_weak(known, value)) {
  }
}

void add(ConsumerFigures& into, const ConsumerFigures& from) {
  into.filtered += from.filtered;
  into.outside += from.outside;
  into.late += from.late;
  into.late_partial += from.late_partial;
  into.rows_out += from.rows_out;
}

}  // namespace

void LaneFigures::publish() {
  constexpr auto kRelaxed = std::memory_order_relaxed;
  for (ConsumerFigures& it : consumers) {
    const abi::Counters& counters = counters_of(it.state);
    it.filtered.store(counters.filtered, kRelaxed);
    it.outside.store(counters.outside, kRelaxed);
    it.late.store(counters.late, kRelaxed);
    it.late_partial.store(counters.late_partial, kRelaxed);
    if (it.writes) {
      it.rows_out.store(static_cast<const state::RowWriterState*>(it.state)->output->rows, kRelaxed);
    }
  }
}

JobMetrics::JobMetrics(const Manifest& manifest, time::Clock& clock)
    : manifest_(manifest),
      clock_(clock),
      before_(manifest.consumers.size()),
      reached_(manifest.operators.size()),
      sign_us_(clock.monotonic_us()) {
  for (auto& reached : reached_) {
    reached.store(abi::kNoWatermark);
  }
}

void JobMetrics::begin(Run& run) {
  const std::lock_guard lock(mutex_);
  LaneFigures& shared = lanes_.emplace_back();
  LaneFigures& firing = lanes_.emplace_back();
  run.shared_figures = &shared;
  run.firing_figures = &firing;
  for (const ManifestConsumer& consumer : manifest_.consumers) {
    const bool is_shared = shares_consumers(manifest_, consumer.pipeline);
    watch(is_shared ? shared : firing, consumer, run.firing_lane->consumers()[consumer.id]);
  }
  for (WorkerRun& worker : run.workers) {
    LaneFigures& lane = lanes_.emplace_back();
    lane.is_worker = true;
    lane.loop_us.store(clock_.monotonic_us());
    worker.figures = &lane;
    for (const ManifestConsumer& consumer : manifest_.consumers) {
      if (!shares_consumers(manifest_, consumer.pipeline)) {
        watch(lane, consumer, worker.lane->consumers()[consumer.id]);
      }
    }
  }
}

void JobMetrics::show(Run& run) {
  const std::lock_guard lock(mutex_);
  for (PartitionRun& partition : run.partitions) {
    partition.figures = &figures_of(partition);
    if (partition.log != nullptr) {
      PartitionFigures& figures = *partition.figures;
      figures.position.store(partition.log->position());
      figures.watermark.store(partition.watermark);
      figures.idle.store(partition.idle);
      figures.replay_left.store(
          run.replaying ? std::max<int64_t>(partition.record.position - partition.log->position(), 0) : 0);
    }
  }
  phase_.store(run.replaying ? Phase::Replaying : Phase::Running);
  run_ = &run;
}

void JobMetrics::hide() {
  const std::lock_guard lock(mutex_);
  run_ = nullptr;
  ends_.clear();
}

void JobMetrics::end() {
  commit_since_us_.store(0);
  const std::lock_guard lock(mutex_);
  run_ = nullptr;
  ends_.clear();
  for (LaneFigures& lane : lanes_) {
    lane.publish();
    for (const ConsumerFigures& consumer : lane.consumers) {
      add(before_[consumer.consumer], consumer);
    }
  }
  lanes_.clear();
}

// Under the mutex. A partition that is read again in a later run goes on where it was.
PartitionFigures& JobMetrics::figures_of(const PartitionRun& partition) {
  const std::string topic = partition.log != nullptr ? partition.log->place().topic : "";
  const int32_t number = partition.log != nullptr ? partition.log->place().partition : -1;
  for (PartitionFigures& it : partitions_) {
    if (it.scan == partition.scan && it.topic == topic && it.partition == number) {
      return it;
    }
  }
  PartitionFigures& figures = partitions_.emplace_back();
  figures.scan = partition.scan;
  figures.topic = topic;
  figures.partition = number;
  return figures;
}

void JobMetrics::note_batch(const Run& run, PartitionRun& partition, const BatchFigures& batch) {
  constexpr auto kRelaxed = std::memory_order_relaxed;
  if (partition.figures == nullptr) {  // the topic has got it since
    const std::lock_guard lock(mutex_);
    partition.figures = &figures_of(partition);
  }
  PartitionFigures& figures = *partition.figures;
  (run.replaying ? figures.replayed : figures.records).fetch_add(batch.records, kRelaxed);
  figures.bytes.fetch_add(batch.bytes, kRelaxed);
  figures.rejected.fetch_add(batch.rejected, kRelaxed);
  figures.without_value.fetch_add(batch.without_value, kRelaxed);
  if (partition.log == nullptr) {
    return;
  }
  const int64_t position = partition.log->position();
  figures.position.store(position, kRelaxed);
  raise(figures.end, partition.log->end());
  figures.watermark.store(partition.watermark, kRelaxed);
  figures.idle.store(partition.idle, kRelaxed);
  figures.replay_left.store(run.replaying ? std::max<int64_t>(partition.record.position - position, 0) : 0,
                            kRelaxed);
}

void JobMetrics::note_phase(Phase phase) {
  phase_.store(phase);
  sign_us_.store(clock_.monotonic_us());
}

// Under the mutex. Takes the answer that has come, and asks again for the next look.
void JobMetrics::look_at_ends() {
  if (run_ == nullptr) {
    return;
  }
  ends_.resize(run_->logs.size());
  for (size_t i = 0; i < ends_.size(); ++i) {
    Ends& ends = ends_[i];
    if (const auto answer = ends.question ? ends.question->answer() : std::nullopt) {
      for (size_t at = 0; *answer && at < ends.of.size(); ++at) {
        raise(ends.of[at]->end, answer->value()[at].end);
      }
      ends.question.reset();
    }
    if (ends.question != nullptr || run_->logs[i].consumer == nullptr ||
        clock_.monotonic_us() < ends.next_us) {
      continue;
    }
    std::vector<connectors::TopicPartition> places;
    ends.of.clear();
    for (PartitionFigures& it : partitions_) {
      if (it.scan == run_->logs[i].scan) {
        places.push_back({it.topic, it.partition});
        ends.of.push_back(&it);
      }
    }
    ends.next_us = clock_.monotonic_us() + kAskForEndsUs;
    ends.question = run_->logs[i].consumer->ask_offsets(std::move(places));
  }
}

std::optional<int64_t> JobMetrics::lag() {
  const std::lock_guard lock(mutex_);
  look_at_ends();
  std::optional<int64_t> lag;
  for (const PartitionFigures& it : partitions_) {
    if (it.end.load() >= 0) {
      lag = lag.value_or(0) + std::max<int64_t>(it.end.load() - it.position.load(), 0);
    }
  }
  return lag;
}

int64_t JobMetrics::replay_left() {
  const std::lock_guard lock(mutex_);
  int64_t left = 0;
  for (const PartitionFigures& it : partitions_) {
    left += it.replay_left.load();
  }
  return left;
}

size_t JobMetrics::idle() {
  const std::lock_guard lock(mutex_);
  return static_cast<size_t>(
      std::ranges::count_if(partitions_, [](const PartitionFigures& it) { return it.idle.load(); }));
}

int64_t JobMetrics::last_loop_us() const {
  if (run_ == nullptr) {
    return sign_us_.load();
  }
  int64_t last = INT64_MAX;
  for (const LaneFigures& lane : lanes_) {
    last = lane.is_worker ? std::min(last, lane.loop_us.load()) : last;
  }
  return last;
}

observe::HttpResponse JobMetrics::health() {
  const std::lock_guard lock(mutex_);
  const int64_t silent_us = std::max<int64_t>(clock_.monotonic_us() - last_loop_us(), 0);
  const int64_t since_us = commit_since_us_.load();
  const int64_t commit_us = since_us == 0 ? 0 : std::max<int64_t>(clock_.monotonic_us() - since_us, 0);
  const bool alive = silent_us < kAliveUs && commit_us < kCommitHangsUs;
  return {.status = alive ? 200 : 503,
          .content_type = "application/json",
          .body = fmt::format("{{\"status\":\"{}\",\"phase\":\"{}\",\"seconds_since_last_loop\":{:.3f},"
                              "\"seconds_in_commit\":{:.3f},\"restarts\":{}}}\n",
                              alive ? "ok" : "stuck", name_of(phase_.load()),
                              static_cast<double>(silent_us) / 1e6, static_cast<double>(commit_us) / 1e6,
                              restarts_.load())};
}

connectors::Result<std::unique_ptr<observe::HttpServer>> serve_metrics(JobMetrics& metrics,
                                                                       const std::string& address,
                                                                       observe::Report& report) {
  using connectors::Error;
  const auto place = observe::http_address(address);
  if (!place) {
    return std::unexpected(Error{Error::Kind::Usage, "`--metrics`: " + place.error()});
  }
  auto server = observe::HttpServer::open(*place, [&metrics](std::string_view path) -> observe::HttpResponse {
    if (path == "/metrics") {
      return {.content_type = "text/plain; version=0.0.4; charset=utf-8", .body = metrics.text()};
    }
    if (path == "/health") {
      return metrics.health();
    }
    return {.status = 404, .body = "there are /metrics and /health\n"};
  });
  if (!server) {
    return std::unexpected(Error{Error::Kind::InputOutput, server.error()});
  }
  report.message(fmt::format("metrics at {}/metrics\n", (*server)->url()));
  if (!place->loopback) {
    report.message(
        "warning: whoever reaches this address reads the metrics: there is no authentication\n"
        "hint: `--metrics 127.0.0.1:PORT` serves this machine only\n");
  }
  return std::move(*server);
}

}  // namespace weir::job
