// How far aggregates and LATE have come.
#include "runtime/job/run/operators.h"

#include <deque>
#include <memory>

#include <gtest/gtest.h>

namespace weir::job {
namespace {

class Silent : public connectors::Partition {
 public:
  const std::string& name() const override { return name_; }
  connectors::Result<connectors::Batch> read(connectors::ReadBuffer&) override { return connectors::Batch{}; }
  bool ready(int) override { return has_data; }
  uint64_t bytes_total() const override { return 0; }
  bool has_data = true;

 private:
  std::string name_ = "silent";
};

class Clock : public time::Clock {
 public:
  int64_t wall_us() override { return now_us; }
  int64_t monotonic_us() override { return now_us; }
  void sleep_us(int64_t duration_us) override { now_us += duration_us; }
  int64_t now_us = 1;
};

// An aggregate without windows and LATE over the same two scans.
class Operation : public testing::Test {
 protected:
  Operation() : program_{abi::kAbiVersion, 0, nullptr, nullptr, 0}, entries_(program_), schedule_(2, clock_) {
    ManifestOperator op;
    op.upstream_scans = {0, 1};
    manifest_.operators.push_back(op);
    manifest_.lates.push_back({0, {0, 1}, {}});
    manifest_.lates.push_back({0, {0}, {}});
    operators_ = std::make_unique<Operators>(manifest_, entries_, OperatorSettings{.lanes = 1}, budget_);
    for (const uint32_t scan : {0, 0, 1}) {
      PartitionRun& run = runs_.emplace_back();
      run.input = std::make_unique<Silent>();
      run.scan = scan;
      run.number = static_cast<uint32_t>(runs_.size());
      run.idle_timeout_us = 1000;
    }
    for (PartitionRun& run : runs_) {
      schedule_.add(run);
      silent(run, true);
    }
  }

  static void silent(PartitionRun& run, bool is) { static_cast<Silent&>(*run.input).has_data = !is; }
  PartitionRun* take(PartitionRun& run) {
    silent(run, false);
    PartitionRun* taken = schedule_.take(0);
    silent(run, true);
    EXPECT_EQ(taken, &run);
    return taken;
  }
  void give(PartitionRun& run, int64_t watermark) {
    take(run)->watermark = watermark;
    run.idle = false;
    schedule_.put_back(run);
    operators_->advance(schedule_, &context_, 0);
  }
  int64_t reached() { return (*operators_)[0].reached; }
  int64_t late(size_t at) { return operators_->lates()[at].reached; }

  Manifest manifest_;
  abi::Program program_;
  EntryPoints entries_;
  state::MemoryBudget budget_;
  abi::Context context_{};
  Clock clock_;
  Schedule schedule_;
  std::unique_ptr<Operators> operators_;
  std::deque<PartitionRun> runs_;
};

TEST_F(Operation, LateHasComeAsFarAsTheAggregateOverTheSameInput) {
  give(runs_[0], 10);
  give(runs_[1], 20);
  EXPECT_EQ(reached(), abi::kNoWatermark);
  EXPECT_EQ(late(0), abi::kNoWatermark);
  EXPECT_EQ(late(1), 10);
  give(runs_[2], 5);
  EXPECT_EQ(reached(), 5);
  EXPECT_EQ(late(0), 5);
  EXPECT_EQ(late(1), 10);
}

TEST_F(Operation, NothingRisesWhileAPartitionComesBack) {
  give(runs_[0], 10);
  give(runs_[1], 20);
  give(runs_[2], 30);
  runs_[0].silent_since_us = clock_.now_us;
  clock_.now_us += 1'000'000;
  give(runs_[1], 40);
  EXPECT_EQ(reached(), 30);  // without the idle one
  take(runs_[0]);
  runs_[0].idle = false;
  give(runs_[1], 50);
  give(runs_[2], 60);
  EXPECT_EQ(reached(), 30);
  EXPECT_EQ(late(0), 30);
  EXPECT_EQ(late(1), 40);
  runs_[0].watermark = 70;
  schedule_.put_back(runs_[0]);
  operators_->advance(schedule_, &context_, 0);
  EXPECT_EQ(reached(), 50);
  EXPECT_EQ(late(0), 50);
  EXPECT_EQ(late(1), 50);
}

TEST_F(Operation, WatermarksNeverFall) {
  give(runs_[0], 10);
  give(runs_[1], 20);
  give(runs_[2], 30);
  runs_[0].silent_since_us = clock_.now_us;
  clock_.now_us += 1'000'000;
  give(runs_[1], 40);
  give(runs_[0], 12);
  EXPECT_EQ(schedule_.watermark(0), 12);
  EXPECT_EQ(reached(), 30);
  EXPECT_EQ(late(0), 30);
  EXPECT_EQ(late(1), 40);
}

TEST_F(Operation, LateGoesOnAfterARestartWhereTheAggregateDoes) {
  (*operators_)[0].reached = 30;
  operators_->restore_lates();
  EXPECT_EQ(late(0), 30);
  EXPECT_EQ(late(1), abi::kNoWatermark);  // nobody over the same input
  for (PartitionRun& run : runs_) {
    give(run, 12);
  }
  EXPECT_EQ(late(0), 30);
  EXPECT_EQ(late(1), 12);
}

}  // namespace
}  // namespace weir::job
