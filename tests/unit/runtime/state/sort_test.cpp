#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>
#include <numeric>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "runtime/state/panes.h"

namespace weir::state {
namespace {

struct Threads {
  std::mutex mutex;
  std::set<std::thread::id> seen;
};

// Equal to std::sort for every number of items and threads; `environment` may note who compares.
int32_t compare(const void* a, const void* b, const void* environment) {
  if (environment != nullptr) {
    auto* threads = static_cast<Threads*>(const_cast<void*>(environment));
    const std::lock_guard lock(threads->mutex);
    threads->seen.insert(std::this_thread::get_id());
  }
  const int one = *static_cast<const int*>(a);
  const int other = *static_cast<const int*>(b);
  return one < other ? -1 : one > other ? 1 : 0;
}

TEST(Sort, IsTheSameForEveryNumberOfThreads) {
  std::mt19937_64 random(1);
  for (const size_t count : {size_t{0}, size_t{1}, size_t{2}, size_t{1000}, size_t{32768}, size_t{50001},
                             size_t{65539}, size_t{150000}}) {
    std::vector<int> numbers(count);
    std::iota(numbers.begin(), numbers.end(), 0);
    std::vector<const void*> shuffled;
    for (const int& number : numbers) shuffled.push_back(&number);
    std::vector<const void*> expected = shuffled;
    std::shuffle(shuffled.begin(), shuffled.end(), random);
    for (const uint32_t threads : {0, 1, 2, 3, 4, 9}) {
      std::vector<const void*> items = shuffled;
      std::vector<const void*> scratch(count);
      weir_sort(items.data(), threads > 1 ? scratch.data() : nullptr, count, compare, nullptr, threads);
      EXPECT_TRUE(items == expected) << count << " items, " << threads << " threads";
    }
    std::ranges::reverse(shuffled);
    std::vector<const void*> scratch(count);
    weir_sort(shuffled.data(), scratch.data(), count, compare, nullptr, 4);
    EXPECT_TRUE(shuffled == expected) << count;
  }
}

size_t threads_that_sort(size_t count) {
  std::vector<int> numbers(count);
  std::iota(numbers.rbegin(), numbers.rend(), 0);
  std::vector<const void*> items;
  for (const int& number : numbers) items.push_back(&number);
  std::vector<const void*> scratch(count);
  Threads threads;
  weir_sort(items.data(), scratch.data(), count, compare, &threads, 8);
  return threads.seen.size();
}

TEST(Sort, TakesThreadsOnlyForMany) {
  EXPECT_EQ(threads_that_sort(5000), 1u);
  EXPECT_GE(threads_that_sort(40000), 2u);
}

}  // namespace
}  // namespace weir::state
