// What /metrics and the line on a terminal say of the partitions of a topic.
#include <gtest/gtest.h>

#include "runtime/job/report/progress.h"
#include "runtime/job/run/job_metrics.h"
#include "runtime/job/run/run.h"
#include "tests/unit/runtime/job/fake_log.h"

namespace weir::job {
namespace {

constexpr int64_t kEightMs = 1'767'254'400'000;  // 2026-01-01 08:00:00

class Reader : public connectors::LogReader {
 public:
  Reader(int64_t position, int64_t end) : position_(position), end_(end) {}
  connectors::Result<uint32_t> fetch(std::span<abi::MessageInfo>, int) override { return 0; }
  bool ready(int) override { return false; }
  int64_t position() const override { return position_; }
  bool at_end() const override { return true; }
  int64_t end() const override { return end_; }

 private:
  int64_t position_, end_;
};

class Clock : public time::Clock {
 public:
  int64_t wall_us() override { return kEightMs * 1000 + 60'000'000; }
  int64_t monotonic_us() override { return now_us; }
  void sleep_us(int64_t) override {}
  int64_t now_us = 1;
};

Manifest manifest_of_job() {
  Manifest manifest;
  manifest.job_name = "sales";
  ManifestScan scan;
  scan.table = "orders";
  scan.has_watermark = true;
  scan.options = {{"connector", "kafka"}, {"topic", "orders"}};
  manifest.scans.push_back(scan);
  return manifest;
}

// A job that reads partitions 0 and 1 of topic `orders`; nothing runs.
class PartitionMetrics : public testing::Test {
 protected:
  PartitionMetrics() {
    run_.clock = &clock_;
    run_.metrics = &metrics_;
    run_.operators =
        std::make_unique<Operators>(run_.manifest, run_.entries, OperatorSettings{.lanes = 1}, run_.budget);
    run_.schedule = std::make_unique<Schedule>(1, clock_);
    run_.logs.push_back({.scan = 0, .consumer = nullptr, .source = nullptr});
    add(0, 100, 130, kEightMs + 5'000);
    add(1, 40, 40, kEightMs);
  }

  void add(int32_t number, int64_t position, int64_t end, int64_t watermark) {
    PartitionRun& partition = run_.partitions.emplace_back();
    auto input = std::make_unique<connectors::LogPartition>(
        connectors::TopicPartition{"orders", number}, std::make_unique<Reader>(position, end), position, -1);
    partition.log = input.get();
    partition.input = std::move(input);
    partition.number = static_cast<uint32_t>(number);
    partition.watermark = partition.published = watermark;
    partition.record.position = position + 7;
  }
  void show() {
    for (PartitionRun& partition : run_.partitions) run_.schedule->add(partition);
    metrics_.show(run_);
    for (PartitionRun& partition : run_.partitions) {
      metrics_.note_batch(run_, partition, {.records = 10, .bytes = 500, .rejected = 1, .without_value = 2});
    }
    text_ = metrics_.text();
  }
  void expect(const std::string& line) const {
    EXPECT_NE(text_.find("\n" + line + "\n"), std::string::npos) << line << "\nis not in\n" << text_;
  }
  void expect_no(const std::string& begin) const {
    EXPECT_EQ(text_.find("\n" + begin), std::string::npos) << begin << "\nis in\n" << text_;
  }

  Clock clock_;
  abi::Program program_{};
  RunOptions options_;
  const Manifest manifest_ = manifest_of_job();
  JobMetrics metrics_{manifest_, clock_};
  job::Run run_{manifest_, program_, options_};
  std::string text_;
};

TEST_F(PartitionMetrics, SayWhereEachIsAndHowFarBehind) {
  show();
  expect("weir_records_in_total{table=\"orders\",topic=\"orders\",partition=\"0\"} 10");
  expect("weir_bytes_in_total{table=\"orders\",topic=\"orders\",partition=\"1\"} 500");
  expect("weir_records_rejected_total{table=\"orders\",topic=\"orders\",partition=\"0\"} 1");
  expect("weir_records_without_value_total{table=\"orders\",topic=\"orders\",partition=\"0\"} 2");
  expect("weir_position_offset{table=\"orders\",topic=\"orders\",partition=\"0\"} 100");
  expect("weir_lag_records{table=\"orders\",topic=\"orders\",partition=\"0\"} 30");
  expect("weir_lag_records{table=\"orders\",topic=\"orders\",partition=\"1\"} 0");
  expect(
      "weir_partition_watermark_timestamp_seconds{table=\"orders\",topic=\"orders\",partition=\"0\"} "
      "1767254405");
  EXPECT_EQ(metrics_.lag(), 30);
}

TEST_F(PartitionMetrics, SayThatNoEndIsKnown) {
  run_.partitions.clear();
  add(0, 100, connectors::kNoOffset, abi::kNoWatermark);
  show();
  expect("weir_lag_records{table=\"orders\",topic=\"orders\",partition=\"0\"} -1");
  expect_no("weir_partition_watermark_timestamp_seconds{");
  EXPECT_EQ(metrics_.lag(), std::nullopt);
}

TEST_F(PartitionMetrics, NameThePartitionThatHoldsTheWatermark) {
  show();
  expect("weir_watermark_holder{table=\"orders\",topic=\"orders\",partition=\"1\"} 1");
  expect_no("weir_watermark_holder{table=\"orders\",topic=\"orders\",partition=\"0\"}");
  expect("weir_watermark_timestamp_seconds{table=\"orders\"} 1767254400");
  expect("weir_watermark_lag_seconds{table=\"orders\"} 60");
}

TEST_F(PartitionMetrics, AnIdlePartitionHoldsNone) {
  run_.partitions[1].idle = true;
  show();
  expect("weir_partition_idle{table=\"orders\",topic=\"orders\",partition=\"0\"} 0");
  expect("weir_partition_idle{table=\"orders\",topic=\"orders\",partition=\"1\"} 1");
  expect("weir_watermark_holder{table=\"orders\",topic=\"orders\",partition=\"0\"} 1");
  expect("weir_watermark_timestamp_seconds{table=\"orders\"} 1767254405");
}

TEST_F(PartitionMetrics, TheWatermarkStaysWhenAllAreIdle) {
  for (PartitionRun& partition : run_.partitions) {
    partition.idle_timeout_us = 1'000'000;
    partition.silent_since_us = 1;
  }
  for (PartitionRun& partition : run_.partitions) run_.schedule->add(partition);
  metrics_.show(run_);
  clock_.now_us += 2'000'000;
  EXPECT_EQ(run_.schedule->take(0), nullptr);
  ASSERT_EQ(run_.schedule->watermark(0), abi::kEndOfTime);
  text_ = metrics_.text();
  expect("weir_watermark_timestamp_seconds{table=\"orders\"} 1767254400");
  expect("weir_watermark_lag_seconds{table=\"orders\"} 60");
  expect_no("weir_watermark_holder{");
}

TEST_F(PartitionMetrics, TheWatermarkOfIdlePartitionsIsThereAfterAStart) {
  for (PartitionRun& partition : run_.partitions) partition.idle = true;
  show();
  expect("weir_watermark_timestamp_seconds{table=\"orders\"} 1767254405");
}

// Nothing is read: readers hear nothing of the end then.
TEST_F(PartitionMetrics, TheLagGrowsAlsoWhileNothingIsRead) {
  tests::FakeLog log;
  log.topics["orders"] = {{0, 130}, {0, 40}};
  run_.logs[0].consumer = *log.make_consumer({}, "");
  show();
  expect("weir_lag_records{table=\"orders\",topic=\"orders\",partition=\"1\"} 0");
  log.topics["orders"] = {{0, 130}, {0, 75}};
  for (int look = 0; look < 2; ++look) {  // the answer is seen at the next look
    clock_.now_us += 2'000'000;
    text_ = metrics_.text();
  }
  expect("weir_lag_records{table=\"orders\",topic=\"orders\",partition=\"0\"} 30");
  expect("weir_lag_records{table=\"orders\",topic=\"orders\",partition=\"1\"} 35");
  EXPECT_EQ(metrics_.lag(), 65);
  log.topics["orders"] = {{0, 130}, {0, 50}};  // of committed records alone
  for (int look = 0; look < 2; ++look) {
    clock_.now_us += 2'000'000;
    EXPECT_EQ(metrics_.lag(), 65);
  }
}

TEST_F(PartitionMetrics, AreThereBeforeTheFirstBatch) {
  run_.partitions[1].idle = true;
  run_.replaying = true;
  for (PartitionRun& partition : run_.partitions) run_.schedule->add(partition);
  metrics_.show(run_);
  text_ = metrics_.text();
  expect("weir_position_offset{table=\"orders\",topic=\"orders\",partition=\"0\"} 100");
  expect("weir_partition_idle{table=\"orders\",topic=\"orders\",partition=\"1\"} 1");
  expect("weir_replay_remaining_records{table=\"orders\",topic=\"orders\",partition=\"1\"} 7");
}

TEST_F(PartitionMetrics, SayHowFarReplayHasCome) {
  run_.replaying = true;
  show();
  expect("weir_records_in_total{table=\"orders\",topic=\"orders\",partition=\"0\"} 0");
  expect("weir_records_replayed_total{table=\"orders\",topic=\"orders\",partition=\"0\"} 10");
  expect("weir_replay_remaining_records{table=\"orders\",topic=\"orders\",partition=\"0\"} 7");
  run_.replaying = false;
  metrics_.show(run_);
  text_ = metrics_.text();
  expect("weir_replay_remaining_records{table=\"orders\",topic=\"orders\",partition=\"0\"} 0");
  expect("weir_records_replayed_total{table=\"orders\",topic=\"orders\",partition=\"0\"} 10");
}

TEST_F(PartitionMetrics, AreOneLineOnATerminal) {
  std::string said;
  observe::Report report([&](std::string_view text) { said += text; });
  run_.report = &report;
  Progress progress(run_);
  const auto line = [&] {
    said.clear();
    clock_.now_us += 2'000'000;
    progress.tick();
    return said;
  };
  show();
  EXPECT_NE(line().find("0 B, 0 rows/s, watermark 2026-01-01 08:00:00, 30 records behind"), std::string::npos)
      << said;
  EXPECT_EQ(said.find("idle"), std::string::npos) << said;
  run_.commit = std::make_unique<CommitRun>();
  metrics_.note_commit(1);
  run_.partitions[1].figures->idle.store(true);
  EXPECT_NE(line().find(", 30 records behind, 1 commit, 1 partition idle"), std::string::npos) << said;
  run_.replaying = true;
  run_.partitions[0].figures->replay_left.store(7);
  EXPECT_NE(line().find("watermark 2026-01-01 08:00:00, 7 records to be read again"), std::string::npos)
      << said;
}

TEST_F(PartitionMetrics, AHeldWatermarkIsExplainedAfterTenSeconds) {
  std::string said;
  observe::Report report([&](std::string_view text) { said += text; });
  run_.report = &report;
  ManifestOperator windows;
  windows.windowing = Windowing::Sliced;
  run_.manifest.operators.push_back(windows);
  Progress progress(run_);
  for (PartitionRun& partition : run_.partitions) run_.schedule->add(partition);
  clock_.now_us += 9'000'000;
  progress.tick();
  EXPECT_EQ(said.find("held by"), std::string::npos) << said;
  clock_.now_us += 2'000'000;
  progress.tick();
  EXPECT_NE(said.find(", no window for 11 s: held by `orders[1]`"), std::string::npos) << said;
}

}  // namespace
}  // namespace weir::job
