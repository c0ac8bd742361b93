#include "runtime/job/manifest/log_options.h"

#include <gtest/gtest.h>

namespace weir::job {
namespace {

Manifest with(const Options& settings) {
  Manifest manifest;
  manifest.job_name = "sales";
  manifest.settings = settings;
  ManifestSink sink;
  sink.options = {{"connector", "kafka"}};
  manifest.sinks.push_back(sink);
  return manifest;
}

int32_t timeout_ms(const Options& settings) {
  const auto found = commit_settings(with(settings));
  EXPECT_TRUE(found) << found.error().text;
  return found ? found->transaction_timeout_ms : 0;
}

TEST(CommitSettings, TransactionsHaveTimeForSeveralIntervals) {
  EXPECT_EQ(timeout_ms({}), 60'000);
  EXPECT_EQ(timeout_ms({{"transaction.timeout", "90 s"}}), 90'000);
  EXPECT_EQ(timeout_ms({{"commit.interval", "10 s"}, {"transaction.timeout", "30 s"}}), 30'000);
  // Left out, it follows the interval, as far as brokers go along.
  EXPECT_EQ(timeout_ms({{"commit.interval", "1 min"}}), 180'000);
  EXPECT_EQ(timeout_ms({{"commit.interval", "1 h"}}), 900'000);
}

TEST(CommitSettings, ATimeoutThatIsTooShortForTheIntervalIsRefused) {
  const auto found = commit_settings(with({{"commit.interval", "10 s"}, {"transaction.timeout", "29 s"}}));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, Error::Kind::Usage);
  EXPECT_EQ(found.error().text,
            "`transaction.timeout` is 29000 ms, which is less than 3 times `commit.interval` (10000 ms): the "
            "broker "
            "would give up transactions that only took a little long\n"
            "hint: set `transaction.timeout` to 30000 ms at least, or leave it out");
}

TEST(CommitSettings, WhatAStartGivesAndCannotBeIsRefused) {
  EXPECT_EQ(
      commit_settings(with({{"commit.interval", "0"}})).error().text,
      "`commit.interval` is zero: each commit is a transaction of its own, and no records stand between two");

  Manifest manifest = with({});
  manifest.sinks.push_back(manifest.sinks[0]);
  manifest.sinks[0].table = "a";
  manifest.sinks[1].table = "b";
  manifest.sinks[1].options.emplace_back("sink.transactional-id-prefix", "x");
  EXPECT_EQ(commit_settings(manifest)->transactional_id, "x");
  manifest.sinks[0].options.emplace_back("sink.transactional-id-prefix", "y");
  EXPECT_EQ(commit_settings(manifest).error().text,
            "table `b`: `sink.transactional-id-prefix` is `x`, and that of another table of the job is `y`: "
            "all that a job "
            "writes is in the same transactions");
  manifest.sinks[0].options.back().second = "";
  EXPECT_EQ(commit_settings(manifest).error().text, "table `a`: `sink.transactional-id-prefix` is empty");
}

TEST(LogSourceOptions, AGroupWithoutANameIsRefused) {
  Manifest manifest;
  ManifestScan scan;
  scan.table = "orders";
  scan.options = {{"connector", "kafka"}, {"topic", "orders"}};
  manifest.scans.push_back(scan);
  EXPECT_TRUE(log_source_options(manifest, 0));
  manifest.scans[0].options.emplace_back("properties.group.id", "");
  EXPECT_EQ(log_source_options(manifest, 0).error().text, "table `orders`: `properties.group.id` is empty");
}

}  // namespace
}  // namespace weir::job
