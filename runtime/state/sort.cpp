// The groups of a window in order of their keys: with millions of them, most of what a firing takes.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <system_error>
#include <thread>
#include <vector>

#include "runtime/state/panes.h"

namespace weir::state {
namespace {

// To start a thread for less takes as long as it saves.
constexpr uint64_t kLeastPerThread = 1 << 14;
constexpr uint64_t kMostThreads = 64;

using Items = const void**;

struct Order {
  WeirCompare compare;
  const void* environment;
  bool operator()(const void* a, const void* b) const { return compare(a, b, environment) < 0; }
};

// Two neighbours, each in order.
struct Pair {
  Items first;
  Items second;
  Items end;
  Items into;
};

void merge_front(const Pair& pair, const Order& order) {
  Items a = pair.first;
  Items b = pair.second;
  const Items half = pair.into + (pair.end - pair.first) / 2;
  for (Items out = pair.into; out != half; ++out) {
    const bool takes_b = a == pair.second || (b != pair.end && order(*b, *a));
    *out = takes_b ? *b++ : *a++;
  }
}

void merge_back(const Pair& pair, const Order& order) {
  Items a = pair.second;
  Items b = pair.end;
  const Items half = pair.into + (pair.end - pair.first) / 2;
  for (Items out = pair.into + (pair.end - pair.first); out != half;) {
    const bool takes_a = b == pair.second || (a != pair.first && order(b[-1], a[-1]));
    *--out = takes_a ? *--a : *--b;
  }
}

// All at once, the last one by the caller; those for which there is no thread, too.
void run_all(const std::vector<std::function<void()>>& tasks) {
  std::vector<std::jthread> threads;
  for (size_t i = 0; i + 1 < tasks.size(); ++i) {
    try {
      threads.emplace_back(tasks[i]);
    } catch (const std::system_error&) {
      tasks[i]();
    }
  }
  tasks.back()();
}

}  // namespace
}  // namespace weir::state

void weir_sort(const void** items, const void** scratch, uint64_t count, WeirCompare compare,
               const void* environment, uint32_t threads) {
  using namespace weir::state;
  const Order order{compare, environment};
  uint64_t parts = 1;  // a power of two
  while (parts * 2 <= std::min<uint64_t>(threads, kMostThreads) && count / (parts * 2) >= kLeastPerThread) {
    parts *= 2;
  }
  if (parts == 1) {
    std::sort(items, items + count, order);
    return;
  }
  const auto begin_of = [&](uint64_t part) { return count * part / parts; };
  std::vector<std::function<void()>> tasks;
  for (uint64_t part = 0; part < parts; ++part) {
    tasks.emplace_back([&, part] { std::sort(items + begin_of(part), items + begin_of(part + 1), order); });
  }
  run_all(tasks);
  Items from = items;
  Items into = scratch;
  for (uint64_t width = 1; width < parts; width *= 2, std::swap(from, into)) {
    tasks.clear();
    for (uint64_t part = 0; part < parts; part += 2 * width) {
      const Pair pair{from + begin_of(part), from + begin_of(part + width), from + begin_of(part + 2 * width),
                      into + begin_of(part)};
      tasks.emplace_back([=] { merge_front(pair, order); });
      tasks.emplace_back([=] { merge_back(pair, order); });
    }
    run_all(tasks);
  }
  if (from != items) std::copy(from, from + count, items);
}
