// The summary counts each record once, however often the job began again from its last commit.
#include "runtime/job/run/tally.h"

#include <gtest/gtest.h>

#include "tests/unit/runtime/job/log_job.h"

namespace weir::job {
namespace {

using namespace log_tests;

TEST(Tally, CountsEachRecordOnceOverAllTries) {
  uint64_t tries = 0;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    sim::World world(seed);
    sim::SimClock clock(world);
    sim::SimLog log(world);
    log.create_topic("events", 2);
    log.create_topic("results", 2);
    for (int64_t id = 1; id <= 100; ++id) {
      add_event(log, static_cast<int32_t>(id % 2), id, id % 4 == 0 ? "b" : "a", 1, id % 10 == 0 ? 0 : id);
    }
    log.faults = {.most = 12,
                  .fetch_fails = 30,
                  .fetch_nothing = 100,
                  .begin_fails = 50,
                  .commit_lost = 150,
                  .commit_unheard = 150,
                  .commit_in_doubt = 150};
    log.most_messages = 7;
    LogJob job(events_to_results("k STRING, n BIGINT", ", 'scan.bounded.mode' = 'latest-offset'") +
               "INSERT INTO results SELECT k, COUNT(*) FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), "
               "INTERVAL '10' "
               "SECOND)) WHERE k <> 'b' GROUP BY window_start, window_end, k;");
    RunOptions options;
    options.overrides = {{"commit.interval", "1 ms"}};
    const Ended ended = job.run(log, clock, [] { return false; }, options);
    ASSERT_EQ(ended.status, ExitStatus::Finished) << ended.messages;
    EXPECT_NE(ended.messages.find("  from events: 100 read = "), std::string::npos) << seed << ended.messages;
    EXPECT_NE(ended.messages.find(" + 25 filtered + "), std::string::npos) << seed << ended.messages;
    EXPECT_NE(ended.messages.find("  " + std::to_string(results(log).size()) + " rows out\n"),
              std::string::npos)
        << seed << ended.messages;
    tries += log.fault_count();
  }
  EXPECT_GT(tries, 100u);
}

// Deletes of a compacted topic.
TEST(Tally, RecordsWithoutValueAreCounted) {
  sim::World world(1);
  sim::SimClock clock(world);
  sim::SimLog log(world);
  log.create_topic("events", 1);
  log.create_topic("results", 2);
  for (int64_t id = 1; id <= 10; ++id) {
    add_event(log, 0, id, "a", 1, id);
    if (id % 4 == 0) log.topic("events")[0].records.back().value.reset();
  }
  LogJob job(events_to_results("id BIGINT", ", 'scan.bounded.mode' = 'latest-offset'") +
             "INSERT INTO results SELECT id FROM events WHERE id > 1;");
  const Ended ended = job.run(log, clock, [] { return false; }, {});
  ASSERT_EQ(ended.status, ExitStatus::Finished) << ended.messages;
  EXPECT_NE(ended.messages.find("  from events: 10 read = 7 counted + 1 filtered + 0 late + 0 outside + 0 "
                                "rejected + 2 without value\n"),
            std::string::npos)
      << ended.messages;
}

}  // namespace
}  // namespace weir::job
