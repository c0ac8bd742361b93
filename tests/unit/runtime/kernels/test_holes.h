// The holes of the kernel tests, over test_rows.h. Include after kernel_copy.h, once in a file. What a query would fix
// is a variable here.
#pragma once

#include <cstring>
#include <vector>

#include "runtime/abi/holes.h"
#include "tests/unit/runtime/kernels/test_rows.h"

namespace {

using weir::kernel_tests::Fired;
using weir::kernel_tests::Result;
using weir::kernel_tests::Row;

weir::kernel_tests::Windows windows{};
bool with_max = true;  // MAX cannot be retracted
bool fan_out = false;
bool keeps_changes = false;
uint32_t hash_bits = 64;  // fewer: keys collide
std::vector<Fired> fired;

struct alignas(16) Entry {
  uint64_t key_offset;
  uint64_t key_size;
  int64_t count;
  int64_t sum;
  int64_t max;
};

weir::abi::StringRef key_of(const Entry* entry, const weir::abi::StateMemory* memory) {
  return {memory->base + entry->key_offset, entry->key_size};
}
int32_t compare_strings(weir::abi::StringRef a, weir::abi::StringRef b) {
  const int order = std::memcmp(a.data, b.data, std::min(a.size, b.size));
  if (order != 0) return order;
  return a.size < b.size ? -1 : a.size > b.size;
}
bool same(weir::abi::StringRef a, weir::abi::StringRef b) { return compare_strings(a, b) == 0; }
uint64_t store_key(weir::abi::StateMemory* memory, weir::abi::StringRef key) {
  const uint64_t offset = weir_state_allocate(memory, key.size);
  std::memcpy(memory->base + offset, key.data, key.size);
  return offset;
}
uint64_t mix(uint64_t x) {
  x = (x ^ (x >> 32)) * 0xd6e8feb86659fd93u;
  x = (x ^ (x >> 32)) * 0xd6e8feb86659fd93u;
  return x ^ (x >> 32);
}

const Row& row_at(const char* row) { return *reinterpret_cast<const Row*>(row); }
Entry& entry_in(char* entry) { return *reinterpret_cast<Entry*>(entry); }
const Entry& entry_in(const char* entry) { return *reinterpret_cast<const Entry*>(entry); }

}  // namespace

extern "C" {

uint32_t hole_row_bytes() { return sizeof(Row); }
uint32_t hole_prepared_bytes() { return sizeof(Row) + 16; }  // with the bounds of the copy at hand
bool hole_prepare(Context*, const char* row, int64_t window_start, int64_t window_end, char* prepared) {
  std::memcpy(prepared, row, sizeof(Row));
  std::memcpy(prepared + sizeof(Row), &window_start, 8);
  std::memcpy(prepared + sizeof(Row) + 8, &window_end, 8);
  return row_at(row).value >= 0;
}
bool hole_fan_out() { return fan_out; }
int64_t hole_source_time(Context*, const char* row) { return row_at(row).time; }
bool hole_passes_outside(Context*, const char* row) { return row_at(row).value >= 0; }
int64_t hole_window_size() { return windows.size; }
int64_t hole_window_slide() { return windows.slide; }
int64_t hole_window_offset() { return windows.offset; }
int64_t hole_pane_size() { return windows.pane; }
uint32_t hole_window_kind() { return windows.kind; }
int64_t hole_event_time(Context*, const char* prepared) { return row_at(prepared).time; }
int64_t hole_attached_start(const char* prepared) {
  int64_t start;
  std::memcpy(&start, prepared + sizeof(Row), 8);
  return start;
}
int64_t hole_attached_end(const char* prepared) {
  int64_t end;
  std::memcpy(&end, prepared + sizeof(Row) + 8, 8);
  return end;
}
bool hole_keeps_changes() { return keeps_changes; }
uint32_t hole_entry_bytes() { return sizeof(Entry); }
uint64_t hole_key_hash(const char* prepared) {
  uint64_t hash = 0;
  const weir::abi::StringRef key = row_at(prepared).key;
  for (uint64_t i = 0; i < key.size; ++i) hash = mix(hash ^ static_cast<unsigned char>(key.data[i]));
  return hash_bits == 64 ? hash : hash & ((uint64_t{1} << hash_bits) - 1);
}
bool hole_key_equal(const char* prepared, const char* entry, const StateMemory* memory) {
  return same(row_at(prepared).key, key_of(&entry_in(entry), memory));
}
void hole_entry_create(Context*, const char* prepared, char* entry, StateMemory* memory) {
  const weir::abi::StringRef key = row_at(prepared).key;
  entry_in(entry) = {store_key(memory, key), key.size, 0, 0, INT64_MIN};
}
void hole_update(Context*, const char* prepared, char* entry, StateMemory*) {
  Entry& at = entry_in(entry);
  const int64_t value = row_at(prepared).value;
  at.count += 1;
  at.sum += value;
  if (with_max && value > at.max) at.max = value;
}
bool hole_entry_equal(const char* entry_a, const StateMemory* memory_a, const char* entry_b,
                      const StateMemory* memory_b) {
  return same(key_of(&entry_in(entry_a), memory_a), key_of(&entry_in(entry_b), memory_b));
}
void hole_entry_copy(char* into, StateMemory* into_memory, const char* from, const StateMemory* from_memory) {
  entry_in(into) = entry_in(from);
  entry_in(into).key_offset = store_key(into_memory, key_of(&entry_in(from), from_memory));
}
void hole_merge(char* into, StateMemory*, const char* from, const StateMemory*) {
  entry_in(into).count += entry_in(from).count;
  entry_in(into).sum += entry_in(from).sum;
  entry_in(into).max = std::max(entry_in(into).max, entry_in(from).max);
}
void hole_retract(char* into, StateMemory*, const char* from, const StateMemory*) {
  entry_in(into).count -= entry_in(from).count;
  entry_in(into).sum -= entry_in(from).sum;
}
int32_t hole_key_compare(const char* entry_a, const char* entry_b, const StateMemory* memory) {
  return compare_strings(key_of(&entry_in(entry_a), memory), key_of(&entry_in(entry_b), memory));
}
uint32_t hole_result_bytes() { return sizeof(Result); }
void hole_finish(Context* context, const char* entry, const StateMemory* memory, int64_t window_start,
                 int64_t window_end, char* result) {
  const Entry& at = entry_in(entry);
  const weir::abi::StringRef key = key_of(&at, memory);
  char* copy = weir::abi::allocate(context, key.size);
  std::memcpy(copy, key.data, key.size);
  const Result finished{{copy, key.size}, window_start, window_end, at.count, at.sum, at.max};
  std::memcpy(result, &finished, sizeof finished);
}

}  // extern "C"

namespace {

// What most tests make of a block of results.
[[maybe_unused]] void collect(const Block* block) {
  for (uint32_t i = 0; i < block->count; ++i) {
    Result row;
    std::memcpy(&row, block->rows + i * sizeof(Result), sizeof row);
    fired.push_back(
        {row.end, row.start, std::string(row.key.data, row.key.size), row.count, row.sum, row.max});
  }
}

}  // namespace
