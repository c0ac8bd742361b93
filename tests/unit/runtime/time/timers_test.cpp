#include "runtime/time/timers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace weir::time {
namespace {

std::vector<int64_t> taken(Timers& timers, int64_t now) {
  std::vector<Timer> due;
  take_due(timers, now, due);
  std::vector<int64_t> times;
  for (const Timer& timer : due) times.push_back(timer.time);
  std::sort(times.begin(), times.end());
  return times;
}

TEST(Timers, AreDueAtTheirTime) {
  Timers timers;
  for (int64_t time : {-5, -1, 0, 1, 7, 1000}) add_timer(timers, {time, 0});
  EXPECT_EQ(taken(timers, -6), (std::vector<int64_t>{}));
  EXPECT_EQ(taken(timers, -5), (std::vector<int64_t>{-5}));
  EXPECT_EQ(taken(timers, 0), (std::vector<int64_t>{-1, 0}));
  EXPECT_EQ(taken(timers, 999), (std::vector<int64_t>{1, 7}));
  add_timer(timers, {3, 0});
  EXPECT_EQ(taken(timers, 999), (std::vector<int64_t>{3}));
  EXPECT_EQ(taken(timers, INT64_MAX), (std::vector<int64_t>{1000}));
  EXPECT_EQ(timers.count, 0u);
}

TEST(Timers, AgreeWithASortedSet) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    std::mt19937_64 random(seed);
    Timers timers;
    std::multiset<int64_t> expected;
    int64_t now = seed % 2 ? -100'000 : 1'767'225'600'000;
    for (int step = 0; step < 2000; ++step) {
      const int64_t time = now + static_cast<int64_t>(random() % (uint64_t{1} << (random() % 40)));
      add_timer(timers, {time, static_cast<uint32_t>(step)});
      expected.insert(time);
      if (random() % 3 != 0) continue;
      now += static_cast<int64_t>(random() % (uint64_t{1} << (random() % 20)));
      const std::vector<int64_t> due(expected.begin(), expected.upper_bound(now));
      ASSERT_EQ(taken(timers, now), due);
      expected.erase(expected.begin(), expected.upper_bound(now));
      ASSERT_EQ(timers.count, expected.size());
    }
  }
}

}  // namespace
}  // namespace weir::time
