// What a job commits before it has anything to commit, and what it commits again although nothing has changed.
#include <algorithm>

#include <gtest/gtest.h>

#include "runtime/commit/recovery_record.h"
#include "tests/unit/runtime/job/log_job.h"

namespace weir::job {
namespace {

using namespace log_tests;

constexpr int64_t kHourUs = int64_t{3600} * 1'000'000;

class FirstStart : public testing::Test {
 protected:
  FirstStart() {
    log.create_topic("events", 2);
    log.create_topic("results", 2);
  }
  static std::string copy(const std::string& options_of_events) {
    return events_to_results("id BIGINT", options_of_events) + "INSERT INTO results SELECT id FROM events;";
  }
  int64_t committed(int32_t partition) const {
    const auto found = log.committed_offset("job", {"events", partition});
    return found ? found->offset : connectors::kNoOffset;
  }
  uint64_t commits(int32_t partition) const { return log.offset_commits[{"events", partition}]; }

  sim::World world{1};
  sim::SimClock clock{world};
  sim::SimLog log{world};
};

TEST_F(FirstStart, WhereReadingBeginsIsCommittedBeforeAnyResult) {
  LogJob job(copy(", 'scan.startup.mode' = 'earliest-offset'"));
  for (int64_t id = 1; id <= 5; ++id) add_event(log, 0, id, "a", 1, id);
  const Ended ended = job.run(log, clock, [] { return true; });
  EXPECT_EQ(ended.status, ExitStatus::Finished) << ended.messages;
  EXPECT_EQ(results(log), std::vector<std::string>());
  EXPECT_EQ(committed(0), 0);
  EXPECT_EQ(committed(1), 0);
}

TEST_F(FirstStart, TheLatestOffsetIsThatOfTheFirstStart) {
  LogJob job(copy(", 'scan.startup.mode' = 'latest-offset'"));
  for (int64_t id = 1; id <= 5; ++id) add_event(log, 0, id, "a", 1, id);
  ASSERT_EQ(job.run(log, clock, [] { return true; }).status, ExitStatus::Finished);
  EXPECT_EQ(committed(0), 5);
  EXPECT_EQ(committed(1), 0);
  add_event(log, 0, 6, "a", 1, 6);
  add_event(log, 1, 7, "a", 1, 6);
  ASSERT_EQ(job.run(log, clock, [&] { return all_read(log); }).status, ExitStatus::Finished);
  EXPECT_EQ(results(log).size(), 2u);
}

TEST_F(FirstStart, SpecificOffsetsHaveToBeThere) {
  for (int64_t id = 1; id <= 5; ++id) add_event(log, 0, id, "a", 1, id);
  log.topic("events")[0].first = 2;
  const auto messages = [&](const std::string& offsets) {
    LogJob job(copy(", 'scan.startup.mode' = 'specific-offsets', 'scan.startup.specific-offsets' = '" +
                    offsets + "'"));
    const Ended ended = job.run(log, clock, [] { return true; });
    EXPECT_EQ(ended.status, ExitStatus::Usage);
    return ended.messages;
  };
  EXPECT_EQ(
      messages("partition:0,offset:2;partition:7,offset:0"),
      "error: `scan.startup.specific-offsets` names partition 7, and topic `events` has partitions 0 to 1\n");
  EXPECT_EQ(messages("partition:0,offset:2"),
            "error: `scan.startup.specific-offsets` names no offset for partition 1 of topic `events`\n");
  EXPECT_EQ(
      messages("partition:0,offset:999;partition:1,offset:0"),
      "error: `scan.startup.specific-offsets` says offset 999 for partition 0 of topic `events`, which can "
      "be read from 2 to 5\n");
  EXPECT_EQ(
      messages("partition:0,offset:1;partition:1,offset:0"),
      "error: `scan.startup.specific-offsets` says offset 1 for partition 0 of topic `events`, which can "
      "be read from 2 to 5\n");
}

TEST_F(FirstStart, WhatRetentionHasDeletedBehindACommittedOffsetIsSaid) {
  for (int64_t id = 1; id <= 5; ++id) add_event(log, 0, id, "a", 1, id);
  log.set_offset("job", {"events", 0}, 1);
  log.topic("events")[0].first = 3;
  LogJob job(copy(""));
  RunOptions options;
  options.restart_from = "committed";
  const Ended ended = job.run(log, clock, [&] { return all_read(log); }, options);
  EXPECT_EQ(ended.status, ExitStatus::Usage);
  EXPECT_EQ(
      ended.messages,
      "error: offset 1 is committed for partition 0 of topic `events`, which begins at 3 now: the records "
      "between have been deleted (retention)\n"
      "hint: `--accept-data-loss` begins at what is left, and keeps what is committed for other "
      "partitions; `--restart-from earliest` begins at what is left of all\n");
  options.accept_data_loss = true;
  EXPECT_EQ(job.run(log, clock, [&] { return all_read(log); }, options).status, ExitStatus::Finished);
  EXPECT_EQ(results(log).size(), 2u);
}

TEST_F(FirstStart, GroupOffsetsOfAnotherProgramAreTaken) {
  LogJob job(copy(", 'scan.startup.mode' = 'group-offsets'"));
  for (int64_t id = 1; id <= 5; ++id) add_event(log, 0, id, "a", 1, id);
  add_event(log, 1, 6, "a", 1, 6);
  log.set_offset("job", {"events", 0}, 3);
  const Ended ended = job.run(log, clock, [&] { return all_read(log); });
  ASSERT_EQ(ended.status, ExitStatus::Finished) << ended.messages;
  std::vector<std::string> rows = results(log);
  std::ranges::sort(rows);  // in which partition each lies is chance
  EXPECT_EQ(rows, (std::vector<std::string>{R"({"id":4})", R"({"id":5})", R"({"id":6})"}));
}

TEST_F(FirstStart, ARestartFromWhatIsCommittedHasTheSameEnd) {
  LogJob job(copy(", 'scan.startup.mode' = 'latest-offset', 'scan.bounded.mode' = 'latest-offset'"));
  ASSERT_EQ(job.run(log, clock, [] { return false; }).status, ExitStatus::Finished);
  add_event(log, 0, 1, "a", 1, 1);
  RunOptions options;
  options.restart_from = "committed";
  const Ended ended = job.run(log, clock, [&] { return log.commits > 20; }, options);
  ASSERT_EQ(ended.status, ExitStatus::Finished) << ended.messages;
  EXPECT_EQ(ended.messages.find("stopped"), std::string::npos) << ended.messages;
  EXPECT_EQ(results(log).size(), 1u);
}

TEST_F(FirstStart, ALaterStartCommitsNothingByItself) {
  LogJob job(copy(""));
  ASSERT_EQ(job.run(log, clock, [] { return true; }).status, ExitStatus::Finished);
  for (int64_t id = 1; id <= 5; ++id) add_event(log, 0, id, "a", 1, id);
  ASSERT_EQ(job.run(log, clock, [] { return true; }).status, ExitStatus::Finished);
  EXPECT_NE(results(log), std::vector<std::string>());
}

TEST_F(FirstStart, PartitionsThatStandStillAreCommittedAgainEachHour) {
  LogJob job(copy(""));
  int commits_seen = 0;
  for (int64_t id = 1; id <= 3; ++id) add_event(log, 0, id, "a", 1, id);
  const Ended ended = job.run(log, clock, [&] {
    switch (++commits_seen) {
      case 3: clock.sleep_us(kHourUs / 2); break;
      case 4: clock.sleep_us(kHourUs / 2 + 1); break;
      case 5: clock.sleep_us(kHourUs); break;
      default: break;
    }
    if (commits_seen < 5) add_event(log, 0, 3 + commits_seen, "a", 1, 10);
    return commits_seen == 6;
  });
  ASSERT_EQ(ended.status, ExitStatus::Finished) << ended.messages;
  // The first commit, after one hour, after two hours.
  EXPECT_EQ(commits(1), 3u);
  EXPECT_GE(commits(0), 6u);
}

TEST_F(FirstStart, ResumeWantsAnEarlierRun) {
  RunOptions options;
  options.resume = true;
  LogJob job(copy(""));
  const Ended refused = job.run(log, clock, [] { return true; }, options);
  EXPECT_EQ(refused.status, ExitStatus::Usage);
  EXPECT_EQ(refused.messages,
            "error: `--resume`: there is no earlier run of job `job` to go on from; group `job` has "
            "committed nothing\n"
            "hint: the first start is one without `--resume`; if there was an earlier run, its brokers, "
            "`properties.group.id` and `pipeline.name` have to be the same, and its offsets not expired "
            "(`offsets.retention.minutes` of the broker)\n");
  EXPECT_EQ(log.commits, 0u);
  ASSERT_EQ(job.run(log, clock, [] { return true; }).status, ExitStatus::Finished);
  add_event(log, 0, 1, "a", 1, 1);
  EXPECT_EQ(job.run(log, clock, [&] { return all_read(log); }, options).status, ExitStatus::Finished);
}

TEST_F(FirstStart, ResumeAndRestartExcludeEachOther) {
  RunOptions options;
  options.resume = true;
  options.restart_from = "earliest";
  const Ended ended = LogJob(copy("")).run(log, clock, [] { return true; }, options);
  EXPECT_EQ(ended.status, ExitStatus::Usage);
  EXPECT_EQ(ended.messages,
            "error: `--resume` goes on from an earlier run, `--restart-from` does not: only one of them can "
            "be asked "
            "for\n");
}

TEST_F(FirstStart, ResumeOfAJobThatCommitsNothingIsRefused) {
  RunOptions options;
  options.resume = true;
  const Ended ended = LogJob(events_to_results("id BIGINT") + "SELECT id FROM events;")
                          .run(log, clock, [] { return true; }, options);
  EXPECT_EQ(ended.status, ExitStatus::Usage);
  EXPECT_EQ(
      ended.messages,
      "error: `--resume`: this job commits nothing that it could go on from; only jobs from topics to topics "
      "do\n");
}

TEST_F(FirstStart, AJobWhoseRecordMayGetTooLongIsRefused) {
  Manifest manifest;
  manifest.operators.resize(45);
  ManifestSink sink;
  sink.options = {{"connector", "kafka"}};
  manifest.sinks.push_back(sink);
  const std::string bytes = serialize(manifest);
  std::string messages;
  RunOptions options;
  options.standard_error = [&](std::string_view text) { messages += text; };
  EXPECT_EQ(run_job({abi::kAbiVersion, 0, nullptr, bytes.data(), bytes.size()}, options), ExitStatus::Usage);
  EXPECT_EQ(messages,
            "error: the job has 45 aggregates and 0 input topics; what is committed with an offset may "
            "then take " +
                std::to_string(commit::longest_record_bytes(45, 0, "", "")) +
                " bytes, and Kafka keeps 3500 safely\nhint: make several jobs of its statements\n");
}

// Of two inputs only the first has the record of the job.
TEST_F(FirstStart, ARestartIsAskedForOnceForAllInputs) {
  log.create_topic("others", 1);
  const std::string sql = events_to_results("id BIGINT") +
                          "CREATE TABLE others (id BIGINT) WITH ('connector' = 'kafka', 'topic' = 'others', "
                          "'properties.bootstrap.servers' "
                          "= 'simulated:1', 'properties.group.id' = 'job', 'format' = 'json');\n"
                          "EXECUTE STATEMENT SET BEGIN INSERT INTO results SELECT id FROM events; INSERT "
                          "INTO results SELECT id FROM others; "
                          "END;";
  LogJob job(sql);
  add_event(log, 0, 1, "a", 1, 1);
  sim::SimRecord other;
  other.value = R"({"id":2})";
  log.topic("others")[0].records.push_back(other);
  const auto read = [&] { return all_read(log) && log.all_committed("job", "others"); };
  ASSERT_EQ(job.run(log, clock, read).status, ExitStatus::Finished);
  EXPECT_EQ(results(log).size(), 2u);
  RunOptions options;
  options.restart_from = "earliest";
  options.summary = false;
  log.faults = {.most = 3, .fetch_nothing = 0, .commit_unheard = 1000};
  const auto size = [&] { return results(log).size() >= 4 && log.fault_count() == 3; };
  const Ended ended = job.run(log, clock, size, options);
  EXPECT_NE(ended.messages.find("going on from the last commit"), std::string::npos) << ended.messages;
  EXPECT_EQ(results(log).size(), 4u) << ended.messages;
}

}  // namespace
}  // namespace weir::job
