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

// They are begun when an interval is over.
TEST(CommitSettings, TheTimeOfTransactionsDoesNotDependOnTheInterval) {
  EXPECT_EQ(timeout_ms({}), 60'000);
  EXPECT_EQ(timeout_ms({{"transaction.timeout", "90 s"}}), 90'000);
  EXPECT_EQ(timeout_ms({{"commit.interval", "1 min"}, {"transaction.timeout", "30 s"}}), 30'000);
  EXPECT_EQ(timeout_ms({{"commit.interval", "1 h"}}), 60'000);
  EXPECT_EQ(timeout_ms({{"transaction.timeout", "1 s"}}), 1'000);
}

TEST(CommitSettings, ATimeoutInWhichNothingCanBeWrittenIsRefused) {
  const auto found = commit_settings(with({{"transaction.timeout", "999 ms"}}));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, Error::Kind::Usage);
  EXPECT_EQ(
      found.error().text,
      "`transaction.timeout` is 999 ms, and a transaction, in which the results of `commit.interval` are "
      "written, has to have 1000 ms at least");
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
