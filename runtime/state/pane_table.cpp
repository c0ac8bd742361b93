#include "runtime/state/pane_table.h"

#include "runtime/state/state_memory.h"

namespace weir::state {
namespace {

constexpr uint32_t kFirstIndexBits = 5;
constexpr uint32_t kFirstCapacity = 24;  // three quarters of the slots, as later

MemoryAccount* account_of(const PaneTable& table) {
  return static_cast<MemoryAccount*>(table.memory.account);
}
uint64_t index_bytes(uint32_t bits) { return sizeof(uint64_t) << bits; }

// Slots keep their order when the index doubles, so both are walked from front to back. (The last run of the old index may
// wrap around to its front; its slots are met first and find their place by probing like any other.)
void double_index(PaneTable& table) {
  const uint32_t bits = table.index_bits == 0 ? kFirstIndexBits : table.index_bits + 1;
  auto* index =
      reinterpret_cast<uint64_t*>(resize_block(account_of(table), nullptr, 0, index_bytes(bits), true));
  const uint32_t shift = 32 - bits;
  const uint64_t mask = (uint64_t{1} << bits) - 1;
  if (table.index) {
    const uint64_t slots = uint64_t{1} << table.index_bits;
    for (uint64_t i = 0; i < slots; ++i) {
      const uint64_t slot = table.index[i];
      if (slot == 0) continue;
      uint64_t at = static_cast<uint32_t>(slot) >> shift;
      while (index[at] != 0) at = (at + 1) & mask;
      index[at] = slot;
    }
    free_block(account_of(table), reinterpret_cast<char*>(table.index), index_bytes(table.index_bits));
  }
  table.index = index;
  table.index_bits = bits;
}

}  // namespace

void open_table(PaneTable& table, uint32_t entry_bytes, MemoryAccount* account) {
  table = {};
  table.memory.account = account;
  table.stride = entry_bytes + static_cast<uint32_t>(sizeof(EntryHeader));
  weir_table_grow(&table);
}

void close_table(PaneTable& table) {
  MemoryAccount* account = account_of(table);
  if (account) account->keys.fetch_sub(table.accounted_keys, std::memory_order_relaxed);
  if (table.index) free_block(account, reinterpret_cast<char*>(table.index), index_bytes(table.index_bits));
  free_block(account, table.entries, uint64_t{table.capacity} * table.stride);
  close_memory(table.memory);
  table = {};
}

uint64_t table_bytes(const PaneTable& table) {
  return index_bytes(table.index_bits) + uint64_t{table.capacity} * table.stride + table.memory.capacity;
}

}  // namespace weir::state

void weir_table_grow(weir::state::PaneTable* table) {
  using namespace weir::state;
  const uint32_t capacity = table->capacity == 0 ? kFirstCapacity : table->capacity * 2;
  if (table->index_bits >= 31) out_of_memory(uint64_t{capacity} * table->stride);
  MemoryAccount* account = account_of(*table);
  if (account) {
    account->keys.fetch_add(table->count - table->accounted_keys, std::memory_order_relaxed);
    table->accounted_keys = table->count;
  }
  table->entries = resize_block(account, table->entries, uint64_t{table->capacity} * table->stride,
                                uint64_t{capacity} * table->stride, false);
  table->capacity = capacity;
  double_index(*table);
}
