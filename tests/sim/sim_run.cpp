#include "tests/sim/sim_run.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <random>

#include <fmt/format.h>

#include "tests/sim/input.h"
#include "tests/sim/sim_log.h"
#include "tests/sim/world.h"

namespace weir::sim {
namespace {

constexpr uint64_t kFewestFaults = 20;
constexpr uint32_t kMostStarts = 1000;
constexpr int kMostLingers = 100;

Faults storm(const Workload& workload, std::mt19937_64& random) {
  const auto some = [&](uint32_t most) { return static_cast<uint32_t>(random() % (most + 1)); };
  Faults faults{.most = kFewestFaults + 4 + random() % 60,
                .least = kFewestFaults + 4,
                .fetch_fails = 2 + some(40),
                .fetch_nothing = some(700),
                .begin_fails = some(30),
                .produce_fails = some(8),
                .commit_lost = some(80),
                .commit_unheard = some(80),
                .commit_in_doubt = some(80),
                .end_twice = some(50),
                .open_fails = some(60),
                .ask_fails = some(30),
                .lock_fails = some(5),
                .kill_calls = 1 + some(3),
                .kill_steps = some(30),
                .stalls = some(12),
                .quiet = some(15),
                .silence = workload.silence ? 2 + some(30) : 0,
                .retention = random() % 3 == 0 || workload.loses,
                .damage = workload.damaged,
                .hard_retention = workload.loses};
  if (workload.plain) {
    faults.quiet = faults.stalls = 0;
  }
  if (workload.check == Check::Prefix) {  // it is over soon
    faults.eager = true;
    faults.fetch_fails *= 2;
    faults.ask_fails *= 2;
    faults.kill_steps *= 2;
  }
  return faults;
}

class Life {
 public:
  Life(const abi::Program& program, const Workload& workload, const RunSettings& settings)
      : program_(program),
        workload_(workload),
        settings_(settings),
        random_(settings.seed),
        world_(settings.seed * 2 + (settings.storm ? 1 : 0)),
        clock_(world_),
        log_(world_),
        records_(30 + static_cast<uint32_t>(settings.seed * 7919 % 250)) {}

  RunResult live() {
    open_log();
    overrides_ = {{"commit.interval", settings_.storm ? "20 ms" : "500 ms"}};
    if (settings_.storm) {
      log_.most_messages = 1 + static_cast<uint32_t>(random_() % 60);
      log_.faults = storm(workload_, random_);
      constexpr const char* kTimeouts[] = {"3 s", "10 s", "30 s"};
      overrides_.push_back({"transaction.timeout", kTimeouts[random_() % 3]});
      if (random_() % 3 != 0) {  // snapshots now and then, in slices
        constexpr const char* kSizes[] = {"300 B", "1 KB", "5 KB"};
        overrides_.push_back({"changelog.snapshot-size", kSizes[random_() % 3]});
        overrides_.push_back({"changelog.slice-size", kSizes[random_() % 2]});
      }
    }
    add_processes();
    if (settings_.storm && world_.processes() == 1 && random_() % 4 == 0) log_.faults.jumps = 3;
    world_.run();
    result_.outputs = outputs_of(log_, workload_.check);
    result_.wrong = wrong_by_itself(log_, workload_, result_.outputs);
    if (log_.seen(Probe::Damaged) != log_.seen(Probe::DamageRefused)) {
      result_.wrong += "  something that was damaged was taken for good\n";
    }
    result_.probes = log_.probes;
    result_.violations = log_.violations;
    result_.commits = log_.commits;
    result_.trace = world_.trace();
    result_.virtual_us = world_.now_us();
    return std::move(result_);
  }

 private:
  void open_log() {
    log_.create_topic("events", 1 + static_cast<int32_t>(settings_.seed / 7 % 4));
    inputs_.push_back("events");
    if (workload_.second_input) {
      log_.create_topic("others", 2);
      inputs_.push_back("others");
    }
    for (const char* topic : kOutputs) {
      log_.create_topic(topic, kOutputPartitions);
    }
    for (const std::string& topic : inputs_) {
      fill(log_, topic, workload_, settings_.seed, records_);
    }
    if (workload_.paced) {
      log_.pace = {.topic = "events", .group = "sim", .most_ms = 30'000};
    }
    log_.watermarks_may_fall = workload_.loses;
    log_.on_commit = [this] { look_for_end(); };
    if (workload_.grows) {
      growing_ = 1 + static_cast<uint32_t>(random_() % 2);
      log_.hold_last = true;
      world_.at(static_cast<int64_t>(random_() % 2'000'000), [this] { grow(Probe::PartitionAdded); });
      world_.at(static_cast<int64_t>(random_() % 60'000'000), [this] { grow(Probe::PartitionAdded); });
      log_.on_replay = [this] { grow(Probe::PartitionAddedInReplay); };
    }
  }

  void grow(Probe probe) {
    if (growing_ == 0 || stop_) {
      return;
    }
    log_.hold_last = --growing_ > 0;
    log_.see(probe);
    log_.add_partition("events",
                       more_input(log_, random_(), records_, std::max(log_.latest_ms(), kInputBeginMs)));
  }

  void look_for_end() {
    const bool over = std::ranges::all_of(
        inputs_, [&](const std::string& topic) { return log_.all_committed("sim", topic); });
    if (!over || growing_ != 0 || ending_) {
      return;
    }
    ending_ = true;
    if (workload_.linger_us == 0) {
      stop_ = true;
    } else {
      linger(0);
    }
  }

  // Until there is nothing to wait for, or it has taken too long.
  void linger(int times) {
    if (times == kMostLingers ||
        wrong_by_itself(log_, workload_, outputs_of(log_, workload_.check)).empty()) {
      stop_ = true;
    } else {
      world_.at(world_.now_us() + workload_.linger_us, [this, times] { linger(times + 1); });
    }
  }

  void add_processes() {
    world_.add("a", 1, 0, [this](Process& process) { supervise(process, kMostStarts); });
    if (!settings_.storm || workload_.plain || workload_.damaged) {
      return;
    }
    if (random_() % 2 == 0) {  // a standby
      world_.add("b", 2, static_cast<int64_t>(random_() % 1'000'000),
                 [this](Process& process) { supervise(process, kMostStarts); });
    }
    if (random_() % 6 == 0) {  // by mistake, on the same machine or on another
      world_.add("a", random_() % 2 == 0 ? 1 : 3, static_cast<int64_t>(random_() % 20'000'000),
                 [this](Process& process) { supervise(process, 2); });
    }
  }

  // Starts the job again as long as it is told to.
  void supervise(Process& process, uint32_t most_starts) {
    while (!stop_ && process.starts < most_starts && !log_.exhausted()) {
      ++result_.starts;
      ++process.starts;
      process.dying = false;
      process.quiet_since_us = kAlways;
      const uint64_t commits_before = log_.commits;
      const auto status = start(process);
      if (!status) {
        if (log_.commits == 0) log_.see(Probe::StartRepeated);
      } else if (*status == job::ExitStatus::Finished || stop_) {
        if (*status == job::ExitStatus::Finished) return;
      } else if (*status != job::ExitStatus::TryAgain && !go_on(process, *status)) {
        result_.status = *status;
        stop_ = true;
        return;
      }
      process.dying = false;
      world_.sleep(
          static_cast<int64_t>(world_.below(log_.commits == commits_before ? 3'000'000 : 1'000'000)));
      if (world_.happens(50)) world_.sleep(15'000'000);
    }
    if (!stop_ && most_starts == kMostStarts) {
      result_.status = job::ExitStatus::TryAgain;  // it never gets anywhere
      stop_ = true;
    }
  }

  // What ends a job for good, but not here: a bounded run that had finished, unheard; input that is gone.
  bool go_on(const Process& process, job::ExitStatus status) {
    if (log_.was_replaced(process)) {
      return false;  // whatever it misses, it has to say that it was replaced
    }
    if (log_.seen(Probe::Finished) != 0 && status == job::ExitStatus::Usage) {
      stop_ = true;
      return true;
    }
    if (log_.seen(Probe::Damaged) != 0 && status == job::ExitStatus::Usage) {
      log_.see(Probe::DamageRefused);
      stop_ = true;
      return true;
    }
    if (workload_.loses && !accept_data_loss_) {
      log_.see(Probe::LossAccepted);
      accept_data_loss_ = true;
      return true;
    }
    return workload_.loses;
  }

  // Nothing: it was killed.
  std::optional<job::ExitStatus> start(Process& process) {
    job::RunOptions options;
    options.threads = 1;
    options.single_thread = true;
    options.summary = false;
    options.stop = &stop_;
    options.clock = &clock_;
    options.log = &log_;
    options.overrides = overrides_;
    options.instance = process.instance;
    options.process_token = process.number * 1000 + process.starts;
    options.accept_data_loss = accept_data_loss_;
    // Asked for at the first start, it holds until the job has committed something, however often it tries again.
    if (settings_.seed % 4 == 0 && process.number == 1 && process.starts == 1 &&
        workload_.check != Check::Suffix) {
      options.restart_from = "earliest";
    }
    options.standard_error = [&](std::string_view text) {
      result_.tries += (text.find("going on from the last commit") != std::string_view::npos);
      result_.messages += fmt::format("{:9.3f} {}{}: {}", static_cast<double>(world_.now_us()) / 1e6,
                                      process.instance, process.number, text);
      if (settings_.live) std::fwrite(text.data(), 1, text.size(), stderr);
    };
    try {
      return job::run_job(program_, options);
    } catch (const Killed&) {
      result_.messages += fmt::format("{:9.3f} {}{}: killed\n", static_cast<double>(world_.now_us()) / 1e6,
                                      process.instance, process.number);
      return std::nullopt;
    }
  }

  const abi::Program& program_;
  const Workload& workload_;
  const RunSettings settings_;
  std::mt19937_64 random_;
  World world_;
  SimClock clock_;
  SimLog log_;
  const uint32_t records_;
  std::vector<std::string> inputs_;
  job::Options overrides_;
  std::atomic<bool> stop_ = false;
  bool ending_ = false;
  bool accept_data_loss_ = false;
  uint32_t growing_ = 0;
  RunResult result_;
};

}  // namespace

RunResult run(const abi::Program& program, const Workload& workload, const RunSettings& settings) {
  return Life(program, workload, settings).live();
}

}  // namespace weir::sim
