// Cost of a record in pane_aggregate: windowing, hash, probe, update; for few and for many keys, TUMBLE and HOP, with the
// clock going on so that windows fire meanwhile. Rows come ready made, so this is what the state engine adds to a scan.
#include <benchmark/benchmark.h>

#include <vector>

#include "runtime/kernels/fire_panes.cpp"
#include "runtime/kernels/merge_panes.cpp"
#include "runtime/kernels/pane_aggregate.cpp"
#include "runtime/state/arena.h"
#include "runtime/state/window_operator.h"

#include "bench/group_rows.h"

namespace {

using weir::time::WindowKind;

#ifdef WEIR_BENCH_HOP
constexpr int64_t kSize = 3'600'000, kSlide = 1000;
constexpr WindowKind kKind = WindowKind::Hop;
#else
constexpr int64_t kSize = 300'000, kSlide = 300'000;
constexpr WindowKind kKind = WindowKind::Tumble;
#endif

}  // namespace

extern "C" {
int64_t hole_window_size() { return kSize; }
int64_t hole_window_slide() { return kSlide; }
int64_t hole_window_offset() { return 0; }
int64_t hole_pane_size() { return kSlide; }
uint32_t hole_window_kind() { return static_cast<uint32_t>(kKind); }
}

namespace {

void records(benchmark::State& state) {
  const int64_t keys = state.range(0);
  const std::vector<Row> rows = make_rows(keys, state.range(1));
  Context context{};
  weir::state::open_arena(context.arena);
  for (auto _ : state) {
    weir::state::PaneSet panes;
    panes.entry_bytes = sizeof(Entry);
    weir::state::PaneAggregateState aggregate;
    weir::state::open_pane_aggregate(aggregate, &panes, false);
    weir::state::WindowOperatorConfig config;
    config.kind = kKind;
    config.size_ms = kSize;
    config.slide_ms = kSlide;
    config.pane_ms = kSlide;
    config.invertible = true;
    config.entry_bytes = sizeof(Entry);
    config.functions = {merge_panes, retract_panes};
    config.fire = fire_panes;
    weir::state::WindowOperator op = weir::state::make_window_operator(config);
    weir::state::FireState fire{};
    weir::state::PaneSet* sets[] = {&panes};
    int64_t w = weir::abi::kNoWatermark;
    for (size_t i = 0; i < kRows; i += 64) {
      const Block block = block_at(rows, i, w);
      pane_aggregate(&aggregate, &context, &block);
      if (i % 4096 == 0 && is_due(op, sets, w)) advance(op, &context, fire, sets, w);
    }
    advance(op, &context, fire, sets, weir::abi::kEndOfTime);
  }
  weir::state::close_arena(context.arena);
  benchmark::DoNotOptimize(consumed);
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kRows));
}

}  // namespace

#ifdef WEIR_BENCH_HOP
BENCHMARK(records)
    ->ArgNames({"keys", "per_s"})
    ->Args({20, 1000})
    ->Args({20, 100000})
    ->Unit(benchmark::kMillisecond);
#else
BENCHMARK(records)
    ->ArgNames({"keys", "per_s"})
    ->Args({20, 1000})
    ->Args({20, 100000})
    ->Args({1000, 100000})
    ->Args({100000, 100000})
    ->Args({1000000, 100000})
    ->Args({10000000, 100000})
    ->Unit(benchmark::kMillisecond);
#endif

BENCHMARK_MAIN();
