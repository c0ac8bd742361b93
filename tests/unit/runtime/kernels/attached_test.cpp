// Rows that carry the bounds of their window: copies of records that a window function made (the same windows by definition
// as if they were aggregated at once), and rows of windows below.
#define WEIR_COPY attached_test
#include "tests/unit/runtime/kernels/kernel_copy.h"
// first of all, for it renames what follows

#include <gtest/gtest.h>

#include <random>

#include "runtime/kernels/attached_aggregate.cpp"
#include "runtime/kernels/fire_panes.cpp"
#include "runtime/kernels/merge_panes.cpp"
#include "runtime/state/arena.h"
#include "runtime/state/window_operator.h"
#include "tests/unit/runtime/kernels/test_holes.h"
#include "tests/unit/runtime/kernels/window_oracle.h"

extern "C" void hole_consume(Context*, const Block* block) { collect(block); }

namespace weir::kernel_tests {
namespace {

using time::WindowKind;

state::WindowOperator make_operator() {
  state::WindowOperatorConfig config;
  config.source = state::WindowSource::Attached;
  config.kind = static_cast<WindowKind>(windows.kind);
  config.entry_bytes = hole_entry_bytes();
  config.functions = {merge_panes, nullptr};
  config.fire = fire_panes;
  return state::make_window_operator(config);
}

class AttachedWindows : public testing::TestWithParam<Windows> {};

TEST_P(AttachedWindows, AgreeWithTheDefinition) {
  windows = GetParam();
  fan_out = true;
  with_max = true;
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    std::mt19937_64 random(seed);
    Records records;
    int64_t now = -2000;
    for (int i = 0; i < 1500; ++i) {
      now += static_cast<int64_t>(random() % 30);
      records.push_back({now - static_cast<int64_t>(random() % 2500), "k" + std::to_string(random() % 5),
                         static_cast<int64_t>(random() % 100) - 5});
    }
    set_watermarks(records, 300);
    Oracle oracle;
    for (const Record& record : records) oracle.add(windows, record);

    fired.clear();
    Context context{};
    state::open_arena(context.arena);
    state::PaneSet panes[2];
    state::PaneSet* sets[] = {&panes[0], &panes[1]};
    state::PaneAggregateState states[2];
    for (int i = 0; i < 2; ++i) {
      panes[i].entry_bytes = hole_entry_bytes();
      state::open_pane_aggregate(states[i], &panes[i], false);
    }
    state::WindowOperator op = make_operator();
    state::FireState fire{};
    fire.ordered = 1;
    for (size_t at = 0; at < records.size();) {
      const size_t count = std::min<size_t>(1 + random() % 64, records.size() - at);
      std::vector<Row> rows;
      Block block{};
      for (size_t i = 0; i < count; ++i) {
        const Record& record = records[at + i];
        rows.push_back({{record.key.data(), record.key.size()}, record.time, record.value});
        block.watermark[i] = record.watermark;
      }
      block.rows = reinterpret_cast<const char*>(rows.data());
      block.count = static_cast<uint32_t>(count);
      attached_aggregate(&states[random() % 2], &context, &block);
      at += count;
      if (at < records.size()) advance(op, &context, fire, sets, records[at].watermark);
    }
    advance(op, &context, fire, sets, abi::kEndOfTime);
    EXPECT_EQ(fired, oracle.in_order());
    OracleCounts counts;
    for (const state::PaneAggregateState& state : states) {
      counts.counted += state.counters.counted;
      counts.filtered += state.counters.filtered;
      counts.outside += state.counters.outside;
      counts.late += state.counters.late;
      counts.late_partial += state.counters.late_partial;
    }
    // A record in no window is `outside` here even if WHERE would drop it: no copy of it exists to ask.
    if (windows.size < windows.slide) {
      EXPECT_GE(counts.outside, oracle.counts.outside);
      EXPECT_EQ(counts.outside + counts.filtered, oracle.counts.outside + oracle.counts.filtered);
      counts.outside = oracle.counts.outside;
      counts.filtered = oracle.counts.filtered;
    }
    EXPECT_EQ(counts, oracle.counts);
    state::close_arena(context.arena);
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, AttachedWindows,
                         testing::Values(Windows{0, 1000, 1000, 0, 0}, Windows{1, 1000, 250, 20, 0},
                                         Windows{1, 1000, 300, 0, 0}, Windows{1, 600, 1000, 0, 0},
                                         Windows{1, 1000, 10, 0, 0}, Windows{2, 1200, 100, 50, 0}));

}  // namespace
}  // namespace weir::kernel_tests
