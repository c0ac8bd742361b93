// Prepared rows of one block on their way into tables: all are hashed before the first is looked up, so that the caches load
// what many rows need at once. Inline in kernels.
#pragma once

#include "runtime/kernels/probe.h"
#include "runtime/time/windows.h"

namespace weir::kernels {

struct GroupBatch {
  char* rows;  // kBlockRows x hole_prepared_bytes
  uint32_t count;
  bool prefetches;  // some table is large
  uint64_t hash[abi::kBlockRows];
  PaneTable* table[abi::kBlockRows];
};

// A table with so few slots lies in the inner caches; asking for it early costs more than it gains.
constexpr uint32_t kCachedIndexBits = 10;

inline void open_batch(GroupBatch& batch, Context* context, uint32_t rows) {
  batch.rows = abi::allocate(context, uint64_t{rows} * hole_prepared_bytes());
  batch.count = 0;
  batch.prefetches = false;
}

inline char* next_row(GroupBatch& batch) {
  return batch.rows + uint64_t{batch.count} * hole_prepared_bytes();
}

// Adds the row that was written at next_row.
inline void hash_row(GroupBatch& batch, PaneTable* table) {
  batch.hash[batch.count] = hole_key_hash(next_row(batch));
  batch.table[batch.count] = table;
  ++batch.count;
}

// The same, where the table is this thread's own.
inline void add_row(GroupBatch& batch, PaneTable* table) {
  hash_row(batch, table);
  if (table->index_bits > kCachedIndexBits) {
    prefetch_slot(table, batch.hash[batch.count - 1]);
    batch.prefetches = true;
  }
}

inline void prefetch_entries(const GroupBatch& batch) {
  for (uint32_t i = 0; i < batch.count; ++i) {
    if (batch.table[i]->index_bits > kCachedIndexBits) prefetch_entry(batch.table[i], batch.hash[i]);
  }
}

// Groups of HOP windows are taken out of running results again; they vanish with their last row.
inline bool counts_rows() {
  return static_cast<time::WindowKind>(hole_window_kind()) == time::WindowKind::Hop;
}

inline void update_groups(Context* context, GroupBatch& batch) {
  if (batch.prefetches) prefetch_entries(batch);
  const char* row = batch.rows;
  for (uint32_t i = 0; i < batch.count; ++i, row += hole_prepared_bytes()) {
    PaneTable* table = batch.table[i];
    const Found found = find_or_add(
        table, batch.hash[i], [&](const char* entry) { return hole_key_equal(row, entry, &table->memory); });
    if (found.is_new) hole_entry_create(context, row, found.entry, &table->memory);
    hole_update(context, row, found.entry, &table->memory);
    if (counts_rows()) ++state::header_of(found.entry)->rows;
    if (hole_keeps_changes()) state::note_change(&table->changed, found.number);
  }
  batch.count = 0;
}

}  // namespace weir::kernels
