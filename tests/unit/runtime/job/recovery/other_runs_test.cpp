// What a job goes on from has to be its own, and complete.
#include "runtime/job/recovery/other_runs.h"

#include <gtest/gtest.h>

#include "tests/unit/runtime/job/log_job.h"

namespace weir::job {
namespace {

using namespace log_tests;

constexpr const char* kRestart =
    "start with `--restart-from committed` (from the committed offset, with empty state), `--restart-from "
    "earliest` or `--restart-from latest`";

class OtherRuns : public testing::Test {
 protected:
  OtherRuns() {
    log.create_topic("events", 1);
    log.create_topic("more", 2);
    log.create_topic("results", 1);
  }
  // Reads `topics`, counts in windows of ten seconds.
  static std::string sums(const std::string& topics, const std::string& settings = "",
                          const std::string& columns = "v BIGINT") {
    std::string sql = events_to_results(columns);
    const std::string topic = "'topic' = 'events'";
    return settings + sql.replace(sql.find(topic), topic.size(), "'topic' = '" + topics + "'") +
           "INSERT INTO results SELECT SUM(v) FROM events GROUP BY TUMBLE(ts, INTERVAL '10' SECOND);";
  }
  void add_more(int64_t id, int64_t second) {
    add_event(log, 0, id, "a", 1, second);
    std::swap(log.topic("events")[0].records.back(), log.topic("more")[0].records.emplace_back());
    log.topic("events")[0].records.pop_back();
  }
  Ended run(const std::string& sql, RunOptions options = {}, int commits = 3) {
    int seen = 0;
    return LogJob(sql).run(log, clock, [&] { return ++seen >= commits; }, options);
  }

  sim::World world{1};
  sim::SimClock clock{world};
  sim::SimLog log{world};
};

TEST_F(OtherRuns, ATopicThatHeldTheRecordMayNotLeave) {
  add_event(log, 0, 1, "a", 1, 1);
  add_more(2, 2);
  ASSERT_EQ(run(sums("events;more")).status, ExitStatus::Finished);
  const Ended ended = run(sums("more"));
  EXPECT_EQ(ended.status, ExitStatus::Usage);
  EXPECT_EQ(
      ended.messages,
      std::string("error: there are committed positions, as for partition 0 of topic `more`, but not the "
                  "job's part of the recovery record: it lies with the first partition of the first "
                  "topic, which is no longer read, or was deleted, or whose offset has expired\nhint: ") +
          kRestart + "\n");
}

TEST_F(OtherRuns, ATopicThatWasReadIsMissed) {
  add_event(log, 0, 1, "a", 1, 1);
  add_more(2, 2);
  ASSERT_EQ(run(sums("events;more")).status, ExitStatus::Finished);
  const Ended ended = run(sums("events"));
  EXPECT_EQ(ended.status, ExitStatus::Usage);
  EXPECT_EQ(
      ended.messages,
      std::string("error: the job has read a topic that it no longer reads: what open windows have of it "
                  "would be lost\n"
                  "hint: `--accept-data-loss` goes on without it; otherwise name the topic again, or ") +
          kRestart + "\n");
  RunOptions options;
  options.accept_data_loss = true;
  EXPECT_EQ(run(sums("events"), options).status, ExitStatus::Finished);
  EXPECT_EQ(run(sums("events")).status, ExitStatus::Finished);  // it is said once
}

TEST_F(OtherRuns, ATopicMayCome) {
  add_event(log, 0, 1, "a", 1, 1);
  ASSERT_EQ(run(sums("events")).status, ExitStatus::Finished);
  EXPECT_EQ(run(sums("events;more")).status, ExitStatus::Finished);
}

TEST_F(OtherRuns, AnOffsetThatIsGoneIsMissed) {
  add_event(log, 0, 1, "a", 1, 1);
  ASSERT_EQ(run(sums("events;more")).status, ExitStatus::Finished);
  log.delete_offset("job", {"more", 1});
  const Ended ended = run(sums("events;more"));
  EXPECT_EQ(ended.status, ExitStatus::Usage);
  EXPECT_EQ(
      ended.messages,
      std::string("error: nothing is committed for partition 1 of topic `more`, which the job has read: the "
                  "topic was made anew, or the offset has expired\n"
                  "hint: `--accept-data-loss` reads it from its begin; or ") +
          kRestart + "\n");
}

TEST_F(OtherRuns, AGroupIsOfOneJob) {
  add_event(log, 0, 1, "a", 1, 1);
  ASSERT_EQ(run(sums("events", "SET 'pipeline.name' = 'one';")).status, ExitStatus::Finished);
  const Ended ended = run(sums("events", "SET 'pipeline.name' = 'two';"));
  EXPECT_EQ(ended.status, ExitStatus::Usage);
  EXPECT_EQ(ended.messages,
            "error: the positions of group `job` for partition 0 of topic `events` are those of job `one`, "
            "not of job `two`\n"
            "hint: each job has to have a group of its own: leave `properties.group.id` out, then it is the "
            "job's name; a job that was renamed goes on under its old name (`pipeline.name`), or, with empty "
            "state, by `--restart-from committed`\n");
}

TEST_F(OtherRuns, PositionsAreOfOneTable) {
  add_event(log, 0, 1, "a", 1, 1);
  ASSERT_EQ(run(sums("events")).status, ExitStatus::Finished);
  std::string renamed = sums("events");
  for (const std::string name : {"TABLE events", "FROM events"}) {
    renamed.replace(renamed.find(name), name.size(), name.substr(0, name.find(' ')) + " orders");
  }
  const Ended ended = run(renamed);
  EXPECT_EQ(ended.status, ExitStatus::Usage);
  EXPECT_EQ(ended.messages,
            std::string(
                "error: the positions of group `job` for partition 0 of topic `events` are those of another "
                "table than `orders`: it was renamed, or of several tables over one topic another comes "
                "first now\n"
                "hint: order and names have to stay, or each of the tables gets a `properties.group.id` of "
                "its own; otherwise ") +
                kRestart + "\n");
}

TEST_F(OtherRuns, WhatAnotherHasCommittedMeanwhileEndsTheRun) {
  add_event(log, 0, 1, "a", 1, 1);
  int commits = 0;
  const Ended ended = LogJob(sums("events")).run(log, clock, [&] {
    if (++commits >= 2) {
      // As a job does that has been given the same group.
      log.set_offset("job", {"events", 0}, 0);
    }
    add_event(log, 0, 1 + commits, "a", 1, 1);
    clock.sleep_us(4'000'000);
    return commits == 10;
  });
  EXPECT_EQ(ended.status, ExitStatus::TryAgain);
  EXPECT_EQ(
      ended.messages,
      "error: the position of group `job` for partition 0 of topic `events` is no longer the one that this "
      "process has committed: somebody else commits for the same group\n");
}

TEST_F(OtherRuns, WhatIsCommittedMayNotVanish) {
  add_event(log, 0, 1, "a", 1, 1);
  int commits = 0;
  const Ended ended = LogJob(sums("events")).run(log, clock, [&] {
    if (++commits >= 2) log.delete_offset("job", {"events", 0});
    add_event(log, 0, 1 + commits, "a", 1, 1);
    clock.sleep_us(4'000'000);
    return commits == 10;
  });
  EXPECT_EQ(ended.status, ExitStatus::InputOutput);
  EXPECT_EQ(ended.messages,
            "error: what group `job` has committed for partition 0 of topic `events` is gone: the topic was "
            "deleted, or the offset\n");
}

// A process of the former run still has a transaction open.
TEST_F(OtherRuns, TransactionsOfAFormerPrefixAreFenced) {
  const auto with_prefix = [&](const std::string& prefix) {
    std::string sql = sums("events");
    const std::string id = "-id-prefix' = 'job'";
    return sql.replace(sql.find(id), id.size(), "-id-prefix' = '" + prefix + "'");
  };
  add_event(log, 0, 1, "a", 1, 1);
  ASSERT_EQ(run(with_prefix("before")).status, ExitStatus::Finished);
  auto zombie = log.make_producer({}, {.transactional_id = "before"});
  ASSERT_TRUE((*zombie)->open());
  ASSERT_TRUE((*zombie)->begin());
  add_event(log, 0, 2, "a", 1, 2);
  ASSERT_EQ(run(with_prefix("after")).status, ExitStatus::Finished);
  const auto committed = (*zombie)->commit({});
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().kind, connectors::Error::Kind::Fenced);
}

}  // namespace
}  // namespace weir::job
