// Cost of a record in pane_aggregate: windowing, hash, probe, update; for few and for many keys, TUMBLE and HOP, with the
// clock going on so that windows fire meanwhile. Rows come ready made, so this is what the state engine adds to a scan.
#include <benchmark/benchmark.h>

#include <cstring>
#include <random>
#include <vector>

#include "runtime/kernels/fire_panes.cpp"
#include "runtime/kernels/merge_panes.cpp"
#include "runtime/kernels/pane_aggregate.cpp"
#include "runtime/state/arena.h"
#include "runtime/state/window_operator.h"

namespace {

using weir::abi::Int128;
using weir::time::WindowKind;

struct alignas(16) Row {
  uint64_t nulls;
  int64_t time_us;
  int64_t key;
  int64_t amount;
};
struct alignas(16) Entry {
  uint64_t nulls;
  int64_t key;
  Int128 sum;
  int64_t count;
};
struct alignas(16) Result {
  int64_t start, end, key, count;
  Int128 sum;
};

#ifdef WEIR_BENCH_HOP
constexpr int64_t kSize = 3'600'000, kSlide = 1000;
constexpr WindowKind kKind = WindowKind::Hop;
#else
constexpr int64_t kSize = 300'000, kSlide = 300'000;
constexpr WindowKind kKind = WindowKind::Tumble;
#endif

const Row& row_at(const char* row) { return *reinterpret_cast<const Row*>(row); }
Entry& entry_at(char* entry) { return *reinterpret_cast<Entry*>(entry); }
const Entry& entry_at(const char* entry) { return *reinterpret_cast<const Entry*>(entry); }

uint64_t consumed = 0;

}  // namespace

extern "C" {
uint32_t hole_row_bytes() { return sizeof(Row); }
uint32_t hole_prepared_bytes() { return sizeof(Row); }
bool hole_prepare(Context*, const char* row, int64_t, int64_t, char* prepared) {
  std::memcpy(prepared, row, sizeof(Row));
  return true;
}
int64_t hole_window_size() { return kSize; }
int64_t hole_window_slide() { return kSlide; }
int64_t hole_window_offset() { return 0; }
int64_t hole_pane_size() { return kSlide; }
uint32_t hole_window_kind() { return static_cast<uint32_t>(kKind); }
bool hole_keeps_changes() { return false; }
int64_t hole_event_time(Context*, const char* prepared) {
  return weir::time::floor_div(row_at(prepared).time_us, 1000);
}
uint64_t hole_key_hash(const char* prepared) {
  const auto wide =
      static_cast<unsigned __int128>(static_cast<uint64_t>(row_at(prepared).key) ^ 0xa0761d6478bd642fu) *
      0xe7037ed1a0b428dbu;
  const uint64_t folded = static_cast<uint64_t>(wide) ^ static_cast<uint64_t>(wide >> 64);
  return (folded ^ (folded >> 32)) * 0xd6e8feb86659fd93u;
}
bool hole_key_equal(const char* prepared, const char* entry, const StateMemory*) {
  return row_at(prepared).key == entry_at(entry).key;
}
void hole_entry_create(Context*, const char* prepared, char* entry, StateMemory*) {
  entry_at(entry) = {0, row_at(prepared).key, 0, 0};
}
void hole_update(Context*, const char* prepared, char* entry, StateMemory*) {
  entry_at(entry).count += 1;
  entry_at(entry).sum += row_at(prepared).amount;
}
bool hole_entry_equal(const char* entry_a, const StateMemory*, const char* entry_b, const StateMemory*) {
  return entry_at(entry_a).key == entry_at(entry_b).key;
}
void hole_entry_copy(char* into, StateMemory*, const char* from, const StateMemory*) {
  entry_at(into) = entry_at(from);
}
void hole_merge(char* into, StateMemory*, const char* from, const StateMemory*) {
  entry_at(into).count += entry_at(from).count;
  entry_at(into).sum += entry_at(from).sum;
}
void hole_retract(char* into, StateMemory*, const char* from, const StateMemory*) {
  entry_at(into).count -= entry_at(from).count;
  entry_at(into).sum -= entry_at(from).sum;
}
int32_t hole_key_compare(const char* entry_a, const char* entry_b, const StateMemory*) {
  const int64_t a = entry_at(entry_a).key;
  const int64_t b = entry_at(entry_b).key;
  return a < b ? -1 : a > b;
}
uint32_t hole_result_bytes() { return sizeof(Result); }
void hole_finish(Context*, const char* entry, const StateMemory*, int64_t start, int64_t end, char* result) {
  *reinterpret_cast<Result*>(result) = {start, end, entry_at(entry).key, entry_at(entry).count,
                                        entry_at(entry).sum};
}
void hole_consume(Context*, const Block* block) {
  for (uint32_t i = 0; i < block->count; ++i) {
    const Result& row = reinterpret_cast<const Result*>(block->rows)[i];
    consumed = (consumed ^ static_cast<uint64_t>(row.sum) ^ static_cast<uint64_t>(row.count)) * 31;
  }
}
}

namespace {

constexpr size_t kRows = 1 << 22;

// `rows_per_second` of event time, out of order within four seconds.
std::vector<Row> make_rows(int64_t keys, int64_t rows_per_second) {
  std::mt19937_64 random(1);
  std::vector<Row> rows;
  for (size_t i = 0; i < kRows; ++i) {
    const int64_t time =
        static_cast<int64_t>(i) * 1'000'000 / rows_per_second - static_cast<int64_t>(random() % 4'000'000);
    rows.push_back({0, 1'767'225'600'000'000 + time,
                    static_cast<int64_t>(random() % static_cast<uint64_t>(keys)),
                    static_cast<int64_t>(random() % 100'000)});
  }
  return rows;
}

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
      Block block;
      block.rows = reinterpret_cast<const char*>(&rows[i]);
      block.count = 64;
      block.partition = 0;
      for (size_t k = 0; k < 64; ++k) {
        block.watermark[k] = w;
        w = std::max(w, rows[i + k].time_us / 1000 - 4000);
      }
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
