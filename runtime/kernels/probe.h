// Finding groups in a table (runtime/state/pane_table.h), inline in kernels.
#pragma once

#include <cstring>

#include "runtime/abi/holes.h"
#include "runtime/state/pane_table.h"

namespace weir::kernels {

using state::EntryHeader;
using state::PaneTable;

inline uint64_t slot_of(const PaneTable* table, uint64_t hash) {
  return static_cast<uint32_t>(hash) >> (32 - table->index_bits);
}

inline void prefetch_slot(const PaneTable* table, uint64_t hash) {
  __builtin_prefetch(table->index + slot_of(table, hash));
}

// Asks for the first entry whose tag fits; the index is in the cache by now.
inline void prefetch_entry(const PaneTable* table, uint64_t hash) {
  const uint64_t slot = table->index[slot_of(table, hash)];
  if (static_cast<uint32_t>(slot) == static_cast<uint32_t>(hash) && slot != 0) {
    const char* entry = state::entry_at(table, static_cast<uint32_t>(slot >> 32) - 1);
    __builtin_prefetch(entry - sizeof(EntryHeader));
    __builtin_prefetch(entry + 48);
  }
}

struct Found {
  char* entry;
  bool is_new;  // the header is written, the entry is not
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
      if (static_cast<uint32_t>(slot) == tag) {
        char* entry = state::entry_at(table, static_cast<uint32_t>(slot >> 32) - 1);
        if (equal(entry)) return {entry, false};
      }
    }
    if (table->count < table->capacity) [[likely]] {
      table->index[at] = tag | uint64_t{table->count + 1} << 32;
      char* entry = state::entry_at(table, table->count++);
      *state::header_of(entry) = {hash, 0};
      return {entry, true};
    }
    weir_table_grow(table);
  }
}

// Where the index has the entry `number` with this hash.
inline uint64_t slot_with(const PaneTable* table, uint64_t hash, uint32_t number) {
  const uint64_t mask = (uint64_t{1} << table->index_bits) - 1;
  uint64_t at = slot_of(table, hash);
  while (table->index[at] >> 32 != number + 1) at = (at + 1) & mask;
  return at;
}

// Empties a slot and moves later ones of its run forward, so that no search ends too early.
inline void erase_slot(uint64_t* index, uint32_t index_bits, uint64_t at) {
  const uint64_t mask = (uint64_t{1} << index_bits) - 1;
  uint64_t hole = at;
  for (uint64_t next = (at + 1) & mask; index[next] != 0; next = (next + 1) & mask) {
    const uint64_t home = static_cast<uint32_t>(index[next]) >> (32 - index_bits);
    if (((next - home) & mask) >= ((next - hole) & mask)) {
      index[hole] = index[next];
      hole = next;
    }
  }
  index[hole] = 0;
}

// Removes an entry; the last one takes its place. Its strings stay in the table's memory.
inline void remove_entry(PaneTable* table, char* entry) {
  const uint64_t number = static_cast<uint64_t>(entry - state::entry_at(table, 0)) / table->stride;
  const uint32_t last = table->count - 1;
  erase_slot(table->index, table->index_bits,
             slot_with(table, state::header_of(entry)->hash, static_cast<uint32_t>(number)));
  if (number != last) {
    const char* moved = state::entry_at(table, last);
    const uint64_t hash = state::header_of(moved)->hash;
    table->index[slot_with(table, hash, last)] = static_cast<uint32_t>(hash) | (number + 1) << 32;
    std::memcpy(state::header_of(entry), state::header_of(moved), table->stride);
  }
  table->count = last;
}

}  // namespace weir::kernels
