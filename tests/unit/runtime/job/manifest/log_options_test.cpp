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

}  // namespace
}  // namespace weir::job
