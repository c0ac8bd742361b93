// Cost of a record in session_aggregate and of firing its session, for 100,000 keys and gaps that make sessions of one record
// (5 s) or of a few (60 s, 600 s); and of a record in group_aggregate with its change rows.
#include <benchmark/benchmark.h>

#include <cstring>
#include <vector>

#include "runtime/kernels/fire_sessions.cpp"
#include "runtime/kernels/group_aggregate.cpp"
#include "runtime/kernels/session_aggregate.cpp"
#include "runtime/state/arena.h"

#include "bench/group_rows.h"

extern "C" {
bool hole_fan_out() { return false; }
int64_t hole_source_time(Context*, const char*) { return 0; }
bool hole_passes_outside(Context*, const char*) { return true; }
int64_t hole_window_size() { return 0; }
int64_t hole_window_slide() { return 0; }
int64_t hole_window_offset() { return 0; }
int64_t hole_pane_size() { return 0; }
uint32_t hole_window_kind() { return 0; }
bool hole_append_only() { return false; }
uint32_t hole_entry_bytes() { return sizeof(Entry); }
bool hole_result_equal(const char* a, const char* b) { return std::memcmp(a, b, sizeof(Result)) == 0; }
void hole_consume_changes(Context*, const ChangeBlock* block) {
  for (uint32_t i = 0; i < block->count; ++i) {
    const Result& before = reinterpret_cast<const Result*>(block->before)[i];
    const Result& after = reinterpret_cast<const Result*>(block->after)[i];
    if (block->has_before >> i & 1) consumed = (consumed ^ static_cast<uint64_t>(before.sum)) * 31;
    consumed = (consumed ^ static_cast<uint64_t>(after.sum) ^ static_cast<uint64_t>(after.count)) * 31;
  }
}
}

namespace {

void sessions(benchmark::State& state) {
  const std::vector<Row> rows = make_rows(state.range(0), 1000);
  Context context{};
  weir::state::open_arena(context.arena);
  for (auto _ : state) {
    weir::state::SessionStore store;
    weir::state::open_sessions(store, sizeof(Entry), state.range(1), 0, nullptr);
    weir::state::SessionAggregateState aggregate;
    weir::state::open_session_aggregate(aggregate, {&store, 0, 0}, false);
    weir::state::FireState fire{};
    fire.ordered = static_cast<uint32_t>(state.range(2));
    int64_t w = weir::abi::kNoWatermark;
    for (size_t i = 0; i < kRows; i += 64) {
      const Block block = block_at(rows, i, w);
      session_aggregate(&aggregate, &context, &block);
      if (i % 2048 == 0) fire_sessions(&fire, &context, &aggregate.sessions, w);
    }
    fire_sessions(&fire, &context, &aggregate.sessions, weir::abi::kEndOfTime);
    state.counters["rows_per_session"] = static_cast<double>(kRows) / static_cast<double>(fire.rows);
    weir::state::close_sessions(store);
  }
  weir::state::close_arena(context.arena);
  benchmark::DoNotOptimize(consumed);
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kRows));
}

void groups(benchmark::State& state) {
  const std::vector<Row> rows = make_rows(state.range(0), 1000);
  Context context{};
  weir::state::open_arena(context.arena);
  for (auto _ : state) {
    weir::state::GroupStore store;
    weir::state::open_groups(store, sizeof(Entry), nullptr);
    weir::state::GroupAggregateState aggregate{};
    aggregate.store = &store;
    int64_t w = weir::abi::kNoWatermark;
    for (size_t i = 0; i < kRows; i += 64) {
      const Block block = block_at(rows, i, w);
      group_aggregate(&aggregate, &context, &block);
    }
    weir::state::close_groups(store);
  }
  weir::state::close_arena(context.arena);
  benchmark::DoNotOptimize(consumed);
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kRows));
}

}  // namespace

BENCHMARK(sessions)
    ->ArgNames({"keys", "gap_ms", "ordered"})
    ->Args({100000, 5000, 0})
    ->Args({100000, 60000, 0})
    ->Args({100000, 600000, 0})
    ->Args({100000, 5000, 1})
    ->Args({100000, 60000, 1})
    ->Unit(benchmark::kMillisecond);
BENCHMARK(groups)->ArgName("keys")->Arg(20)->Arg(100000)->Arg(1000000)->Unit(benchmark::kMillisecond);

BENCHMARK_MAIN();
