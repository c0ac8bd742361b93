// How long a process that has lost the lock of its job waits for it.
#include "runtime/job/recovery/standby.h"

#include <memory>

#include <gtest/gtest.h>

#include "runtime/job/run/run.h"
#include "tests/unit/runtime/job/fake_log.h"

namespace weir::job {
namespace {

class Clock : public time::Clock {
 public:
  int64_t wall_us() override { return now_us; }
  int64_t monotonic_us() override { return now_us; }
  void sleep_us(int64_t duration_us) override { now_us += duration_us; }
  int64_t now_us = 1;
};

// What brokers say: nothing for so long, then that there are others for so long, then that the lock is ours.
struct Script {
  int64_t silent_us = 0;
  int64_t others_us = 0;
};

class Lock : public connectors::JobLock {
 public:
  Lock(Clock& clock, const Script& script)
      : clock_(clock),
        silent_until_us_(clock.now_us + script.silent_us),
        others_until_us_(silent_until_us_ + script.others_us) {}
  Result<bool> acquire(int timeout_ms) override {
    clock_.now_us += timeout_ms * 1000;
    return clock_.now_us > others_until_us_;
  }
  bool others() const override { return clock_.now_us > silent_until_us_; }
  Result<bool> held() override { return true; }

 private:
  Clock& clock_;
  int64_t silent_until_us_;
  int64_t others_until_us_;
};

class Log : public tests::FakeLog {
 public:
  Result<std::unique_ptr<connectors::JobLock>> make_lock(const connectors::KafkaOptions&,
                                                         const connectors::KafkaLockOptions&) const override {
    return std::make_unique<Lock>(*clock, script);
  }
  Clock* clock = nullptr;
  Script script;
};

class Standby : public testing::Test {
 protected:
  // Empty: it has the lock.
  std::string take(Script script, bool was_open) {
    log_.clock = &clock_;
    log_.script = script;
    said_.clear();
    const abi::Program program{abi::kAbiVersion, 0, nullptr, nullptr, 0};
    RunOptions options;
    options.instance = "one";
    Manifest manifest;
    manifest.scans.emplace_back().options = {{"connector", "kafka"}, {"topic", "orders"}};
    job::Run run(manifest, program, options);
    History history;
    history.was_open = was_open;
    run.history = &history;
    run.clock = &clock_;
    run.signals = &signals_;
    run.report = &report_;
    run.commit = std::make_unique<CommitRun>();
    LogScan& scan = run.logs.emplace_back();
    auto consumer = log_.make_consumer({}, "job");
    scan.consumer = std::move(*consumer);
    connectors::LogSourceOptions source;
    source.topics = {"orders"};
    scan.source = std::make_unique<connectors::LogSource>(*scan.consumer, source);
    const auto taken = take_lock(run, log_, nullptr);
    if (!taken) {
      EXPECT_EQ(taken.error().kind, connectors::Error::Kind::Fenced);
      return taken.error().text;
    }
    return "";
  }

  Clock clock_;
  Log log_;
  SignalWatch signals_{false};
  std::string said_;
  observe::Report report_{[this](std::string_view text) { said_ += text; }};
};

constexpr int64_t kSecond = 1'000'000;

TEST_F(Standby, WhoHasLostTheLockToAnotherGivesUp) {
  EXPECT_EQ(take({.others_us = 60 * kSecond}, true), "another instance of the job has taken over");
  EXPECT_LT(clock_.now_us, 20 * kSecond);
  EXPECT_EQ(said_, "another instance of the job is active; standing by\n");
}

TEST_F(Standby, BrokersThatAreSilentSayNothingOfAnother) {
  EXPECT_EQ(take({.silent_us = 300 * kSecond}, true), "");
  EXPECT_EQ(said_, "");
  EXPECT_EQ(take({.silent_us = 300 * kSecond, .others_us = 10 * kSecond}, true), "");
  EXPECT_EQ(take({.silent_us = 300 * kSecond, .others_us = 20 * kSecond}, true),
            "another instance of the job has taken over");
}

TEST_F(Standby, WhoHasNotBegunStandsByForAsLongAsItTakes) {
  EXPECT_EQ(take({.others_us = 100'000 * kSecond}, false), "");
  EXPECT_EQ(said_, "another instance of the job is active; standing by\n");
}

}  // namespace
}  // namespace weir::job
