// Which entries of a store have changed since the last commit: their numbers, each once. Only of operators whose state is
// kept in a changelog (hole_keeps_changes); a change that has been noted costs one comparison more.
#pragma once

#include <cstdint>

namespace weir::state {

struct ChangedEntries {
  uint64_t* bits;     // by number: it is in the list
  uint32_t* numbers;  // the list, in order of first change
  uint32_t count;
  uint32_t capacity;  // of both
};
// Empties the list; its memory stays.
void clear_changed(ChangedEntries& changed);
void close_changed(ChangedEntries& changed);

}  // namespace weir::state

extern "C" {
// Notes a number that is not in the list.
void weir_note_change(weir::state::ChangedEntries* changed, uint32_t number);
}

namespace weir::state {

inline void note_change(ChangedEntries* changed, uint32_t number) {
  if (number < changed->capacity && (changed->bits[number / 64] >> (number % 64) & 1) != 0) return;
  weir_note_change(changed, number);
}

}  // namespace weir::state
