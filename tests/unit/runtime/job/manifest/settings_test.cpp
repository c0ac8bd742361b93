#include "runtime/job/manifest/settings.h"

#include <cstdlib>

#include <gtest/gtest.h>

#include "tests/unit/runtime/connectors/temporary_directory.h"

namespace weir::job {
namespace {

Manifest two_tables() {
  Manifest manifest;
  ManifestScan scan;
  scan.table = "orders";
  scan.options = {{"connector", "filesystem"}, {"path", "a.json"}, {"format", "json"}};
  manifest.scans.push_back(scan);
  ManifestSink sink;
  sink.table = "db.out";
  sink.options = {{"connector", "filesystem"}, {"path", "out.json"}};
  manifest.sinks.push_back(sink);
  manifest.settings = {{"table.local-time-zone", "UTC"}};
  return manifest;
}

std::string override_error(const std::string& key, const std::string& value) {
  Manifest manifest = two_tables();
  const auto done = apply_overrides(manifest, {{key, value}});
  return done ? "" : done.error().text;
}

TEST(Settings, OverridesReachTablesAndSettings) {
  Manifest manifest = two_tables();
  ASSERT_TRUE(apply_overrides(manifest, {{"orders.path", "b.json"},
                                         {"orders.json.ignore-parse-errors", "TRUE"},
                                         {"orders.on-error", "${env:X}"},
                                         {"db.out.sink.rolling-policy.file-size", "1 MB"},
                                         {"parallelism.default", "3"},
                                         {"table.local-time-zone", "UTC"}}));
  EXPECT_EQ(option_or(manifest.scans[0].options, "path", ""), "b.json");
  EXPECT_EQ(option_or(manifest.scans[0].options, "json.ignore-parse-errors", ""), "true");
  EXPECT_EQ(option_or(manifest.scans[0].options, "on-error", ""), "${env:X}");
  EXPECT_EQ(option_or(manifest.sinks[0].options, "sink.rolling-policy.file-size", ""), "1 MB");
  EXPECT_EQ(option_or(manifest.settings, "parallelism.default", ""), "3");
}

// Which options there are depends on the connector, wherever that stands among the arguments.
TEST(Settings, AnotherConnectorHasOtherOptions) {
  Manifest manifest = two_tables();
  ASSERT_TRUE(apply_overrides(manifest, {{"orders.fields.x.min", "1"}, {"orders.connector", "datagen"}}));
  EXPECT_EQ(option_or(manifest.scans[0].options, "fields.x.min", ""), "1");
  EXPECT_EQ(option_or(manifest.scans[0].options, "connector", ""), "datagen");
  EXPECT_TRUE(
      override_error("orders.fields.x.min", "1").starts_with("table `orders` has no option `fields.x.min`"));
}

TEST(Settings, WhatTheCodeDependsOnCannotBeSet) {
  const std::string reason = "cannot be set when the job is started: the code was compiled for its value";
  EXPECT_EQ(override_error("table.local-time-zone", "+08:00"), "`table.local-time-zone` " + reason);
  EXPECT_EQ(override_error("orders.format", "csv"), "`orders.format` " + reason);
  EXPECT_EQ(override_error("db.out.connector", "print"), "`db.out.connector` " + reason);
  EXPECT_EQ(override_error("orders.json.ignore-parse-errors", "maybe"),
            "`orders.json.ignore-parse-errors` is `true` or `false`, not `maybe`");
  EXPECT_EQ(override_error("orders.json.timestamp-format.standard", "ISO"),
            "`orders.json.timestamp-format.standard` is `SQL` or `ISO-8601`, not `ISO`");
  EXPECT_EQ(override_error("db.out.json.timestamp-format.standard", "ISO-8601"),
            "table `db.out` has no option `json.timestamp-format.standard` that can be set when the job is "
            "started; there are "
            "`connector`, `path`, `sink.rolling-policy.file-size`");
  EXPECT_EQ(
      override_error("orders.pathh", "x"),
      "table `orders` has no option `pathh` that can be set when the job is started: did you mean `path`?");
  EXPECT_EQ(
      override_error("orders.seed", "1"),
      "table `orders` has no option `seed` that can be set when the job is started; there are `connector`, "
      "`json.fail-on-missing-field`, `json.ignore-parse-errors`, `json.timestamp-format.standard`, "
      "`on-error`, `path`");
  EXPECT_EQ(override_error("order.path", "x"), "the job has no table `order`: did you mean `orders`?");
  EXPECT_EQ(override_error("paralelism.default", "1"),
            "unknown setting `paralelism.default`: did you mean `parallelism.default`?");
  EXPECT_EQ(override_error("nothing.like.it", "x"),
            "unknown setting `nothing.like.it`; tables of this job are `db.out`, `orders`; settings are "
            "`changelog.slice-size`, `changelog.snapshot-size`, `commit.interval`, `memory.budget`, "
            "`parallelism.default`, `pipeline.name`, "
            "`session.allowed-lateness`, `table.exec.source.idle-timeout`, `transaction.timeout`");
}

TEST(Settings, ReferencesAreResolved) {
  const tests::TemporaryDirectory directory;
  const std::string secret = directory.write("secret", "s3cret\n");
  setenv("WEIR_TEST_PATH", "from-${env:X}", 1);  // what a reference gives is not looked at again
  Manifest manifest = two_tables();
  manifest.scans[0].options[1].second = "a/${env:WEIR_TEST_PATH}/${file:" + secret + "}.json";
  ASSERT_TRUE(resolve_references(manifest));
  EXPECT_EQ(manifest.scans[0].options[1].second, "a/from-${env:X}/s3cret.json");
}

TEST(Settings, ReferencesThatLeadNowhereAreNamed) {
  const auto error = [](const std::string& value) {
    Manifest manifest = two_tables();
    manifest.scans[0].options[1].second = value;
    const auto done = resolve_references(manifest);
    return done ? "" : done.error().text;
  };
  unsetenv("WEIR_TEST_NONE");
  EXPECT_EQ(error("${env:WEIR_TEST_NONE}"),
            "table `orders`, option `path`: the environment has no variable `WEIR_TEST_NONE`");
  EXPECT_EQ(error("${file:/none/x}"),
            "table `orders`, option `path`: cannot read `/none/x`: no such file or directory");
  EXPECT_EQ(error("${vault:x}"),
            "table `orders`, option `path`: unknown reference `${vault:x}`; known are "
            "`${env:NAME}` and `${file:PATH}`");
  EXPECT_EQ(
      error("x${y}"),
      "table `orders`, option `path`: `${y}` is no reference; known are `${env:NAME}` and `${file:PATH}`");
}

TEST(Settings, NumbersSizesAndDurations) {
  const Options options{{"n", "12"}, {"zero", "0"}, {"text", "x"}, {"size", "2 KB"}, {"time", "3 min"}};
  EXPECT_EQ(number_or(options, "n", 1, 1).value(), 12u);
  EXPECT_EQ(number_or(options, "none", 7, 1).value(), 7u);
  EXPECT_EQ(number_or(options, "zero", 1, 1).error().text,
            "`zero` is `0`, which is no whole number of at least 1");
  EXPECT_EQ(number_or(options, "text", 1, 1).error().text,
            "`text` is `x`, which is no whole number of at least 1");
  EXPECT_EQ(bytes_or(options, "size", 1).value(), 2048u);
  EXPECT_EQ(bytes_or(options, "text", 1).error().text, "`text` is `x`, which is no size such as `128 MB`");
  EXPECT_EQ(duration_ms_or(options, "time", 1).value(), 180'000);
  EXPECT_EQ(duration_ms_or(options, "text", 1).error().text,
            "`text` is `x`, which is no duration such as `5 s`");
}

}  // namespace
}  // namespace weir::job
