#include "runtime/job/job.h"

#include <algorithm>
#include <functional>
#include <thread>

#include <fmt/format.h>

#include "runtime/job/connect.h"
#include "runtime/job/progress.h"
#include "runtime/job/run.h"
#include "runtime/job/settings.h"
#include "runtime/job/summary.h"
#include "runtime/job/worker.h"

namespace weir::job {
namespace {

ExitStatus status_of(const Error& error) {
  switch (error.kind) {
    case Error::Kind::Usage: return ExitStatus::Usage;
    case Error::Kind::InputOutput: return ExitStatus::InputOutput;
    case Error::Kind::Retry:
    case Error::Kind::Fenced: return ExitStatus::TryAgain;
  }
  return ExitStatus::InputOutput;
}

Result<Manifest> read_manifest(const abi::Program& program, const RunOptions& options) {
  if (program.abi_version != abi::kAbiVersion) {
    return std::unexpected(Error{
        Error::Kind::Usage, fmt::format("the program was compiled for version {} of the runtime, this is {}",
                                        program.abi_version, abi::kAbiVersion)});
  }
  auto manifest = deserialize({program.manifest, program.manifest_bytes});
  if (!manifest) {
    return std::unexpected(Error{Error::Kind::Usage, manifest.error()});
  }
  if (auto done = apply_overrides(*manifest, options.overrides); !done) {
    return std::unexpected(done.error());
  }
  if (auto done = resolve_references(*manifest); !done) {
    return std::unexpected(done.error());
  }
  return std::move(*manifest);
}

// Partitions of all scans, in order.
Result<void> open_partitions(Run& run) {
  for (uint32_t scan = 0; scan < run.manifest.scans.size(); ++scan) {
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
      run.partitions.push_back({.input = std::move(partition), .scan = scan, .number = number++});
    }
  }
  run.schedule = std::make_unique<Schedule>(static_cast<uint32_t>(run.manifest.scans.size()));
  for (PartitionRun& partition : run.partitions) {
    run.schedule->add(partition);
  }
  return {};
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
    auto lane = std::make_unique<Lane>(context_options);
    for (const ManifestConsumer& consumer : run.manifest.consumers) {
      void* state = shared[consumer.id];
      lane->consumers().push_back(state != nullptr
                                      ? state
                                      : lane->own().open(consumer, run.manifest, *run.operators, number,
                                                         run.sinks.gates, run.sinks.gate_of_sink));
    }
    lane->seal();
    if (number == workers) {
      run.firing_lane = std::move(lane);
    } else {
      run.workers.emplace_back().lane = std::move(lane);
    }
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
  if (auto done = open_scans(run); !done) {
    for (const auto& gate : run.sinks.gates) {
      gate->sink().abandon();
    }
    return done;
  }
  return {};
}

void run_workers(Run& run) {
  Progress progress(run);
  const std::function<void()> tick =
      run.options.progress ? [&progress] { progress.tick(); } : std::function<void()>();
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

// Puts the results in their place, or leaves nothing half-written.
void close_sinks(Run& run, bool complete) {
  flush_everything(run);
  bool unwritten = false;
  for (const auto& gate : run.sinks.gates) {
    if (complete && !run.outcome.failed()) {
      if (auto done = gate->sink().finish(); !done) {
        run.outcome.fail(ExitStatus::InputOutput, fmt::format("error: {}\n", done.error().text));
      }
    } else {
      unwritten = unwritten || !gate->sink().stands_when_stopped();
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

}  // namespace

ExitStatus run_job(const abi::Program& program, const RunOptions& options) {
  observe::Report report(options.standard_error ? options.standard_error : observe::standard_error());
  const auto complain = [&](const Error& error) {
    report.message(fmt::format("error: {}\n", error.text));
    return status_of(error);
  };
  auto manifest = read_manifest(program, options);
  if (!manifest) {
    return complain(manifest.error());
  }
  const SignalWatch signals(options.stop == nullptr);
  Run run(std::move(*manifest), program, options);
  run.clock = options.clock != nullptr ? options.clock : &time::system_clock();
  run.report = &report;
  run.signals = &signals;
  const int64_t start_us = run.clock->monotonic_us();
  if (auto opened = open(run); !opened) {
    return complain(opened.error());
  }
  run_workers(run);
  if (!run.stopping()) {
    fire_due(run);  // all input has ended: every window is due
  }
  close_sinks(run, !run.stopping());
  const double seconds = static_cast<double>(run.clock->monotonic_us() - start_us) / 1e6;
  if (run.outcome.failed()) {
    report.message(run.outcome.message());
    return run.outcome.status();
  }
  if (options.summary) {
    report.message(stopped_text(run) + summary_text(run, seconds));
  }
  return ExitStatus::Finished;
}

}  // namespace weir::job
