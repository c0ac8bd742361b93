// Merges the groups of one table into another, or takes them out again (incremental HOP; exactly invertible aggregates).
//
// Holes: entry_equal, entry_copy, merge, retract, keeps_changes.
#include "runtime/kernels/probe.h"

namespace weir::kernels {
namespace {

constexpr uint32_t kAhead = 8;  // entries whose slots are asked for before they are needed

inline void prefetch_ahead(const PaneTable* into, const PaneTable* from, uint32_t number) {
  if (number + kAhead < from->count) {
    prefetch_slot(into, state::header_of(state::entry_at(from, number + kAhead))->hash);
  }
}

}  // namespace
}  // namespace weir::kernels

extern "C" void merge_panes(Context*, weir::state::PaneTable* into, const weir::state::PaneTable* from) {
  using namespace weir::kernels;
  for (uint32_t i = 0; i < from->count; ++i) {
    prefetch_ahead(into, from, i);
    const char* source = weir::state::entry_at(from, i);
    const EntryHeader header = *weir::state::header_of(source);
    const Found found = find_or_add(into, header.hash, [&](const char* entry) {
      return hole_entry_equal(entry, &into->memory, source, &from->memory);
    });
    if (found.is_new) {
      hole_entry_copy(found.entry, &into->memory, source, &from->memory);
    } else {
      hole_merge(found.entry, &into->memory, source, &from->memory);
    }
    weir::state::header_of(found.entry)->rows += header.rows;
    if (hole_keeps_changes()) weir::state::note_change(&into->changed, found.number);
  }
}

// Every group of `from` is in `into`, with at least its rows.
extern "C" void retract_panes(Context*, weir::state::PaneTable* into, const weir::state::PaneTable* from) {
  using namespace weir::kernels;
  for (uint32_t i = 0; i < from->count; ++i) {
    prefetch_ahead(into, from, i);
    const char* source = weir::state::entry_at(from, i);
    const EntryHeader header = *weir::state::header_of(source);
    const Found found = find_or_add(into, header.hash, [&](const char* entry) {
      return hole_entry_equal(entry, &into->memory, source, &from->memory);
    });
    uint64_t& rows = weir::state::header_of(found.entry)->rows;
    rows -= header.rows;
    if (rows == 0) {
      remove_entry(into, found.entry);
    } else {
      hole_retract(found.entry, &into->memory, source, &from->memory);
    }
  }
}
