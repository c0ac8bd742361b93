#include "runtime/job/recovery/replay_estimate.h"

#include <gtest/gtest.h>

#include "runtime/job/run/run.h"
#include "tests/unit/runtime/job/log_job.h"

namespace weir::job {
namespace {

using namespace log_tests;

TEST(ReplayEstimate, IsWhatWasReadInTheTimeThatItTook) {
  RunOptions options;
  job::Run run({}, {}, options);
  const auto add = [&](int64_t low, int64_t position) {
    PartitionRun& partition = run.partitions.emplace_back();
    partition.log = reinterpret_cast<connectors::LogPartition*>(1);
    partition.record.low_offset = low;
    partition.record.position = position;
  };
  add(100, 900);
  add(0, 200);
  run.partitions.emplace_back();  // a file
  EXPECT_EQ(estimate_replay(run).records, 1000);
  EXPECT_EQ(estimate_replay(run).ms, 0);  // nothing was read yet
  run.workers.emplace_back().messages_read = 500;
  run.workers.back().busy_us = 1'000'000;
  EXPECT_EQ(estimate_replay(run).ms, 2'000);
  run.workers.emplace_back().messages_read = 500;  // two at once are twice as fast
  run.workers.back().busy_us = 1'000'000;
  EXPECT_EQ(estimate_replay(run).ms, 1'000);
}

class Retention : public testing::Test {
 protected:
  Retention() {
    log.create_topic("events", 1);
    log.create_topic("results", 2);
    for (int64_t id = 1; id <= 100; ++id) add_event(log, 0, id, "a", 1, id);
  }
  // Records before `first` are deleted while the windows of all hundred are open.
  std::string messages_when_deleted_before(int64_t first) {
    LogJob job(
        events_to_results("n BIGINT") +
        "INSERT INTO results SELECT COUNT(*) FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '1' "
        "HOUR)) GROUP BY window_start, window_end;");
    int commits = 0;
    RunOptions options;
    options.summary = false;
    const Ended ended = job.run(
        log, clock,
        [&] {
          if (++commits == 3) log.topic("events")[0].first = first;
          clock.sleep_us(2'000'000);
          add_event(log, 0, 100 + commits, "a", 1, 101);
          return commits == 10;
        },
        options);
    EXPECT_EQ(ended.status, ExitStatus::Finished) << ended.messages;
    return ended.messages;
  }

  sim::World world{1};
  sim::SimClock clock{world};
  sim::SimLog log{world};
};

TEST_F(Retention, IsWarnedOfOnceWhenItComesNear) {
  EXPECT_EQ(messages_when_deleted_before(40),
            "warning: partition 0 of topic `events`: a restart would read from offset 0, and records before "
            "40 have "
            "been deleted (retention)\n"
            "hint: let the topic keep its records longer, or the job cannot be started again without loss\n");
}

TEST_F(Retention, IsNothingToWarnOfWhileNothingIsDeleted) { EXPECT_EQ(messages_when_deleted_before(0), ""); }

}  // namespace
}  // namespace weir::job
