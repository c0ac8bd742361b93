// The changelog of a job over a simulated log: what comes back, and what is refused.
#include "runtime/job/recovery/changelog_run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "tests/unit/runtime/job/log_job.h"

namespace weir::job {
namespace {

using namespace log_tests;

const std::string kHint =
    "\nhint: start with `--restart-from committed` (from the committed offset, with empty state), "
    "`--restart-from "
    "earliest` or `--restart-from latest`\n";

// Two operators in mode C.
const std::string kSessions = events_to_results("k STRING, n BIGINT, ids BIGINT") +
                              "EXECUTE STATEMENT SET BEGIN "
                              "INSERT INTO results SELECT k, COUNT(*), SUM(id) FROM TABLE(SESSION(TABLE "
                              "events PARTITION BY k, DESCRIPTOR(ts), "
                              "INTERVAL '5' SECOND)) GROUP BY window_start, window_end, k; "
                              "INSERT INTO results SELECT k, COUNT(*), SUM(id) FROM TABLE(SESSION(TABLE "
                              "events PARTITION BY k, DESCRIPTOR(ts), "
                              "INTERVAL '9' SECOND)) GROUP BY window_start, window_end, k; "
                              "END;";

class Changelog : public testing::Test {
 protected:
  Changelog() {
    log.create_topic("events", 1);
    log.create_topic("results", 2);
  }
  void add(int64_t count, int64_t keys) {
    for (int64_t i = 0; i < count; ++i) {
      ++id;
      add_event(log, 0, id, fmt::format("key {}", id % keys), 1, id / 8);
    }
  }
  Ended run(RunOptions options = {}) {
    LogJob job(kSessions);
    return job.run(log, clock, [&] { return all_read(log); }, std::move(options));
  }
  std::vector<sim::SimRecord>& records() { return log.topic("job-changelog")[0].records; }
  // Offsets of the records of the topic that hold this commit; the last one without.
  std::vector<size_t> of_commit(uint64_t commit) {
    std::vector<size_t> offsets;
    for (size_t i = 0; i < records().size(); ++i) {
      if (records()[i].marker) continue;
      const auto record = commit::decode_changelog(*records()[i].value);
      if (record && record->commit == commit) offsets.push_back(i);
    }
    return offsets;
  }
  // The first commit of at least two records, with others behind it.
  uint64_t some_commit() {
    for (uint64_t commit = 2; commit < 100; ++commit) {
      if (of_commit(commit).size() >= 2 && !of_commit(commit + 1).empty()) return commit;
    }
    ADD_FAILURE() << "no such commit";
    return 0;
  }
  void change(size_t offset, const auto& how) {
    auto record = *commit::decode_changelog(*records()[offset].value);
    const std::string blob(record.blob);
    record.blob = blob;
    how(record);
    records()[offset].value = commit::encode(record);
  }
  std::string refused(const RunOptions& options = {}) {
    const Ended ended = run(options);
    EXPECT_EQ(ended.status, ExitStatus::Usage);
    const std::string begin = "error: the state in the changelog `job-changelog` cannot be used: ";
    EXPECT_TRUE(ended.messages.starts_with(begin)) << ended.messages;
    EXPECT_TRUE(ended.messages.ends_with(kHint)) << ended.messages;
    return ended.messages.substr(std::min(begin.size(), ended.messages.size()),
                                 ended.messages.size() - begin.size() - kHint.size());
  }
  // Several commits, and the state of sessions that are open.
  void begin_job() {
    RunOptions options;
    options.overrides = {{"commit.interval", "1 ms"}};
    add(200, 40);
    ASSERT_EQ(run(options).status, ExitStatus::Finished);
    add(1, 40);
  }

  sim::World world{1};
  sim::SimClock clock{world};
  sim::SimLog log{world};
  int64_t id = 0;
};

TEST_F(Changelog, ARecordThatIsMissingIsRefused) {
  begin_job();
  const uint64_t commit = some_commit();
  for (const size_t offset : of_commit(commit)) records()[offset].marker = true;
  const auto next = of_commit(commit + 1);
  const auto before = of_commit(commit - 1);
  EXPECT_EQ(refused(), fmt::format("offset {}: record 0 of commit {} follows record {} of {} of commit {}",
                                   next[0], commit + 1, before.size() - 1, before.size(), commit - 1));
}

TEST_F(Changelog, APartOfACommitThatIsMissingIsRefused) {
  begin_job();
  const uint64_t commit = some_commit();
  records()[of_commit(commit)[1]].marker = true;
  ASSERT_EQ(of_commit(commit).size(), 1u);
  EXPECT_EQ(refused(), fmt::format("offset {}: record 0 of commit {} follows record 0 of 2 of commit {}",
                                   of_commit(commit + 1)[0], commit + 1, commit));
}

TEST_F(Changelog, DamageIsRefused) {
  begin_job();
  const size_t offset = of_commit(some_commit())[0];
  auto& value = *records()[offset].value;
  value[value.size() / 2] = static_cast<char>(value[value.size() / 2] ^ 4);
  EXPECT_EQ(refused(), fmt::format("offset {}: it is damaged: its checksum differs", offset));
}

TEST_F(Changelog, WhatIsNoRecordOfAChangelogIsRefused) {
  begin_job();
  const size_t offset = of_commit(some_commit())[0];
  records()[offset].value = "hello";
  EXPECT_EQ(refused(), fmt::format("offset {}: it is no record of a changelog of Weir", offset));
}

TEST_F(Changelog, AnotherOperatorIsRefused) {
  begin_job();
  change(of_commit(some_commit())[0], [](commit::ChangelogRecord& record) { ++record.fingerprint; });
  EXPECT_EQ(refused(), "it holds the state of an operator that the recovery record does not name");
}

TEST_F(Changelog, AnotherLayoutIsRefused) {
  begin_job();
  change(of_commit(some_commit())[0], [](commit::ChangelogRecord& record) { ++record.state_layout; });
  EXPECT_EQ(refused(), "`Aggregate SESSION(gap 5 s) by k` lies in memory in another way");
}

TEST_F(Changelog, ABeginThatWasDeletedIsRefused) {
  begin_job();
  log.topic("job-changelog")[0].first = 1;
  EXPECT_EQ(refused(), fmt::format("it holds the offsets from 1 to {}, and begins at 0", records().size()));
}

TEST_F(Changelog, AnEndThatIsMissingIsRefused) {
  begin_job();
  const uint64_t commit = some_commit();
  uint64_t last = commit;
  while (!of_commit(last + 1).empty()) ++last;
  records().resize(of_commit(commit)[0]);
  EXPECT_EQ(refused(), fmt::format("it ends before commit {}", last));
}

// Snapshots in slices: the state comes back wherever a run ends, and what is older is deleted.
TEST_F(Changelog, SnapshotsGoInSlices) {
  RunOptions options;
  options.overrides = {
      {"commit.interval", "1 ms"}, {"changelog.snapshot-size", "1 kb"}, {"changelog.slice-size", "100 b"}};
  log.most_messages = 5;
  size_t slices = 0;
  for (int i = 0; i < 30; ++i) {
    add(40, 60);
    const Ended ended = run(options);
    ASSERT_EQ(ended.status, ExitStatus::Finished) << ended.messages;
  }
  uint64_t commits = 0;
  for (uint64_t commit = 1; commit < 10'000; ++commit) {
    const auto offsets = of_commit(commit);
    commits += !offsets.empty();
    slices += std::ranges::any_of(
        offsets, [&](size_t offset) { return commit::decode_changelog(*records()[offset].value)->snapshot; });
  }
  EXPECT_GT(slices, 20u) << commits;
  EXPECT_LT(slices, commits);
  EXPECT_GT(log.topic("job-changelog")[0].first, static_cast<int64_t>(records().size() / 2));
  auto rows = results(log);

  // The same without any end in between.
  sim::SimLog whole{world};
  whole.create_topic("events", 1);
  whole.create_topic("results", 2);
  whole.topic("events") = log.topic("events");
  for (sim::SimRecord& record : whole.topic("events")[0].records) record.transaction = 0;
  LogJob job(kSessions);
  ASSERT_EQ(job.run(whole, clock, [&] { return all_read(whole); }).status, ExitStatus::Finished);
  auto expected = results(whole);
  std::ranges::sort(rows);
  std::ranges::sort(expected);
  EXPECT_EQ(rows, expected);
  EXPECT_GT(expected.size(), 100u);
}

TEST_F(Changelog, WhoMayNotDeleteGoesOn) {
  RunOptions options;
  options.overrides = {
      {"commit.interval", "1 ms"}, {"changelog.snapshot-size", "1 kb"}, {"changelog.slice-size", "100 b"}};
  options.summary = false;
  log.most_messages = 5;
  log.may_delete = false;
  add(2000, 60);
  const Ended ended = run(options);
  EXPECT_EQ(ended.status, ExitStatus::Finished);
  EXPECT_EQ(ended.messages,
            "records of the changelog `job-changelog` that are no longer needed stay in it: simulated: not "
            "allowed\n");
  EXPECT_EQ(log.topic("job-changelog")[0].first, 0);
}

}  // namespace
}  // namespace weir::job
