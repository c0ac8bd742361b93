// Finding groups in a table (runtime/state/pane_table.h), inline in kernels.
#pragma once

#include <cstring>

#include "runtime/abi/holes.h"
#include "runtime/state/hash_index.h"
#include "runtime/state/pane_table.h"

namespace weir::kernels {

using state::EntryHeader;
using state::PaneTable;

inline uint64_t slot_of(const PaneTable* table, uint64_t hash) {
  return state::home_slot(static_cast<uint32_t>(hash), table->index_bits);
}

inline void prefetch_slot(const PaneTable* table, uint64_t hash) {
  __builtin_prefetch(table->index + slot_of(table, hash));
}

// Asks for the first entry whose tag fits; the index is in the cache by now.
inline void prefetch_entry(const PaneTable* table, uint64_t hash) {
  const uint64_t slot = table->index[slot_of(table, hash)];
  if (state::tag_of(slot) == static_cast<uint32_t>(hash) && slot != 0) {
    const char* entry = state::entry_at(table, state::number_of(slot));
    __builtin_prefetch(entry - sizeof(EntryHeader));
    __builtin_prefetch(entry + 48);
  }
}

struct Found {
  char* entry;
  bool is_new;  // the header is written, the entry is not
  uint32_t number;
};

// The entry of a hash for which `equal(entry)` holds, or a new one.
template <typename Equal>
inline Found find_or_add(PaneTable* table, uint64_t hash, const Equal& equal) {
  const uint32_t tag = static_cast<uint32_t>(hash);
  while (true) {
    const uint64_t mask = (uint64_t{1} << table->index_bits) - 1;
    uint64_t at = slot_of(table, hash);
    for (;; at = (at + 1) & mask) {
      const uint64_t slot = table->index[at];
      if (slot == 0) break;
      if (state::tag_of(slot) == tag) {
        char* entry = state::entry_at(table, state::number_of(slot));
        if (equal(entry)) return {entry, false, state::number_of(slot)};
      }
    }
    if (table->count < table->capacity) [[likely]] {
      table->index[at] = state::make_slot(tag, table->count);
      char* entry = state::entry_at(table, table->count++);
      *state::header_of(entry) = {hash, 0};
      return {entry, true, table->count - 1};
    }
    weir_table_grow(table);
  }
}

// Where the index has the entry `number` with this hash.
inline uint64_t slot_with(const PaneTable* table, uint64_t hash, uint32_t number) {
  const uint64_t mask = (uint64_t{1} << table->index_bits) - 1;
  uint64_t at = slot_of(table, hash);
  while (state::number_of(table->index[at]) != number) at = (at + 1) & mask;
  return at;
}

// Removes an entry; the last one takes its place. Its strings stay in the table's memory.
inline void remove_entry(PaneTable* table, char* entry) {
  const uint64_t number = static_cast<uint64_t>(entry - state::entry_at(table, 0)) / table->stride;
  const uint32_t last = table->count - 1;
  state::erase_slot(table->index, table->index_bits,
                    slot_with(table, state::header_of(entry)->hash, static_cast<uint32_t>(number)));
  if (number != last) {
    const char* moved = state::entry_at(table, last);
    const uint64_t hash = state::header_of(moved)->hash;
    table->index[slot_with(table, hash, last)] =
        state::make_slot(static_cast<uint32_t>(hash), static_cast<uint32_t>(number));
    std::memcpy(state::header_of(entry), state::header_of(moved), table->stride);
  }
  table->count = last;
}

}  // namespace weir::kernels
