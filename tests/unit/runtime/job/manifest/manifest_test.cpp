#include "runtime/job/manifest/manifest.h"

#include <gtest/gtest.h>

namespace weir::job {
namespace {

Manifest full_manifest() {
  Manifest manifest;
  manifest.weir_version = "0.1";
  manifest.job_name = "sales";
  manifest.source_name = "sales.stream";
  ManifestScan scan;
  scan.table = "orders";
  scan.pipeline = 3;
  scan.columns.push_back({"amount", 8, 10, 2, true, abi::Carrier::I64, 16, false, "DECIMAL(10, 2)"});
  scan.row_bytes = 48;
  scan.event_time_column = -1;
  scan.has_watermark = true;
  scan.watermark_delay_ms = 4000;
  scan.route_rejected = true;
  scan.rejected_pipeline = 4;
  scan.options = {{"path", "x"}, {"connector", "filesystem"}};
  scan.messages = true;
  scan.value_format = MessageFormat::Raw;
  scan.key_format = MessageFormat::Raw;
  scan.key_columns = {1, 4};
  scan.key_names = {"id"};
  scan.with_headers = true;
  manifest.scans.push_back(scan);
  ManifestOperator op;
  op.id = 1;
  op.name = "Aggregate";
  op.windowing = Windowing::Session;
  op.window_kind = 3;
  op.size_ms = -1;
  op.slide_ms = INT64_MAX;
  op.offset_ms = INT64_MIN;
  op.pane_ms = 7;
  op.processing_time = true;
  op.entry_bytes = 32;
  op.key_count = 2;
  op.keys = {{"k", 3, 1, 2, true, abi::Carrier::I16, 8, true, "SMALLINT"}};
  op.invertible = true;
  op.incremental = false;
  op.append_only = true;
  op.output_pipeline = 9;
  op.upstream_scans = {0, 5};
  op.upstream_operators = {2};
  op.ordered = false;
  op.fingerprint = UINT64_MAX - 1;
  op.fingerprint_parts = 0x1234567890abcdef;
  op.recovery = commit::RecoveryMode::Changelog;
  op.recovery_reason = "because";
  op.state_layout = 77;
  manifest.operators.push_back(op);
  manifest.consumers.push_back({6, 7, ConsumerKernel::WriteChanges, 8, {0, 1}});
  manifest.lates.push_back({3, {1, 2}, {4}});
  ManifestSink sink;
  sink.id = 2;
  sink.label = "print";
  sink.table = "out";
  sink.options = {{"a", ""}};
  sink.changes = true;
  sink.framed = true;
  sink.upsert = true;
  sink.key_columns = {3};
  manifest.sinks.push_back(sink);
  manifest.inserts = {"INSERT INTO out", ""};
  manifest.expressions.push_back({"a / b", 12, 8});
  manifest.settings = {{"parallelism.default", "2"}};
  return manifest;
}

TEST(Manifest, ComesBackAsItWas) {
  const Manifest manifest = full_manifest();
  const std::string bytes = serialize(manifest);
  const auto read = deserialize(bytes);
  ASSERT_TRUE(read.has_value()) << read.error();
  EXPECT_EQ(serialize(*read), bytes);
  EXPECT_EQ(read->job_name, "sales");
  EXPECT_EQ(read->scans[0].columns[0].sql_type, "DECIMAL(10, 2)");
  EXPECT_EQ(read->scans[0].columns[0].offset, 16u);
  EXPECT_FALSE(read->scans[0].columns[0].decoded);
  EXPECT_EQ(read->scans[0].event_time_column, -1);
  EXPECT_EQ(read->scans[0].options, manifest.scans[0].options);
  EXPECT_EQ(read->operators[0].size_ms, -1);
  EXPECT_EQ(read->operators[0].slide_ms, INT64_MAX);
  EXPECT_EQ(read->operators[0].offset_ms, INT64_MIN);
  EXPECT_EQ(read->operators[0].upstream_scans, (std::vector<uint32_t>{0, 5}));
  EXPECT_FALSE(read->operators[0].ordered);
  EXPECT_TRUE(read->scans[0].messages);
  EXPECT_EQ(read->scans[0].watermark_delay_ms, 4000);
  EXPECT_EQ(read->scans[0].value_format, MessageFormat::Raw);
  EXPECT_EQ(read->scans[0].key_columns, (std::vector<uint32_t>{1, 4}));
  EXPECT_EQ(read->scans[0].key_names, (std::vector<std::string>{"id"}));
  EXPECT_TRUE(read->scans[0].with_headers);
  EXPECT_EQ(read->operators[0].fingerprint, UINT64_MAX - 1);
  EXPECT_EQ(read->operators[0].fingerprint_parts, 0x1234567890abcdefu);
  EXPECT_EQ(read->operators[0].recovery, commit::RecoveryMode::Changelog);
  EXPECT_EQ(read->operators[0].recovery_reason, "because");
  EXPECT_EQ(read->operators[0].state_layout, 77u);
  EXPECT_EQ(read->consumers[0].kernel, ConsumerKernel::WriteChanges);
  EXPECT_EQ(read->consumers[0].inserts, (std::vector<uint32_t>{0, 1}));
  EXPECT_EQ(read->lates[0].pipeline, 3u);
  EXPECT_EQ(read->lates[0].upstream_scans, (std::vector<uint32_t>{1, 2}));
  EXPECT_EQ(read->lates[0].upstream_operators, (std::vector<uint32_t>{4}));
  EXPECT_TRUE(read->sinks[0].changes);
  EXPECT_TRUE(read->sinks[0].framed);
  EXPECT_TRUE(read->sinks[0].upsert);
  EXPECT_EQ(read->sinks[0].key_columns, (std::vector<uint32_t>{3}));
  EXPECT_EQ(read->expressions[0].column, 8u);
  EXPECT_EQ(read->settings, manifest.settings);
}

TEST(Manifest, CutOrLengthenedBytesAreRefused) {
  const std::string bytes = serialize(full_manifest());
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(deserialize(std::string_view(bytes).substr(0, size)).has_value()) << size;
  }
  EXPECT_EQ(deserialize(bytes + "x").error(), "bytes follow the end of the manifest");
  std::string other = bytes;
  other[0] = 9;
  EXPECT_EQ(deserialize(other).error(), "the manifest has version 9, this runtime reads version 4");
}

}  // namespace
}  // namespace weir::job
