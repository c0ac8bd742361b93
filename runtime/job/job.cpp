#include "runtime/job/job.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <random>
#include <thread>

#include <fmt/format.h>

#include "runtime/job/check_options.h"
#include "runtime/job/manifest/settings.h"
#include "runtime/job/manifest/started_manifest.h"
#include "runtime/job/recovery/committer.h"
#include "runtime/job/recovery/open_log.h"
#include "runtime/job/recovery/restore.h"
#include "runtime/job/report/progress.h"
#include "runtime/job/report/summary.h"
#include "runtime/job/run/connect.h"
#include "runtime/job/run/job_metrics.h"
#include "runtime/job/run/run.h"
#include "runtime/job/run/worker.h"

namespace weir::job {
namespace {

constexpr int64_t kFirstBackoffMs = 250;
constexpr int64_t kLongestBackoffMs = 30'000;

// Partitions of all scans, in order.
Result<void> open_partitions(Run& run) {
  if (auto done = check_standard_input(run.manifest); !done) {
    return done;
  }
  for (uint32_t scan = 0; scan < run.manifest.scans.size(); ++scan) {
    if (is_log(run.manifest.scans[scan].options)) {
      continue;
    }
    auto source = open_source(run.manifest.scans[scan], *run.clock);
    if (!source) {
      return std::unexpected(source.error());
    }
    auto partitions = (*source)->partitions();
    if (!partitions) {
      return std::unexpected(partitions.error());
    }
    uint32_t number = 0;
    for (auto& partition : *partitions) {
      PartitionRun& opened = run.partitions.emplace_back();
      opened.input = std::move(partition);
      opened.scan = scan;
      opened.number = number++;
    }
  }
  if (reads_log(run.manifest) || run.commit) {
    if (auto done = open_log(run); !done) {
      return done;
    }
  }
  return {};
}

void open_schedule(Run& run) {
  if (run.metrics != nullptr) {
    run.metrics->hide();
  }
  run.schedule = std::make_unique<Schedule>(static_cast<uint32_t>(run.manifest.scans.size()), *run.clock);
  for (PartitionRun& partition : run.partitions) {
    if (!run.replaying ||
        (partition.log != nullptr && partition.record.low_offset < partition.record.position)) {
      run.schedule->add(partition);
    }
  }
  if (!run.replaying) {
    run.operators->advance_lates(*run.schedule);
  }
  if (run.metrics != nullptr) {
    run.metrics->show(run);
  }
}

Result<uint32_t> worker_count(const Run& run) {
  uint64_t wanted = run.options.threads;
  if (wanted == 0) {
    const uint64_t cores = std::max(1u, std::thread::hardware_concurrency());
    const auto parallelism = number_or(run.manifest.settings, "parallelism.default", cores, 1);
    if (!parallelism) {
      return std::unexpected(parallelism.error());
    }
    wanted = *parallelism;
  }
  return static_cast<uint32_t>(
      std::clamp<uint64_t>(run.partitions.size(), 1, std::min<uint64_t>(wanted, 1024)));
}

Result<void> open_operators(Run& run, uint32_t workers) {
  const auto budget = bytes_or(run.manifest.settings, "memory.budget", state::default_budget_bytes());
  const auto lateness = duration_ms_or(run.manifest.settings, "session.allowed-lateness", 0);
  if (!budget) {
    return std::unexpected(budget.error());
  }
  if (!lateness) {
    return std::unexpected(lateness.error());
  }
  run.budget.limit_bytes = *budget;
  run.rows_account.budget = &run.budget;
  run.operators = std::make_unique<Operators>(
      run.manifest, run.entries, OperatorSettings{.lanes = workers + 1, .allowed_lateness_ms = *lateness},
      run.budget);
  for (OperatorRun* op : run.operators->in_order()) {
    if (op->manifest->windowing == Windowing::None) {
      run.group_stores.push_back(&op->groups);
    }
  }
  return {};
}

// Only windows that are rebuilt by reading again take part in that, with counters of their own that nobody reads.
void open_replay_consumers(Run& run, Lane& lane, uint32_t number) {
  for (const ManifestConsumer& consumer : run.manifest.consumers) {
    const bool takes_part = consumer.kernel == ConsumerKernel::PaneAggregate &&
                            run.manifest.operators[consumer.target].recovery == commit::RecoveryMode::Replay;
    lane.replay_consumers().push_back(takes_part
                                          ? lane.own().open(consumer, run.manifest, *run.operators, number,
                                                            run.sinks.gates, run.sinks.gate_of_sink)
                                          : nullptr);
  }
}

// States of all consumers in all lanes; the last lane is the firing one.
void open_lanes(Run& run, uint32_t workers) {
  const uint64_t context_options =
      option_or(run.manifest.settings, "expression.on-error", "fail") == "null" ? abi::kOptionNullOnError : 0;
  std::vector<void*> shared(run.manifest.consumers.size(), nullptr);
  for (const ManifestConsumer& consumer : run.manifest.consumers) {
    if (shares_consumers(run.manifest, consumer.pipeline)) {
      shared[consumer.id] = run.shared_consumers.open(consumer, run.manifest, *run.operators, workers,
                                                      run.sinks.gates, run.sinks.gate_of_sink);
    }
  }
  for (uint32_t number = 0; number <= workers; ++number) {
    auto lane = std::make_unique<Lane>(context_options, run.rows_account);
    for (const ManifestConsumer& consumer : run.manifest.consumers) {
      void* state = shared[consumer.id];
      lane->consumers().push_back(state != nullptr
                                      ? state
                                      : lane->own().open(consumer, run.manifest, *run.operators, number,
                                                         run.sinks.gates, run.sinks.gate_of_sink));
    }
    if (run.commit) {
      open_replay_consumers(run, *lane, number);
    }
    lane->seal(*run.operators, run.manifest.lates.size());
    if (number == workers) {
      run.firing_lane = std::move(lane);
    } else {
      run.workers.emplace_back().lane = std::move(lane);
    }
  }
}

void open_feeds(Run& run) {
  uint32_t lane = 0;
  for (WorkerRun& worker : run.workers) {
    for (uint32_t scan = 0; scan < run.manifest.scans.size(); ++scan) {
      worker.feeds.emplace_back(run.manifest, scan, *run.operators, lane, worker.lane->consumers(),
                                worker.lane->late_floors());
      worker.replay_feeds.emplace_back(run.manifest, scan, *run.operators, lane,
                                       worker.lane->replay_consumers(), worker.lane->late_floors());
    }
    ++lane;
  }
}

Result<void> open_scans(Run& run) {
  for (uint32_t scan = 0; scan < run.manifest.scans.size(); ++scan) {
    const auto settings = scan_settings(run.manifest.scans[scan], run.options.block_rows);
    if (!settings) {
      return std::unexpected(settings.error());
    }
    for (WorkerRun& worker : run.workers) {
      worker.scans.push_back(std::make_unique<ScanRun>(run.manifest, scan, *settings, run.entries,
                                                       worker.lane->context(), run.outcome));
    }
  }
  return {};
}

// Everything that can be seen to fail before a byte is read fails here. Sinks are opened last.
Result<void> open(Run& run) {
  if (auto done = check_options(run.manifest, run.options); !done) {
    return done;
  }
  if (commits(run.manifest)) {
    auto settings = commit_settings(run.manifest);
    if (!settings) {
      return std::unexpected(settings.error());
    }
    run.commit = std::make_unique<CommitRun>();
    run.commit->settings = std::move(*settings);
  }
  if (auto done = open_partitions(run); !done) {
    return done;
  }
  std::vector<std::string> files;
  for (const PartitionRun& partition : run.partitions) {
    files.push_back(partition.input->name());
  }
  if (auto done = check_sinks_apart(run.manifest, files); !done) {
    return done;
  }
  const auto workers = worker_count(run);
  if (!workers) {
    return std::unexpected(workers.error());
  }
  if (auto done = open_operators(run, *workers); !done) {
    return done;
  }
  auto sinks = open_sinks(run.manifest, {run.options.standard_output, [&run] { run.report->progress(""); }},
                          run.outcome);
  if (!sinks) {
    return std::unexpected(sinks.error());
  }
  run.sinks = std::move(*sinks);
  open_lanes(run, *workers);
  if (run.metrics != nullptr) {
    run.metrics->begin(run);
  }
  if (run.commit) {
    for (const auto& gate : run.sinks.gates) {
      if (auto* sink = dynamic_cast<connectors::LogSink*>(&gate->sink())) {
        run.commit->sinks.push_back(sink);
      }
    }
    open_feeds(run);
  }
  auto done = run.commit && run.commit->finished ? Result<void>{} : restore_operators(run);
  if (done) {
    done = open_scans(run);
  }
  if (!done) {
    for (const auto& gate : run.sinks.gates) {
      gate->sink().abandon();
    }
    return done;
  }
  return {};
}

// `committer`: ticks between the batches of the first worker; may be null.
void run_workers(Run& run, Committer* committer) {
  Progress progress(run);
  std::function<void()> tick;
  if (run.options.progress || committer != nullptr) {
    tick = [&] {
      if (run.options.progress) {
        progress.tick();
      }
      if (committer != nullptr) {
        committer->tick();
      }
    };
  }
  std::vector<std::thread> threads;
  for (size_t i = 1; i < run.workers.size(); ++i) {
    threads.emplace_back([&run, i] { work(run, run.workers[i], {}); });
  }
  work(run, run.workers[0], tick);
  for (std::thread& thread : threads) {
    thread.join();
  }
  run.report->progress("");
}

// Reads again what open windows are made of, up to where it was committed.
void replay(Run& run) {
  run.replaying = true;
  for (PartitionRun& partition : run.partitions) {
    if (partition.log != nullptr) {
      partition.log->stop_at(partition.record.position);
    }
  }
  open_schedule(run);
  run_workers(run, nullptr);
  run.replaying = false;
  if (run.stopping()) {
    return;
  }
  if (auto done = end_replay(run); !done) {
    run.outcome.fail(done.error());
  }
}

// Puts the results in their place, or leaves nothing half-written.
void close_sinks(Run& run, bool complete) {
  flush_everything(run);
  bool unwritten = false;
  for (const auto& gate : run.sinks.gates) {
    const bool stands = complete || gate->sink().stands_when_stopped();
    if (stands && !run.outcome.failed()) {
      if (auto done = gate->sink().finish(); !done) {
        run.outcome.fail(ExitStatus::InputOutput, fmt::format("error: {}\n", done.error().text));
      }
    } else {
      unwritten = unwritten || !stands;
      gate->sink().abandon();
    }
  }
  if (!complete && unwritten && !run.outcome.failed()) {
    run.outcome.fail(ExitStatus::InputOutput,
                     "stopped before the input ended: files that are written as a whole were "
                     "not written\n");
  }
}

// A signal or a stop ended the run: what the user may otherwise wonder about.
std::string stopped_text(const Run& run) {
  if (!run.stopping()) {
    return "";
  }
  const bool windowed = std::ranges::any_of(
      run.manifest.operators, [](const ManifestOperator& op) { return op.windowing != Windowing::None; });
  return windowed ? "stopped before the input ended; windows that were open have not fired\n"
                  : "stopped before the input ended\n";
}

// Who is done, or cannot go on, leaves the job to others at once: nobody has to wait for the session to end. Who will try again
// keeps it, and who has been replaced has nothing to leave.
void release_lock(Run& run) {
  const bool keeps = run.outcome.failed() && run.outcome.status() == ExitStatus::TryAgain;
  if (!keeps && run.commit && run.commit->lock != nullptr) {
    run.commit->producer.reset();
    run.commit->lock->release();
  }
}

// Between two tries. False: the job is to stop.
bool sleep_between_tries(time::Clock& clock, int64_t ms, const std::function<bool()>& stopped) {
  constexpr int64_t kLookMs = 100;
  for (; ms > 0 && !stopped(); ms -= kLookMs) {
    clock.sleep_us(std::min(ms, kLookMs) * 1000);
  }
  return !stopped();
}

// To the end of the input or of the run; how it went is in run.outcome.
void run_once(Run& run) {
  if (auto done = open(run); !done) {
    run.outcome.fail(done.error());
    return;
  }
  run.opened = true;
  if (run.stopping()) {  // while it stood by
    close_sinks(run, false);
    return;
  }
  if (run.commit && run.commit->finished) {
    close_sinks(run, true);
    return;
  }
  if (run.commit && needs_replay(run)) {
    replay(run);
  }
  std::optional<Committer> committer;
  if (run.commit) {
    committer.emplace(run);
    committer->commit_start();
  }
  open_schedule(run);
  if (committer && !run.options.single_thread) {
    committer->start();
  }
  run_workers(run, committer && run.options.single_thread ? &*committer : nullptr);
  if (committer) {
    committer->stop();
  }
  if (!run.stopping()) {
    fire_due(run);  // all input has ended: every window is due
  }
  if (committer && !run.outcome.failed()) {
    committer->commit_rest(!run.stopping());
  }
  close_sinks(run, !run.stopping());
}

// What fails for good may do so because another instance has gone on long ago, and what it does not need is gone.
bool was_replaced(Run& run) {
  const ExitStatus status = run.outcome.status();
  if ((status != ExitStatus::Usage && status != ExitStatus::InputOutput) || !run.commit ||
      run.commit->lock == nullptr || run.commit->producer == nullptr) {  // opened when the lock is held
    return false;
  }
  const auto held = run.commit->lock->held();
  return held ? !*held : held.error().kind == connectors::Error::Kind::Fenced;
}

}  // namespace

ExitStatus run_job(const abi::Program& program, const RunOptions& options) {
  observe::Report report(options.standard_error ? options.standard_error : observe::standard_error());
  const auto manifest = started(program, options.overrides, options.kafka_config);
  if (!manifest) {
    report.message(fmt::format("error: {}\n", manifest.error().text));
    return status_of(manifest.error());
  }
  const SignalWatch signals(options.stop == nullptr);
  time::Clock& clock = options.clock != nullptr ? *options.clock : time::system_clock();
  std::optional<JobMetrics> metrics;
  if (!options.metrics.empty() || (options.progress && reads_log(*manifest))) {
    metrics.emplace(*manifest, clock);
  }
  std::unique_ptr<observe::HttpServer> server;  // ends before what it shows
  if (!options.metrics.empty()) {
    auto opened = serve_metrics(*metrics, options.metrics, report);
    if (!opened) {
      report.message(fmt::format("error: {}\n", opened.error().text));
      return status_of(opened.error());
    }
    server = std::move(*opened);
  }
  int64_t backoff_ms = kFirstBackoffMs;
  int64_t first_us = 0;
  History history;
  history.token = options.process_token != 0
                      ? options.process_token
                      : std::random_device()() | uint64_t{std::random_device()()} << 32;
  while (true) {
    Run run(*manifest, program, options);
    run.clock = &clock;
    run.metrics = metrics ? &*metrics : nullptr;
    run.report = &report;
    run.signals = &signals;
    run.history = &history;
    history.tally = history.committed_tally;
    const int64_t start_us = run.clock->monotonic_us();
    first_us = first_us == 0 ? start_us : first_us;
    if (metrics) {
      metrics->note_phase(Phase::Starting);
    }
    run_once(run);
    history.was_open |= run.opened;
    if (metrics) {
      metrics->end();
    }
    const int64_t end_us = run.clock->monotonic_us();
    if (!run.outcome.failed()) {
      release_lock(run);
      if (options.standard_output) {
        options.standard_output({});
      }
      if (options.summary) {
        report.message(stopped_text(run) + summary_text(run.manifest, tally_of(run),
                                                        static_cast<double>(end_us - first_us) / 1e6));
      }
      return ExitStatus::Finished;
    }
    const auto stopped = [&] {
      return signals.caught() != 0 || (options.stop != nullptr && options.stop->load());
    };
    if (was_replaced(run)) {
      report.message("error: another instance of the job has taken over\n");
      return ExitStatus::TryAgain;
    }
    release_lock(run);
    if (!run.outcome.worth_another_try() || !run.commit || !history.was_open || stopped()) {
      report.message(run.outcome.message());
      return run.outcome.status();
    }
    // All that was in memory is gone with `run`; what was committed is the truth.
    backoff_ms = run.opened && end_us - start_us > kLongestBackoffMs * 1000 ? kFirstBackoffMs : backoff_ms;
    report.message(
        fmt::format("{}going on from the last commit in {} ms\n", run.outcome.message(), backoff_ms));
    if (metrics) {
      metrics->note_restart();
      metrics->note_phase(Phase::Retrying);
    }
    if (!sleep_between_tries(clock, backoff_ms, stopped)) {
      report.message("stopped before the next try; a restart goes on from the last commit\n");
      return ExitStatus::TryAgain;
    }
    backoff_ms = std::min(backoff_ms * 2, kLongestBackoffMs);
  }
}

}  // namespace weir::job
