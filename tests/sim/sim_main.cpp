// weir_sim [--seeds N] [--first SEED] [--seed SEED] [--jobs N] [--failures N] [--verbose]: runs jobs over a simulated Kafka (sim_log.h). Each
// seed chooses a workload, input, how it is cut and interleaved, and what goes wrong; a read_committed consumer must see
// exactly what it sees when nothing goes wrong. A seed that fails is printed; `--seed SEED` repeats it.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "tests/sim/sim_run.h"

namespace weir::sim {
namespace {

constexpr uint64_t kSeedsOfAll = 5'000;  // a run of so many has to reach every probe
constexpr uint64_t kFewestFaults = 20;

struct Arguments {
  uint64_t seeds = 1000;
  uint64_t first = 1;
  uint64_t failures = 5;  // then it stops
  uint32_t jobs = std::max(1u, std::thread::hardware_concurrency());
  bool one = false;
  bool verbose = false;
};

struct Total {
  ProbeCounts probes{};
  std::vector<uint64_t> faults;  // by seed
  uint64_t done = 0, failed = 0, rows = 0, commits = 0, starts = 0, tries = 0;
  int64_t virtual_us = 0;
};

class Simulation {
 public:
  explicit Simulation(const Arguments& arguments) : arguments_(arguments), programs_(workloads().size()) {}

  int run_all() {
    next_ = arguments_.first;
    std::vector<std::thread> threads;
    for (uint32_t i = 0; i < arguments_.jobs; ++i) {
      threads.emplace_back([this] { work(); });
    }
    for (std::thread& thread : threads) {
      thread.join();
    }
    report();
    return total_.failed == 0 && !missed_ ? 0 : 1;
  }

 private:
  const abi::Program& program(size_t which) {
    Compiled& compiled = programs_[which];
    std::call_once(compiled.once, [&] { compiled.program = compile(workloads()[which]); });
    return *compiled.program->program();
  }

  void work() {
    while (failed_ < arguments_.failures) {
      const uint64_t seed = next_++;
      if (seed >= arguments_.first + arguments_.seeds) {
        return;
      }
      run_seed(seed);
    }
  }

  void run_seed(uint64_t seed) {
    const size_t which = seed % workloads().size();
    const Workload& workload = workloads()[which];
    const abi::Program& job = program(which);
    const RunResult calm = run(job, workload, {.seed = seed, .storm = false, .live = false});
    const RunResult storm = run(job, workload, {.seed = seed, .storm = true, .live = arguments_.verbose});
    std::string wrong = difference(workload.check, calm.outputs, storm.outputs) + storm.wrong;
    for (const std::string& violation : storm.violations) wrong += fmt::format("  {}\n", violation);
    if (storm.status != job::ExitStatus::Finished) {
      wrong += fmt::format("  it ended with status {}\n", static_cast<int>(storm.status));
    }
    if (calm.status != job::ExitStatus::Finished || !calm.wrong.empty() || !calm.violations.empty()) {
      wrong += fmt::format("  calm run: status {}\n{}{}", static_cast<int>(calm.status), calm.wrong,
                           calm.messages);
      for (const std::string& violation : calm.violations)
        wrong += fmt::format("  calm run: {}\n", violation);
    }
    const std::lock_guard lock(mutex_);
    add(which, calm, storm, !wrong.empty());
    if (!wrong.empty() || arguments_.one) {
      fmt::print("seed {} ({}): {}, {} faults, {} starts, {} tries, trace {:016x}\n{}", seed, workload.name,
                 wrong.empty() ? "as it should be" : "FAILED", faults_of(storm.probes), storm.starts,
                 storm.starts + storm.tries, storm.trace, wrong.substr(0, 4'000));
      if (!wrong.empty() || arguments_.verbose) fmt::print("{}", tail(storm.messages));
      std::fflush(stdout);
    }
  }

  std::string tail(const std::string& messages) const {
    const size_t most = arguments_.one ? 100'000 : 2'000;
    return messages.size() <= most ? messages : "  …" + messages.substr(messages.size() - most);
  }

  void add(size_t which, const RunResult& calm, const RunResult& storm, bool failed) {
    total_.failed += failed;
    failed_ += failed;
    ++total_.done;
    total_.faults.push_back(faults_of(storm.probes));
    if (faults_of(storm.probes) < kFewestFaults) few_ += fmt::format("{} ", workloads()[which].name);
    for (const auto& [row, count] : calm.outputs) total_.rows += count;
    total_.commits += storm.commits;
    total_.starts += storm.starts;
    total_.tries += storm.starts + storm.tries;
    total_.virtual_us += storm.virtual_us;
    for (size_t i = 0; i < total_.probes.size(); ++i) total_.probes[i] += storm.probes[i];
  }

  void report() {
    std::ranges::sort(total_.faults);
    if (total_.faults.empty()) {
      return;
    }
    for (size_t i = 0; i < total_.probes.size(); ++i) {
      if (!arguments_.one || total_.probes[i] != 0) {
        fmt::print("{:>10}  {}\n", total_.probes[i], kProbes[i].text);
      }
    }
    fmt::print("{:>10}  faults in a seed at least, {} in half of them\n", total_.faults.front(),
               total_.faults[total_.faults.size() / 2]);
    fmt::print("{} rows, {} commits, {} starts of processes, {} tries in them, {} hours of virtual time\n",
               total_.rows, total_.commits, total_.starts, total_.tries, total_.virtual_us / 3'600'000'000);
    for (size_t i = 0; i < total_.probes.size() && !arguments_.one; ++i) {
      if (total_.probes[i] == 0) {
        const bool needed = kProbes[i].kind != ProbeKind::Seldom && total_.done >= kSeedsOfAll;
        fmt::print("never reached{}: {}\n", needed ? ", and has to be" : "", kProbes[i].text);
        missed_ |= needed;
      }
    }
    if (!few_.empty() && !arguments_.one) {
      fmt::print("fewer than {} faults in seeds of: {}\n", kFewestFaults, few_);
      missed_ |= total_.done >= kSeedsOfAll;
    }
    fmt::print("{} seeds, {} failed; {} faults\n", total_.done, total_.failed + (missed_ ? 1 : 0),
               faults_of(total_.probes));
  }

  struct Compiled {
    std::once_flag once;
    std::unique_ptr<backend::JitProgram> program;
  };

  const Arguments arguments_;
  std::vector<Compiled> programs_;
  std::atomic<uint64_t> next_ = 1;
  std::atomic<uint64_t> failed_ = 0;
  std::mutex mutex_;
  Total total_;
  std::string few_;
  bool missed_ = false;
};

int main(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const auto number = [&] { return std::strtoull(argv[++i], nullptr, 10); };
    if (argument == "--seeds" && i + 1 < argc) {
      arguments.seeds = number();
    } else if (argument == "--first" && i + 1 < argc) {
      arguments.first = number();
    } else if (argument == "--seed" && i + 1 < argc) {
      arguments.first = number();
      arguments.seeds = 1;
      arguments.one = true;
    } else if (argument == "--jobs" && i + 1 < argc) {
      arguments.jobs = static_cast<uint32_t>(std::max(1ull, number()));
    } else if (argument == "--failures" && i + 1 < argc) {
      arguments.failures = number();
    } else if (argument == "--verbose") {
      arguments.verbose = true;
    } else {
      std::fputs(
          "usage: weir_sim [--seeds N] [--first SEED] [--seed SEED] [--jobs N] [--failures N] [--verbose]\n",
          stderr);
      return 2;
    }
  }
  return Simulation(arguments).run_all();
}

}  // namespace
}  // namespace weir::sim

int main(int argc, char** argv) { return weir::sim::main(argc, argv); }
