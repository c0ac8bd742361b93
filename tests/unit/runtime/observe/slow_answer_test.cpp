#include "runtime/observe/slow_answer.h"

#include <gtest/gtest.h>

namespace weir::observe {
namespace {

using namespace std::chrono_literals;

TEST(SlowAnswer, IsSaidOnce) {
  std::mutex mutex;
  std::condition_variable changed;
  std::string said;
  {
    const SlowAnswer slow("waiting\n", 1ms, [&](std::string_view line) {
      const std::lock_guard lock(mutex);
      said += line;
      changed.notify_one();
    });
    std::unique_lock lock(mutex);
    EXPECT_TRUE(changed.wait_for(lock, 60s, [&] { return !said.empty(); }));
  }
  EXPECT_EQ(said, "waiting\n");
}

TEST(SlowAnswer, SaysNothingWhenItIsOverBefore) {
  std::string said;
  const auto begin = std::chrono::steady_clock::now();
  {
    const SlowAnswer slow("waiting\n", 1h, [&](std::string_view line) { said += line; });
  }
  EXPECT_EQ(said, "");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 10min);
}

}  // namespace
}  // namespace weir::observe
