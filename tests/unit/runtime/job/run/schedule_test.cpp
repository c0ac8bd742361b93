#include "runtime/job/run/schedule.h"

#include <deque>

#include <gtest/gtest.h>

namespace weir::job {
namespace {

class Fake : public connectors::Partition {
 public:
  const std::string& name() const override { return name_; }
  connectors::Result<connectors::Batch> read(connectors::ReadBuffer&) override { return connectors::Batch{}; }
  bool ready(int) override { return has_data; }
  uint64_t bytes_total() const override { return 0; }
  bool has_data = true;

 private:
  std::string name_ = "fake";
};

class Clock : public time::Clock {
 public:
  int64_t wall_us() override { return now_us; }
  int64_t monotonic_us() override { return now_us; }
  void sleep_us(int64_t duration_us) override { now_us += duration_us; }
  int64_t now_us = 1;
};

struct Partitions {
  explicit Partitions(uint32_t count, uint32_t scans = 1, int64_t idle_timeout_us = 0)
      : schedule(scans, clock) {
    for (uint32_t i = 0; i < count; ++i) {
      PartitionRun& run = runs.emplace_back();
      run.input = std::make_unique<Fake>();
      run.scan = i % scans;
      run.number = i / scans;
      run.idle_timeout_us = idle_timeout_us;
    }
    for (PartitionRun& run : runs) {
      schedule.add(run);
    }
  }
  Fake& fake(size_t i) { return static_cast<Fake&>(*runs[i].input); }
  void advance(PartitionRun* run, int64_t watermark, bool finished = false) {
    run->watermark = watermark;
    run->finished = finished;
    schedule.put_back(*run);
  }
  std::deque<PartitionRun> runs;
  Clock clock;
  Schedule schedule;
};

TEST(Schedule, LowestWatermarkFirstThenNumber) {
  Partitions p(3);
  for (const int64_t watermark : {30, 10, 20}) {  // none has been read: in order of number
    p.advance(p.schedule.take(0), watermark);
  }
  EXPECT_EQ(p.schedule.watermark(0), 10);
  EXPECT_EQ(p.schedule.holder(0), &p.runs[1]);
  PartitionRun* lowest = p.schedule.take(0);
  EXPECT_EQ(lowest, &p.runs[1]);
  EXPECT_EQ(p.schedule.take(0), &p.runs[2]);
  EXPECT_EQ(p.schedule.watermark(0), 10);  // also while it is being read
  p.advance(lowest, 40);
  EXPECT_EQ(p.schedule.watermark(0), 20);
}

TEST(Schedule, NothingWaitsForASilentPartition) {
  Partitions p(2);
  p.fake(0).has_data = false;
  EXPECT_EQ(p.schedule.take(0), &p.runs[1]);
  EXPECT_EQ(p.schedule.take(0), nullptr);
  p.advance(&p.runs[1], 5);
  EXPECT_EQ(p.schedule.watermark(0), abi::kNoWatermark);  // but it holds the watermark
  EXPECT_EQ(p.schedule.holder(0), &p.runs[0]);
}

constexpr int64_t kIdleUs = 1'000'000;

TEST(Schedule, IdlePartitionsHoldNoWatermarkUntilTheyGiveSomething) {
  Partitions p(2, 1, kIdleUs);
  p.advance(p.schedule.take(0), 7);
  p.advance(p.schedule.take(0), 9);
  p.fake(0).has_data = p.fake(1).has_data = false;
  p.runs[0].silent_since_us = p.clock.now_us;
  p.clock.now_us += kIdleUs - 1;
  EXPECT_EQ(p.schedule.take(0), nullptr);
  EXPECT_EQ(p.schedule.watermark(0), 7);
  p.clock.now_us += kIdleUs / 10;
  EXPECT_EQ(p.schedule.take(0), nullptr);
  EXPECT_EQ(p.schedule.watermark(0), 9);
  p.fake(0).has_data = true;
  PartitionRun* back = p.schedule.take(0);
  back->idle = false;
  p.advance(back, 8);
  EXPECT_EQ(p.schedule.watermark(0), 8);
}

TEST(Schedule, APartitionThatIsReadAfterItWasIdleIsReturning) {
  Partitions p(2, 1, kIdleUs);
  p.advance(p.schedule.take(0), 7);
  p.advance(p.schedule.take(0), 9);
  p.runs[0].silent_since_us = p.clock.now_us;
  p.fake(0).has_data = false;
  p.clock.now_us += 2 * kIdleUs;
  p.advance(p.schedule.take(0), 20);
  std::vector<ScanProgress> progress;
  p.schedule.progress(progress);
  EXPECT_EQ(progress[0].watermark, 20);
  EXPECT_FALSE(progress[0].returning);
  EXPECT_FALSE(progress[0].finished);
  p.fake(0).has_data = true;
  p.fake(1).has_data = false;
  PartitionRun* back = p.schedule.take(0);
  ASSERT_EQ(back, &p.runs[0]);
  back->idle = false;  // what it gives is being worked on
  p.schedule.progress(progress);
  EXPECT_TRUE(progress[0].returning);
  p.advance(back, 8);
  p.schedule.progress(progress);
  EXPECT_EQ(progress[0].watermark, 8);
  EXPECT_FALSE(progress[0].returning);
}

TEST(Schedule, APartitionBecomesIdleWhileAnotherIsBusy) {
  Partitions p(2, 1, kIdleUs);
  p.advance(p.schedule.take(0), 7);
  p.advance(p.schedule.take(0), 9);
  p.fake(0).has_data = false;
  p.runs[0].silent_since_us = p.clock.now_us;
  for (int batch = 0; batch < 3; ++batch) {
    EXPECT_EQ(p.schedule.watermark(0), 7);
    PartitionRun* busy = p.schedule.take(0);
    ASSERT_EQ(busy, &p.runs[1]);
    p.clock.now_us += kIdleUs / 2;
    p.advance(busy, 10 + batch);
  }
  p.schedule.take(0);
  EXPECT_EQ(p.schedule.watermark(0), 12);
}

TEST(Schedule, WhatHasComeInTimeIsReadBeforeAPartitionIsIdle) {
  Partitions p(2, 1, kIdleUs);
  p.runs[0].silent_since_us = p.runs[1].silent_since_us = p.clock.now_us;
  p.clock.now_us += 2 * kIdleUs;
  EXPECT_EQ(p.schedule.take(0), &p.runs[0]);
  EXPECT_FALSE(p.runs[1].idle);
}

TEST(Schedule, FinishedPartitionsLeaveTheMinimum) {
  Partitions p(2);
  p.advance(p.schedule.take(0), 7, true);
  EXPECT_EQ(p.schedule.watermark(0), abi::kNoWatermark);
  EXPECT_FALSE(p.schedule.finished());
  p.advance(p.schedule.take(0), 3, true);
  EXPECT_TRUE(p.schedule.finished());
  EXPECT_EQ(p.schedule.watermark(0), abi::kEndOfTime);
  EXPECT_EQ(p.schedule.take(0), nullptr);
}

TEST(Schedule, ScansDoNotWaitForEachOther) {
  Partitions p(2, 2);
  p.advance(p.schedule.take(0), 9);
  EXPECT_EQ(p.schedule.watermark(0), 9);
  EXPECT_EQ(p.schedule.watermark(1), abi::kNoWatermark);
}

TEST(Schedule, AScanWithoutPartitionsIsAtItsEnd) {
  Partitions p(1, 2);
  EXPECT_EQ(p.schedule.watermark(1), abi::kEndOfTime);
}

// Two partitions at 0 of which each batch covers 100 ms.
struct Even : Partitions {
  explicit Even(uint32_t scans = 1) : Partitions(2, scans) {
    advance(schedule.take(0), 0);
    advance(schedule.take(0), 0);
    runs[0].step = runs[1].step = 100;
  }
};

TEST(Schedule, NoneDrawsAwayFromOneThatIsAtWork) {
  Even p;
  ASSERT_EQ(p.schedule.take(0), &p.runs[0]);
  ASSERT_EQ(p.schedule.take(0), &p.runs[1]);
  p.advance(&p.runs[1], 200);
  ASSERT_EQ(p.schedule.take(0), &p.runs[1]);
  p.advance(&p.runs[1], 300);
  EXPECT_EQ(p.schedule.take(0), nullptr);
  p.advance(&p.runs[0], 100);
  EXPECT_EQ(p.schedule.take(0), &p.runs[0]);
  EXPECT_EQ(p.schedule.take(0), &p.runs[1]);
}

TEST(Schedule, NobodyWaitsForOneThatIsNotAtWork) {
  Even p;
  p.advance(p.schedule.take(0), 300);
  p.fake(1).has_data = false;
  EXPECT_EQ(p.schedule.take(0), &p.runs[0]);
}

TEST(Schedule, WhatIsFarAheadDoesNotWait) {
  Even p;
  p.advance(p.schedule.take(0), 25'600);
  ASSERT_EQ(p.schedule.take(0), &p.runs[1]);
  EXPECT_EQ(p.schedule.take(0), nullptr);
  p.advance(&p.runs[1], 0);
  p.advance(p.schedule.take(0), -100'000);
  p.runs[1].step = 100;
  ASSERT_EQ(p.schedule.take(0), &p.runs[1]);
  EXPECT_EQ(p.schedule.take(0), &p.runs[0]);
}

TEST(Schedule, PartitionsOfOtherTablesAreNotWaitedFor) {
  Even p(2);
  p.advance(p.schedule.take(0), 300);
  ASSERT_EQ(p.schedule.take(0), &p.runs[1]);
  EXPECT_EQ(p.schedule.take(0), &p.runs[0]);
}

}  // namespace
}  // namespace weir::job
