// TUMBLE, HOP and CUMULATE from records to fired rows, against windows by definition (window_oracle.h): random disorder,
// records that are late for some or all of their windows, partitions taken by several workers in random turns.
#define WEIR_COPY windows_test
#include "tests/unit/runtime/kernels/kernel_copy.h"
// first of all, for it renames what follows

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

#include "runtime/kernels/fire_panes.cpp"
#include "runtime/kernels/merge_panes.cpp"
#include "runtime/kernels/pane_aggregate.cpp"
#include "runtime/state/arena.h"
#include "runtime/state/window_operator.h"
#include "tests/unit/runtime/kernels/test_holes.h"
#include "tests/unit/runtime/kernels/window_oracle.h"

extern "C" void hole_consume(Context*, const Block* block) { collect(block); }

namespace weir::kernel_tests {
namespace {

using state::PaneSet;
using time::WindowKind;

// A worker with its context and its panes.
struct Worker {
  Context context{};
  PaneSet panes;
  state::PaneAggregateState state;

  Worker() {
    state::open_arena(context.arena);
    panes.entry_bytes = hole_entry_bytes();
    state::open_pane_aggregate(state, &panes, false);
  }
  ~Worker() { state::close_arena(context.arena); }

  void process(const Record* records, uint32_t count) {
    std::vector<Row> rows;
    Block block{};
    for (uint32_t i = 0; i < count; ++i) {
      rows.push_back({{records[i].key.data(), records[i].key.size()}, records[i].time, records[i].value});
      block.watermark[i] = records[i].watermark;
    }
    block.rows = reinterpret_cast<const char*>(rows.data());
    block.count = count;
    pane_aggregate(&state, &context, &block);
  }
};

struct Method {
  const char* name;
  bool with_max;  // not invertible
  bool incremental;
};
constexpr Method kMethods[] = {{"subtract", false, true}, {"stacks", true, true}, {"rebuild", true, false}};

state::WindowOperator make_operator(const Method& method) {
  state::WindowOperatorConfig config;
  config.kind = static_cast<WindowKind>(windows.kind);
  config.size_ms = windows.size;
  config.slide_ms = windows.slide;
  config.offset_ms = windows.offset;
  config.pane_ms = windows.pane;
  config.invertible = !method.with_max;
  config.incremental = method.incremental;
  config.entry_bytes = hole_entry_bytes();
  config.functions = {merge_panes, retract_panes};
  config.fire = fire_panes;
  return state::make_window_operator(config);
}

// Runs the partitions over the workers in random turns and batches, firing now and then; `fired` has the rows after it.
OracleCounts run(const std::vector<Records>& partitions, const Method& method, uint32_t worker_count,
                 uint64_t seed) {
  std::mt19937_64 random(seed);
  with_max = method.with_max;
  fired.clear();
  std::vector<Worker> workers(worker_count);
  std::vector<PaneSet*> sets;
  for (Worker& worker : workers) sets.push_back(&worker.panes);
  state::WindowOperator op = make_operator(method);
  state::FireState fire{};
  fire.ordered = 1;
  fire.watermark = abi::kNoWatermark;

  std::vector<size_t> at(partitions.size());
  while (true) {
    std::vector<size_t> open;
    for (size_t p = 0; p < partitions.size(); ++p) {
      if (at[p] < partitions[p].size()) open.push_back(p);
    }
    if (open.empty()) break;
    const size_t p = open[random() % open.size()];
    const size_t count = std::min<size_t>(1 + random() % 64, partitions[p].size() - at[p]);
    workers[random() % worker_count].process(&partitions[p][at[p]], static_cast<uint32_t>(count));
    at[p] += count;
    if (random() % 3 != 0) continue;
    int64_t w = abi::kEndOfTime;
    for (size_t other = 0; other < partitions.size(); ++other) {
      if (at[other] < partitions[other].size()) w = std::min(w, partitions[other][at[other]].watermark);
    }
    if (w == abi::kEndOfTime) continue;
    const size_t before = fired.size();
    const bool due = is_due(op, sets, w);
    advance(op, &workers[0].context, fire, sets, w);
    EXPECT_TRUE(due || fired.size() == before);
    EXPECT_TRUE(!due || !is_due(op, sets, w));
    fire.watermark = w;
  }
  advance(op, &workers[0].context, fire, sets, abi::kEndOfTime);
  EXPECT_EQ(fire.rows, fired.size());
  EXPECT_FALSE(is_due(op, sets, abi::kEndOfTime));
  OracleCounts counts;
  for (const Worker& worker : workers) {
    counts.counted += worker.state.counters.counted;
    counts.filtered += worker.state.counters.filtered;
    counts.outside += worker.state.counters.outside;
    counts.late += worker.state.counters.late;
    counts.late_partial += worker.state.counters.late_partial;
  }
  return counts;
}

Records random_records(std::mt19937_64& random, size_t count, int64_t begin, int64_t step, int64_t disorder,
                       int64_t delay, int keys) {
  Records records;
  int64_t now = begin;
  for (size_t i = 0; i < count; ++i) {
    now += static_cast<int64_t>(random() % static_cast<uint64_t>(2 * step + 1));
    if (random() % 200 == 0) now += 50 * step;
    const int64_t time = now - static_cast<int64_t>(random() % static_cast<uint64_t>(disorder + 1));
    records.push_back({time, "key-" + std::to_string(random() % static_cast<uint64_t>(keys)),
                       static_cast<int64_t>(random() % 1000) - 50});
  }
  set_watermarks(records, delay);
  return records;
}

void set_windows(WindowKind kind, int64_t size, int64_t slide, int64_t offset) {
  windows = {static_cast<uint32_t>(kind), size, slide, offset,
             kind == WindowKind::Cumulate ? slide : time::pane_size(size, slide)};
}

class RandomWindows : public testing::TestWithParam<Windows> {};

TEST_P(RandomWindows, AgreeWithTheDefinition) {
  windows = GetParam();
  uint64_t half_late = 0;
  uint64_t late = 0;
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    std::mt19937_64 random(seed);
    std::vector<Records> partitions;
    const uint64_t size = static_cast<uint64_t>(windows.size);
    const int64_t disorder = static_cast<int64_t>(size / 2 + random() % (2 * size));
    const int64_t delay = static_cast<int64_t>(random() % static_cast<uint64_t>(disorder / 2));
    const int64_t begin = seed % 2 ? -3000 : 1'767'225'600'000;
    for (uint64_t p = 0; p < 1 + seed % 3; ++p) {
      partitions.push_back(random_records(random, 700, begin, 1 + windows.slide / 20, disorder, delay, 7));
    }
    hash_bits = seed % 4 == 0 ? 2 : 64;
    Oracle oracle;
    for (const Records& partition : partitions) {
      for (const Record& record : partition) oracle.add(windows, record);
    }
    half_late += oracle.counts.late_partial;
    late += oracle.counts.late;
    for (const Method& method : kMethods) {
      for (uint32_t workers : {1u, 3u}) {
        const OracleCounts counts = run(partitions, method, workers, seed * 100 + workers);
        EXPECT_EQ(counts, oracle.counts);
        EXPECT_EQ(fired, oracle.in_order(with_max))
            << method.name << ", " << workers << " workers, seed " << seed;
        if (HasFailure()) return;
      }
    }
  }
  hash_bits = 64;
  // The case is in it at all: only windows that overlap can take a record in part.
  EXPECT_GT(late, 0u);
  EXPECT_EQ(half_late > 0, windows.size > windows.slide);
}

constexpr uint32_t kTumble = static_cast<uint32_t>(WindowKind::Tumble);
constexpr uint32_t kHop = static_cast<uint32_t>(WindowKind::Hop);
constexpr uint32_t kCumulate = static_cast<uint32_t>(WindowKind::Cumulate);
INSTANTIATE_TEST_SUITE_P(Kinds, RandomWindows,
                         testing::Values(Windows{kTumble, 1000, 1000, 0, 1000},
                                         Windows{kTumble, 1000, 1000, 137, 1000},
                                         Windows{kTumble, 7, 7, 0, 7}, Windows{kHop, 1000, 250, 0, 250},
                                         Windows{kHop, 1000, 300, 0, 100}, Windows{kHop, 1000, 300, -70, 100},
                                         Windows{kHop, 1000, 990, 0, 10}, Windows{kHop, 600, 1000, 0, 200},
                                         Windows{kHop, 1000, 10, 3, 10},
                                         Windows{kCumulate, 1000, 250, 0, 250},
                                         Windows{kCumulate, 1200, 100, 50, 100}));

TEST(Windows, AreTheSameForThreadsThatRace) {
  set_windows(WindowKind::Hop, 1000, 300, 0);
  with_max = false;
  hash_bits = 64;
  std::mt19937_64 random(7);
  std::vector<Records> partitions;
  Oracle oracle;
  for (int p = 0; p < 2; ++p) {
    partitions.push_back(random_records(random, 20000, 0, 10, 1500, 900, 50));
    for (const Record& record : partitions.back()) oracle.add(windows, record);
  }
  fired.clear();
  std::vector<Worker> workers(2);
  PaneSet* sets[] = {&workers[0].panes, &workers[1].panes};
  state::WindowOperator op = make_operator(kMethods[0]);
  state::FireState fire{};
  fire.ordered = 1;
  std::atomic<int64_t> published[2] = {abi::kNoWatermark, abi::kNoWatermark};
  std::vector<std::thread> threads;
  for (size_t p = 0; p < 2; ++p) {
    threads.emplace_back([&, p] {
      for (size_t i = 0; i < partitions[p].size(); i += 64) {
        workers[p].process(&partitions[p][i],
                           static_cast<uint32_t>(std::min<size_t>(64, partitions[p].size() - i)));
        const size_t next = i + 64;
        published[p].store(next < partitions[p].size() ? partitions[p][next].watermark : abi::kEndOfTime,
                           std::memory_order_release);
      }
    });
  }
  Worker firing;
  while (true) {
    const int64_t w =
        std::min(published[0].load(std::memory_order_acquire), published[1].load(std::memory_order_acquire));
    advance(op, &firing.context, fire, sets, w);
    if (w == abi::kEndOfTime) break;
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(fired, oracle.in_order(false));
}

// Rows are fired in blocks of 64; the bounds of blocks are not to be seen.
TEST(Windows, FireManyGroupsInOrder) {
  set_windows(WindowKind::Tumble, 1000, 1000, 0);
  Records records;
  Oracle oracle;
  for (int i = 0; i < 5000; ++i) records.push_back({i % 2000, std::to_string(i % 1237), i});
  set_watermarks(records, 5000);
  for (const Record& record : records) oracle.add(windows, record);
  run({records}, kMethods[0], 2, 1);
  EXPECT_EQ(fired, oracle.in_order(false));
  EXPECT_GT(fired.size(), 2000u);
}

// A year without records is one step, whatever the slide; a step per window would take minutes.
TEST(Windows, GapsInEventTimeAreSkipped) {
  constexpr int64_t kYear = int64_t{365} * 86'400'000;
  for (const Method& method : kMethods) {
    set_windows(WindowKind::Hop, 10'000, 1, 0);
    Records records;
    for (int64_t i = 0; i < 200; ++i) records.push_back({i * kYear, "a", 1});
    set_watermarks(records, 0);
    Oracle oracle;
    for (const Record& record : records) oracle.add({kHop, 10, 1, 0, 1}, record);
    windows.size = 10;
    run({records}, method, 1, 1);
    EXPECT_EQ(fired, oracle.in_order(with_max));
  }
}

TEST(Windows, HoldAtBothEndsOfTheCalendar) {
  constexpr int64_t kYear1 = -62'135'596'800'000;
  constexpr int64_t kYear9999 = 253'402'300'799'999;
  for (const Windows& spec :
       {Windows{kTumble, 300'000, 300'000, 0, 300'000}, Windows{kHop, 3'600'000, 1'000'000, 0, 200'000},
        Windows{kCumulate, 86'400'000, 3'600'000, 0, 3'600'000}}) {
    windows = spec;
    Records records{
        {kYear1, "a", 1}, {kYear1 + 1, "a", 2}, {0, "b", 3}, {kYear9999, "c", 4}, {kYear9999, "c", 5}};
    set_watermarks(records, 5000);
    Oracle oracle;
    for (const Record& record : records) oracle.add(windows, record);
    for (const Method& method : kMethods) {
      run({records}, method, 1, 1);
      EXPECT_EQ(fired, oracle.in_order(with_max));
    }
  }
}

TEST(Windows, ProcessingTimeIsNeverLate) {
  set_windows(WindowKind::Tumble, 1000, 1000, 0);
  with_max = true;
  fired.clear();
  Worker worker;
  state::open_pane_aggregate(worker.state, &worker.panes, true);
  Records records{{100, "a", 1}, {100, "a", 1}};
  records[1].watermark = 1'000'000;
  worker.process(records.data(), 2);
  EXPECT_EQ(worker.state.counters.counted, 2u);
  EXPECT_EQ(worker.state.counters.late, 0u);
}

}  // namespace
}  // namespace weir::kernel_tests
