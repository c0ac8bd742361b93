// State of groups or sessions as bytes: what a changelog holds, and how it comes back.
//
// A chunk is a number of places, with everything that they refer to. A place is an entry of a PaneTable or a session, named
// by its number, which it keeps as long as it lives; so what is read later simply takes the place of what was read
// before, in any mixture of deltas and slices of a snapshot. As bytes:
//
//   header | records: number, the place as it lies in the store | numbers of places that have become free | memory
//
// where the strings and sets of the records lie in `memory`, a StateMemory of their own. Chunks are bytes of one version of
// the entry's layout (ManifestOperator::state_layout); what guards them against damage stands around them.
//
// To save, while nobody changes the places: save_groups or save_sessions, as often as it takes; to load: load_… for each chunk in
// order, then finish_groups, or link_sessions of the kernel.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "runtime/abi/holes.h"

namespace weir::state {

struct SavedChunk {
  char* records;  // 16-byte aligned
  uint32_t record_bytes;
  uint32_t count;
  uint32_t capacity;
  uint32_t freed_count;
  uint32_t* freed;
  abi::StateMemory memory;
  uint64_t target_bytes;  // full when it has come to this
};
// A record is a number and the place.
constexpr uint32_t kRecordHeadBytes = 16;

// An empty chunk for places of `stride` bytes that will have some `target_bytes`, unless one place alone has more.
void open_chunk(SavedChunk& chunk, uint32_t stride, uint64_t target_bytes);
void close_chunk(SavedChunk& chunk);
// The chunk as bytes; it is empty then.
std::string take_bytes(SavedChunk& chunk);
// From bytes. The error says in which way they are no chunk for places of `stride` bytes.
std::expected<void, std::string> read_chunk(std::string_view bytes, uint32_t stride, SavedChunk& chunk);

struct PaneTable;
// Makes loaded groups ready for use. False: some number was never loaded, so the changelog lacks something.
bool finish_groups(PaneTable& table);

inline bool is_full(const SavedChunk* chunk) {
  return chunk->count == chunk->capacity ||
         uint64_t{chunk->count} * chunk->record_bytes + chunk->memory.used >= chunk->target_bytes;
}
inline char* record_at(const SavedChunk* chunk, uint32_t index) {
  return chunk->records + uint64_t{index} * chunk->record_bytes;
}
inline uint32_t number_of_record(const char* record) { return *reinterpret_cast<const uint32_t*>(record); }

}  // namespace weir::state
