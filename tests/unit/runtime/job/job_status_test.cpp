#include "runtime/job/job_status.h"

#include <gtest/gtest.h>

#include "runtime/commit/recovery_record.h"
#include "runtime/job/job_reset.h"
#include "tests/unit/runtime/job/fake_log.h"

namespace weir::job {
namespace {

using connectors::CommittedOffset;

constexpr int64_t kEight = 1'767'254'400'000;  // 2026-01-01 08:00:00

Manifest manifest_of_job() {
  Manifest manifest;
  manifest.job_name = "sales";
  ManifestScan scan;
  scan.table = "orders";
  scan.options = {{"connector", "kafka"}, {"topic", "orders"}};
  manifest.scans.push_back(scan);
  ManifestSink sink;
  sink.table = "totals";
  sink.options = {{"connector", "kafka"}, {"topic", "totals"}};
  manifest.sinks.push_back(sink);
  ManifestOperator windows;
  windows.name = "Aggregate TUMBLE(5 min) by category";
  windows.windowing = Windowing::Sliced;
  windows.fingerprint = 1;
  windows.recovery = commit::RecoveryMode::Replay;
  manifest.operators.push_back(windows);
  return manifest;
}

void add_groups(Manifest& manifest) {
  ManifestOperator groups;
  groups.id = 1;
  groups.name = "Aggregate by customer";
  groups.fingerprint = 2;
  groups.recovery = commit::RecoveryMode::Changelog;
  manifest.operators.push_back(groups);
}

tests::FakeLog log_of_job() {
  tests::FakeLog log;
  log.topics["orders"] = {{0, 1203}, {40, 100}, {0, 7}};
  commit::RecoveryRecord first{{.position = 1200, .watermark = kEight, .low_offset = 1100},
                               commit::JobRecord{}};
  first.job->commit = 17;
  first.job->operators = {{1, commit::RecoveryMode::Replay, kEight - 300'000, 0}};
  commit::RecoveryRecord second{{.position = 50, .low_offset = 30, .idle = true}, std::nullopt};
  log.groups["sales"] = {
      {{"orders", 0}, {{"orders", 0}, 1200, commit::encode(first)}},
      {{"orders", 1}, {{"orders", 1}, 50, commit::encode(second)}},
  };
  return log;
}

TEST(JobStatus, ShowsPositionsAndOperators) {
  const auto log = log_of_job();
  const auto text = job_status(manifest_of_job(), &log);
  ASSERT_TRUE(text) << text.error().text;
  EXPECT_EQ(*text,
            "job `sales`: not running\n"
            "commit 17\n"
            "table `orders`, group `sales`\n"
            "  topic   partition  position  lag  watermark            low-water  to replay  idle\n"
            "  orders  0          1200      3    2026-01-01 08:00:00  1100       100        no\n"
            "  orders  1          50        50   none                 30         20         yes\n"
            "  orders  2          none      7\n"
            "  note: partition 1 of topic `orders` begins at offset 40 now (retention); a start needs "
            "`--accept-data-loss`\n"
            "  operator                             mode                  windows fired up to\n"
            "  Aggregate TUMBLE(5 min) by category  R: reads input again  2026-01-01 07:55:00\n");
}

TEST(JobStatus, ShowsTheChangelogAndWhoRuns) {
  auto log = log_of_job();
  Manifest manifest = manifest_of_job();
  add_groups(manifest);
  manifest.operators[0].fingerprint = 9;
  commit::RecoveryRecord record{{.position = 1200, .low_offset = 1200}, commit::JobRecord{}};
  record.job->commit = 18;
  record.job->finished = true;
  record.job->operators = {{2, commit::RecoveryMode::Changelog, 0, 0},
                           {1, commit::RecoveryMode::Replay, kEight, 0}};
  record.job->changelog = {{0, 12}};
  log.groups["sales"] = {{{"orders", 0}, {{"orders", 0}, 1200, commit::encode(record)}}};
  log.topics["orders"] = {{0, 1200}};
  log.topics["sales-changelog"] = {{20, 34}};
  log.members["sales.lock"] = {"a", "b"};
  const auto text = job_status(manifest, &log);
  ASSERT_TRUE(text) << text.error().text;
  EXPECT_EQ(*text,
            "job `sales`: running, as `a`, `b`\n"
            "commit 18, finished: its bounded input was read to the end\n"
            "table `orders`, group `sales`\n"
            "  topic   partition  position  lag  watermark  low-water  to replay  idle\n"
            "  orders  0          1200      0    none       1200       0          no\n"
            "  operator                             mode                  windows fired up to\n"
            "  Aggregate TUMBLE(5 min) by category  R: reads input again  (no state that fits this query)\n"
            "  Aggregate by customer                C: changelog          (no windows)\n"
            "  (not in this query)                  R: reads input again  2026-01-01 08:00:00\n"
            "changelog `sales-changelog`: read from offset 12, which ends at 34\n"
            "  note: it begins at offset 20 now (retention): the state is lost\n");
}

TEST(JobStatus, SaysWhatCannotBeUsed) {
  auto log = log_of_job();
  log.topics["orders"] = {{0, 10}, {0, 10}};
  log.groups["sales"] = {{{"orders", 0}, {{"orders", 0}, 4, ""}},
                         {{"orders", 1}, {{"orders", 1}, 5, "weir1;p=5;crc=00000000"}}};
  const auto text = job_status(manifest_of_job(), &log);
  ASSERT_TRUE(text) << text.error().text;
  EXPECT_EQ(
      *text,
      "job `sales`: not running\n"
      "nothing is committed\n"
      "table `orders`, group `sales`\n"
      "  topic   partition  position  lag  watermark  low-water  to replay  idle\n"
      "  orders  0          4         6\n"
      "  orders  1          5         5\n"
      "  note: partition 0 of topic `orders`: a plain offset, without a recovery record; a start needs "
      "`--restart-from`, or `weir job reset`\n"
      "  note: partition 1 of topic `orders`: the recovery record cannot be used: its checksum is wrong; a "
      "start needs `--restart-from`, or `weir job reset`\n");
}

TEST(JobStatus, OfAJobThatCommitsNothingIsAnError) {
  const auto log = log_of_job();
  Manifest manifest = manifest_of_job();
  manifest.sinks[0].options = {{"connector", "stdout"}};
  EXPECT_EQ(job_status(manifest, &log).error().text,
            "job `sales` commits nothing: it does not go from topics to a topic");
}

TEST(JobReset, CommitsPositionsWithoutState) {
  const auto log = log_of_job();
  const auto text = reset_job(manifest_of_job(), &log, "earliest");
  ASSERT_TRUE(text) << text.error().text;
  EXPECT_EQ(*text,
            "partition 0 of topic `orders`, group `sales`: offset 0\n"
            "partition 1 of topic `orders`, group `sales`: offset 40\n"
            "partition 2 of topic `orders`, group `sales`: offset 0\n"
            "the next start begins there, with empty state\n");
  EXPECT_EQ(log.told, (std::vector<std::string>{"open sales", "begin", "commit"}));
  ASSERT_EQ(log.commits.size(), 3);
  for (const auto& it : log.commits) {
    const auto record = commit::decode(it.metadata);
    ASSERT_TRUE(record) << record.error();
    EXPECT_EQ(record->partition.position, it.offset);
    EXPECT_EQ(record->partition.low_offset, it.offset);
    EXPECT_EQ(record->partition.watermark, abi::kNoWatermark);
    EXPECT_EQ(record->job.has_value(), it.partition.partition == 0);
  }
  commit::JobRecord empty;
  empty.name = manifest_of_job().job_name;
  EXPECT_EQ(*commit::decode(log.commits[0].metadata)->job, empty);
}

TEST(JobReset, ToWhatIsCommittedLeavesOutTheRest) {
  const auto log = log_of_job();
  EXPECT_EQ(*reset_job(manifest_of_job(), &log, "committed"),
            "partition 0 of topic `orders`, group `sales`: offset 1200\n"
            "partition 1 of topic `orders`, group `sales`: offset 50\n"
            "the next start begins there, with empty state\n");
  EXPECT_EQ(*reset_job(manifest_of_job(), &log, "latest"),
            "partition 0 of topic `orders`, group `sales`: offset 1203\n"
            "partition 1 of topic `orders`, group `sales`: offset 100\n"
            "partition 2 of topic `orders`, group `sales`: offset 7\n"
            "the next start begins there, with empty state\n");
}

TEST(JobReset, ThatWouldCommitNothingIsAnError) {
  auto log = log_of_job();
  log.groups.clear();
  EXPECT_EQ(reset_job(manifest_of_job(), &log, "committed").error().text,
            "job `sales` has committed nothing\nhint: reset it to `earliest` or `latest`");
  EXPECT_TRUE(log.told.empty());
}

TEST(JobReset, AndDropAreRefusedWhileTheJobRuns) {
  auto log = log_of_job();
  log.members["sales.lock"] = {"host-1"};
  const std::string refused =
      "job `sales` is running, as `host-1`\n"
      "hint: stop it first; a process that was killed counts as running for 10 s";
  EXPECT_EQ(reset_job(manifest_of_job(), &log, "latest").error().text, refused);
  EXPECT_EQ(drop_job(manifest_of_job(), &log).error().text, refused);
  EXPECT_TRUE(log.told.empty());
}

TEST(JobDrop, DeletesWhatTheJobHasLeft) {
  const auto log = log_of_job();
  Manifest manifest = manifest_of_job();
  add_groups(manifest);
  EXPECT_EQ(*what_drop_deletes(manifest),
            "what group `sales` has committed for `orders`\n"
            "group `sales.lock`\n"
            "topic `sales-changelog`, with the state of the job\n");
  const auto text = drop_job(manifest, &log);
  ASSERT_TRUE(text) << text.error().text;
  EXPECT_EQ(*text,
            "group `sales.lock`: deleted\n"
            "offsets of group `sales`, table `orders`: deleted\n"
            "topic `sales-changelog`: deleted\n");
  EXPECT_EQ(log.told,
            (std::vector<std::string>{"open sales", "delete group sales.lock", "delete 2 offsets of sales",
                                      "delete topic sales-changelog"}));
}

}  // namespace
}  // namespace weir::job
