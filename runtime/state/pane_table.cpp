#include "runtime/state/pane_table.h"

#include "runtime/state/hash_index.h"

#include "runtime/state/state_memory.h"

namespace weir::state {

void open_table(PaneTable& table, uint32_t entry_bytes, MemoryAccount* account) {
  table = {};
  table.memory.account = account;
  table.stride = entry_bytes + static_cast<uint32_t>(sizeof(EntryHeader));
  weir_table_grow(&table);
}

void close_table(PaneTable& table) {
  MemoryAccount* account = account_of(table.memory);
  if (account) account->keys.fetch_sub(table.accounted_keys, std::memory_order_relaxed);
  free_index(table.index, table.index_bits, account);
  free_block(account, table.entries, uint64_t{table.capacity} * table.stride);
  close_memory(table.memory);
  close_changed(table.changed);
  table = {};
}

uint64_t table_bytes(const PaneTable& table) {
  return (sizeof(uint64_t) << table.index_bits) + uint64_t{table.capacity} * table.stride +
         table.memory.capacity;
}

}  // namespace weir::state

void weir_table_grow(weir::state::PaneTable* table) {
  using namespace weir::state;
  MemoryAccount* account = account_of(table->memory);
  if (account) {
    account->keys.fetch_add(table->count - table->accounted_keys, std::memory_order_relaxed);
    table->accounted_keys = table->count;
  }
  double_index(table->index, table->index_bits, account);
  const uint32_t capacity = slots_in_use(table->index_bits);
  table->entries = resize_block(account, table->entries, uint64_t{table->capacity} * table->stride,
                                uint64_t{capacity} * table->stride, true);
  table->capacity = capacity;
}
