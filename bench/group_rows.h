// What the benchmarks of kernels share: a row of time, key and amount, a group of SUM and COUNT, and the holes over them, written
// by hand. It comes behind the kernels, which it serves, in one file of a program.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

#include "runtime/abi/holes.h"
#include "runtime/time/windows.h"

using weir::abi::Block;
using weir::abi::Context;
using weir::abi::StateMemory;

namespace {

using weir::abi::Int128;

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

Block block_at(const std::vector<Row>& rows, size_t i, int64_t& w) {
  Block block;
  block.rows = reinterpret_cast<const char*>(&rows[i]);
  block.count = 64;
  block.partition = 0;
  for (size_t k = 0; k < 64; ++k) {
    block.watermark[k] = w;
    w = std::max(w, rows[i + k].time_us / 1000 - 4000);
  }
  return block;
}

}  // namespace
