// Decoding alone: lines of orders to blocks of rows, with holes as the compiler writes them for a query that reads the amount,
// the category and the event time. One thread, data in memory; items are rows.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>

#include "runtime/abi/holes.h"
#include "runtime/formats/json_scan.h"
#include "runtime/kernels/scan_lines.cpp"
#include "runtime/state/arena.h"

namespace {

using namespace weir;

constexpr uint32_t kRowBytes = 48;
constexpr size_t kRows = 100'000;

uint64_t consumed;  // a sink that looks at what it gets, or the work would go away

enum class Order : uint8_t { Declared, Random };
enum class Text : uint8_t { Plain, Dirty };

std::string orders(Order order, Text text) {
  static constexpr std::array kCategories = {"books", "electronics", "garden",
                                             "toys",  "groceries",   "clothing"};
  std::mt19937_64 random(7);
  std::string lines;
  for (size_t i = 0; i < kRows; ++i) {
    const auto two = [](uint64_t n) { return std::string(n < 10 ? "0" : "") + std::to_string(n); };
    const bool odd = text == Text::Dirty && random() % 10 == 0;
    std::string time = "\"2026-01-01 08:" + two(i / 2000 % 60) + ":" + two(random() % 60);
    const uint64_t digits = text == Text::Dirty ? random() % 7 : 3;
    for (uint64_t k = 0; k < digits; ++k) time += (k == 0 ? "." : "") + std::to_string(random() % 10);
    std::vector<std::string> members = {
        "\"order_id\":" + std::to_string(100'000'000 + i),
        "\"customer_id\":" + std::to_string(random() % 100'000),
        "\"amount\":" + std::to_string(random() % 1000) + "." + two(random() % 100),
        "\"category\":\"" +
            std::string(odd ? "b\\u00fccher für" : kCategories[random() % kCategories.size()]) + "\"",
        "\"event_time\":" + time + "\"",
    };
    if (odd && random() % 2 == 0) members.erase(members.begin() + 1);
    if (odd && random() % 2 == 0) members.push_back("\"note\":\"gift\"");
    if (order == Order::Random) std::shuffle(members.begin(), members.end(), random);
    for (size_t k = 0; k < members.size(); ++k) lines += (k == 0 ? "{" : ",") + members[k];
    lines += "}\n";
  }
  return lines;
}

void decode(benchmark::State& bench, Order order, Text text, uint64_t flags) {
  using abi::Carrier;
  using abi::ColumnKind;
  formats::JsonScan scan(
      {{"order_id", ColumnKind::BigInt, 0, 0, false, true, Carrier::I64, abi::kNoOffset},
       {"customer_id", ColumnKind::BigInt, 0, 0, false, true, Carrier::I64, abi::kNoOffset},
       {"amount", ColumnKind::Decimal, 10, 2, false, true, Carrier::I64, 8},
       {"category", ColumnKind::String, 0, 0, false, true, Carrier::String, 16},
       {"event_time", ColumnKind::Timestamp, 3, 0, false, true, Carrier::I64, 32}},
      kRowBytes, flags);
  abi::Context context{};
  state::open_arena(context.arena);
  scan.state().context = &context;
  scan.state().on_reject = [](abi::ScanState* state, const abi::RowError*, const char*, const char*) {
    state->stop = true;
  };
  std::string lines = orders(order, text);
  const size_t size = lines.size();
  lines.resize(size + abi::kPaddingBytes);
  for (auto _ : bench) {
    scan_lines(&scan.state(), lines.data(), lines.data() + size);
    if (scan.state().stop) bench.SkipWithError("a row was rejected");
  }
  bench.SetItemsProcessed(bench.iterations() * static_cast<int64_t>(kRows));
  bench.SetBytesProcessed(bench.iterations() * static_cast<int64_t>(size));
  bench.counters["fast"] =
      static_cast<double>(scan.state().fast_rows) / static_cast<double>(scan.state().rows_read);
  benchmark::DoNotOptimize(consumed);
  state::close_arena(context.arena);
}

void shape_of_the_record_before(benchmark::State& bench) { decode(bench, Order::Declared, Text::Plain, 0); }
void random_order(benchmark::State& bench) { decode(bench, Order::Random, Text::Plain, 0); }
void dirty(benchmark::State& bench) { decode(bench, Order::Declared, Text::Dirty, 0); }
void complete_parser(benchmark::State& bench) {
  decode(bench, Order::Declared, Text::Plain, abi::kScanStrictOnly);
}
BENCHMARK(shape_of_the_record_before)->Unit(benchmark::kMillisecond);
BENCHMARK(random_order)->Unit(benchmark::kMillisecond);
BENCHMARK(dirty)->Unit(benchmark::kMillisecond);
BENCHMARK(complete_parser)->Unit(benchmark::kMillisecond);

}  // namespace

extern "C" {

uint32_t hole_row_bytes() { return kRowBytes; }
const char* hole_decode_columns(ScanState* scan, const weir::abi::ShapeStep** step, const char* at,
                                const char* end, char* row, weir::abi::Commas* commas) {
  while (true) {
    const uint32_t column = (*step)->action;
    switch (column) {
      case 0: at = column_bigint(scan, at, end, row, abi::kNoOffset, 0); break;
      case 1: at = column_bigint(scan, at, end, row, abi::kNoOffset, 1); break;
      case 2: at = column_decimal64(scan, at, end, row, 8, 2, 10, 2); break;
      case 3: at = column_string(scan, at, end, row, 16, 3); break;
      case 4: at = column_timestamp(scan, at, end, row, 32, 4, 3, false, 0); break;
      default: return at;
    }
    if (at == nullptr) return nullptr;
    at = column_end(at, ++*step, commas, column != 4);
    if (at == nullptr) return nullptr;
  }
}
bool hole_nulls_allowed(const char*) { return true; }
uint32_t hole_complete_row(Context*, char* row, int64_t* watermark) {
  *watermark = abi::load<int64_t>(row + 32) / 1000 - 5000;
  return 0;
}
void hole_consume(Context*, const Block* block) {
  for (uint32_t i = 0; i < block->count; ++i) {
    const char* row = block->rows + uint64_t{i} * kRowBytes;
    consumed += abi::load<uint64_t>(row + 8) + abi::load<uint64_t>(row + 24) + abi::load<uint64_t>(row + 32);
  }
}
}

BENCHMARK_MAIN();
