// A table of groups: the state of one pane, of a running window, or of an aggregate without a window.
//
// Entries lie densely, in order of creation, `stride` bytes apart: an EntryHeader, then the entry of the holes (key columns
// and accumulators; strings in `memory`, by offset). The index is open addressing over 8-byte slots {entry number + 1, tag},
// where the tag is the low half of the key's hash and its upper bits choose the slot. So growing the index reads slots only,
// in order; an entry is touched by a probe only if its tag fits; and iterating is a walk over dense memory. Nothing in it
// is a pointer into itself, so entries and memory can be handed over as bytes.
//
// One thread at a time. Kernels probe it inline (runtime/kernels/probe.h); only growth is a call.
#pragma once

#include <cstdint>

#include "runtime/abi/holes.h"
#include "runtime/state/changed.h"

namespace weir::state {

struct EntryHeader {
  uint64_t hash;  // top 8 bits: shard
  uint64_t rows;  // rows in the group; kept where groups can be retracted
};

struct PaneTable {
  abi::StateMemory memory;  // strings and sets of the entries
  uint64_t* index;          // slots: tag in the low, entry number + 1 in the high half; 0 = empty
  char* entries;
  uint32_t index_bits;  // log2 of the number of slots
  uint32_t count;       // entries in use
  uint32_t capacity;    // entries that fit before weir_table_grow
  uint32_t stride;
  uint32_t accounted_keys;  // of `count`, those that the memory account knows
  ChangedEntries changed;   // kept where a changelog keeps the entries; these are never removed
  uint64_t saved_as;        // what the changelog calls it; 0: it has not been saved yet
};

inline char* entry_at(const PaneTable* table, uint32_t number) {
  return table->entries + uint64_t{number} * table->stride + sizeof(EntryHeader);
}
inline EntryHeader* header_of(char* entry) { return reinterpret_cast<EntryHeader*>(entry) - 1; }
inline const EntryHeader* header_of(const char* entry) {
  return reinterpret_cast<const EntryHeader*>(entry) - 1;
}

struct MemoryAccount;

// An empty table for entries of `entry_bytes` (hole_entry_bytes). `account` may be null.
void open_table(PaneTable& table, uint32_t entry_bytes, MemoryAccount* account);
// Gives all memory back.
void close_table(PaneTable& table);
// Bytes that the table occupies.
uint64_t table_bytes(const PaneTable& table);

}  // namespace weir::state

extern "C" {
// Doubles the room for entries, and the index with it. Entries and index move.
void weir_table_grow(weir::state::PaneTable* table);
// Gives the memory back; it is empty then.
void weir_state_release(weir::abi::StateMemory* memory);
}
