// Groups of a table to chunks of bytes and back (runtime/state/saved_chunk.h).
//
// Holes: entry_bytes, entry_copy.
#include <cstring>

#include "runtime/abi/holes.h"
#include "runtime/state/pane_table.h"
#include "runtime/state/saved_chunk.h"

extern "C" {

// Saves the groups of these numbers until the chunk is full; returns how many. The caller sees to it that nobody changes
// them meanwhile.
uint32_t save_groups(const weir::state::PaneTable* table, weir::state::SavedChunk* chunk,
                     const uint32_t* numbers, uint32_t count) {
  using namespace weir::state;
  uint32_t i = 0;
  for (; i < count && !is_full(chunk); ++i) {
    char* record = record_at(chunk, chunk->count++);
    std::memset(record, 0, chunk->record_bytes);
    std::memcpy(record, &numbers[i], sizeof numbers[i]);
    const char* entry = entry_at(table, numbers[i]);
    char* place = record + kRecordHeadBytes;
    std::memcpy(place, header_of(entry), sizeof(EntryHeader));
    hole_entry_copy(place + sizeof(EntryHeader), &chunk->memory, entry, &table->memory);
  }
  return i;
}

// Groups take the places that they had. Until finish_groups the table serves for nothing else.
void load_groups(weir::state::PaneTable* table, const weir::state::SavedChunk* chunk) {
  using namespace weir::state;
  for (uint32_t i = 0; i < chunk->count; ++i) {
    const char* record = record_at(chunk, i);
    const uint32_t number = number_of_record(record);
    while (number >= table->capacity) weir_table_grow(table);
    if (number >= table->count) table->count = number + 1;
    const char* place = record + kRecordHeadBytes;
    char* entry = entry_at(table, number);
    std::memcpy(header_of(entry), place, sizeof(EntryHeader));
    hole_entry_copy(entry, &table->memory, place + sizeof(EntryHeader), &chunk->memory);
    note_change(&table->changed, number);
  }
}
}
