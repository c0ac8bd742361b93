// Which instance of a job is active, on a real broker.
#include <signal.h>
#include <sys/wait.h>

#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include "tests/unit/runtime/connectors/kafka/kafka_broker.h"

namespace weir::connectors {
namespace {

using std::chrono::steady_clock;

class KafkaLock : public KafkaBroker {
 protected:
  KafkaLockOptions instance(const std::string& name) const {
    return {.job = job_, .instance = name, .topic = topic_, .session_timeout_ms = 6'000};
  }
  std::unique_ptr<JobLock> lock(const std::string& name) {
    auto made = weir_kafka_log()->make_lock(options_, instance(name));
    EXPECT_TRUE(made.has_value()) << made.error().text;
    return std::move(*made);
  }
  static bool acquired(JobLock& lock, int timeout_ms) {
    const auto done = lock.acquire(timeout_ms);
    EXPECT_TRUE(done.has_value()) << done.error().text;
    return done.value_or(false);
  }
  static bool held(JobLock& lock) {
    const auto done = lock.held();
    EXPECT_TRUE(done.has_value()) << done.error().text;
    return done.value_or(false);
  }
  void SetUp() override {
    KafkaBroker::SetUp();
    if (!IsSkipped()) {
      topic_ = make_topic(3);
      job_ = fresh("job");
    }
  }

  std::string topic_;
  std::string job_;
};

TEST_F(KafkaLock, StandbyWaitsWhateverItsName) {
  auto active = lock("m");
  ASSERT_TRUE(acquired(*active, 20'000));
  for (const char* name : {"a", "z"}) {
    auto standby = lock(name);
    EXPECT_FALSE(acquired(*standby, 3'000)) << name;
    EXPECT_TRUE(held(*active)) << name;
  }
}

TEST_F(KafkaLock, RestartInPlaceIsActiveAtOnce) {
  {
    auto first = lock("m");
    ASSERT_TRUE(acquired(*first, 20'000));
  }
  auto again = lock("m");
  const auto begin = steady_clock::now();
  EXPECT_TRUE(acquired(*again, 20'000));
  EXPECT_LT(steady_clock::now() - begin, std::chrono::seconds(5));  // the session lasts longer
}

TEST_F(KafkaLock, StandbyTakesOverAtOnceWhenTheLockIsReleased) {
  auto active = lock("m");
  ASSERT_TRUE(acquired(*active, 20'000));
  auto standby = lock("a");
  EXPECT_FALSE(acquired(*standby, 1'000));
  active->release();
  active.reset();
  const auto begin = steady_clock::now();
  EXPECT_TRUE(acquired(*standby, 20'000));
  EXPECT_LT(steady_clock::now() - begin, std::chrono::seconds(3));  // half of the session
}

TEST_F(KafkaLock, SameInstanceOnThisMachineIsRefused) {
  auto first = lock("m");
  const auto second = weir_kafka_log()->make_lock(options_, instance("m"));
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().kind, Error::Kind::Fenced);
  EXPECT_EQ(second.error().text, "instance `m` of job `" + job_ + "` already runs on this machine (process " +
                                     std::to_string(getpid()) +
                                     "); a standby needs a name of its own, `--instance NAME`");
  first.reset();
  EXPECT_TRUE(weir_kafka_log()->make_lock(options_, instance("m")).has_value());
}

// Another folder for the files of instances is what another machine has.
TEST_F(KafkaLock, SameInstanceOnAnotherMachineFencesTheOlder) {
  auto older = lock("m");
  ASSERT_TRUE(acquired(*older, 20'000));
  std::string folder = "/tmp/weir-lock-test-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  setenv("XDG_RUNTIME_DIR", folder.c_str(), 1);
  auto younger = lock("m");
  unsetenv("XDG_RUNTIME_DIR");
  EXPECT_TRUE(acquired(*younger, 20'000));
  const auto give_up = steady_clock::now() + std::chrono::seconds(15);
  auto state = older->held();
  while (state && steady_clock::now() < give_up) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    state = older->held();
  }
  ASSERT_FALSE(state.has_value());
  EXPECT_EQ(state.error().kind, Error::Kind::Fenced);
  EXPECT_EQ(state.error().text, "another process has started as instance `m` of job `" + job_ + "`");
  EXPECT_TRUE(held(*younger));
}

TEST_F(KafkaLock, StandbyTakesOverWhenTheActiveOneIsKilled) {
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = fork();  // before this process has threads of librdkafka for this test
  if (child == 0) {
    auto active = weir_kafka_log()->make_lock(options_, instance("m"));
    const bool got = active && (*active)->acquire(20'000).value_or(false);
    static_cast<void>(!write(ready[1], got ? "y" : "n", 1));
    for (;;) {
      static_cast<void>((*active)->held());
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }
  char got = 'n';
  ASSERT_EQ(read(ready[0], &got, 1), 1);
  EXPECT_EQ(got, 'y');
  auto standby = lock("a");
  EXPECT_FALSE(acquired(*standby, 2'000));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  const auto begin = steady_clock::now();
  EXPECT_TRUE(acquired(*standby, 30'000));
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - begin);
  RecordProperty("takeover_ms", static_cast<int>(took.count()));
  EXPECT_TRUE(held(*standby));
  close(ready[0]);
  close(ready[1]);
}

// The active instance is stopped for longer than its session, and comes back; its name would come first.
TEST_F(KafkaLock, ZombieLearnsThatAnotherIsActiveAndLeavesItAlone) {
  int state[2];
  ASSERT_EQ(pipe(state), 0);
  const pid_t child = fork();
  if (child == 0) {
    auto active = weir_kafka_log()->make_lock(options_, instance("a"));
    const bool got = active && (*active)->acquire(20'000).value_or(false);
    static_cast<void>(!write(state[1], got ? "y" : "n", 1));
    while ((*active)->held().value_or(false)) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    static_cast<void>(!write(state[1], "l", 1));
    std::this_thread::sleep_for(std::chrono::seconds(60));  // until it is killed
    _exit(0);
  }
  char answer = 'n';
  ASSERT_EQ(read(state[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  kill(child, SIGSTOP);
  auto standby = lock("z");
  EXPECT_TRUE(acquired(*standby, 30'000));
  kill(child, SIGCONT);
  ASSERT_EQ(read(state[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'l');
  for (int i = 0; i < 40; ++i) {
    EXPECT_TRUE(held(*standby));
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  close(state[0]);
  close(state[1]);
}

}  // namespace
}  // namespace weir::connectors
