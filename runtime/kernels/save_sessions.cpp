// Open sessions to chunks of bytes and back (runtime/state/saved_chunk.h).
//
// Holes: entry_bytes, entry_copy, entry_equal.
#include <cstring>

#include "runtime/abi/holes.h"
#include "runtime/state/saved_chunk.h"
#include "runtime/state/session_tree.h"

namespace weir::kernels {
namespace {

using state::SessionHeader;
using state::SessionStore;

// Gives a session to its key; keys are found as session_aggregate finds them.
inline void link(SessionStore* store, uint32_t number) {
  const SessionHeader* session = state::session_at(store, number);
  const char* entry = state::entry_of(session);
  const uint64_t mask = (uint64_t{1} << store->index_bits) - 1;
  uint64_t at = state::home_slot(session->tag, store->index_bits);
  for (; store->index[at] != 0; at = (at + 1) & mask) {
    if (state::tag_of(store->index[at]) != session->tag) continue;
    const SessionHeader* root = state::session_at(store, state::number_of(store->index[at]));
    if (hole_entry_equal(state::entry_of(root), &store->memory, entry, &store->memory)) break;
  }
  const uint32_t root = store->index[at] == 0 ? 0 : state::number_of(store->index[at]) + 1;
  store->keys += root == 0;
  store->index[at] = state::make_slot(session->tag, state::insert_session(store, root, number + 1) - 1);
}

}  // namespace
}  // namespace weir::kernels

extern "C" {

// Saves the places of these numbers until the chunk is full; returns how many. The caller holds the store's lock.
uint32_t save_sessions(const weir::state::SessionStore* store, weir::state::SavedChunk* chunk,
                       const uint32_t* numbers, uint32_t count) {
  using namespace weir::state;
  uint32_t i = 0;
  for (; i < count && !is_full(chunk) && chunk->freed_count < chunk->capacity; ++i) {
    const SessionHeader* session = session_at(store, numbers[i]);
    if (session->timer == kNoSession) {
      chunk->freed[chunk->freed_count++] = numbers[i];
      continue;
    }
    char* record = record_at(chunk, chunk->count++);
    std::memset(record, 0, chunk->record_bytes);
    std::memcpy(record, &numbers[i], sizeof numbers[i]);
    auto* place = reinterpret_cast<SessionHeader*>(record + kRecordHeadBytes);
    *place = *session;
    place->left = place->right = 0;
    hole_entry_copy(entry_of(place), &chunk->memory, entry_of(session), &store->memory);
  }
  return i;
}

// Sessions take the places that they had. Until link_sessions the store serves for nothing else.
void load_sessions(weir::state::SessionStore* store, const weir::state::SavedChunk* chunk) {
  using namespace weir::state;
  const auto place_of = [&](uint32_t number) {
    while (number >= store->used) {
      if (store->used == store->capacity) weir_sessions_grow(store);
      session_at(store, store->used++)->timer = kNoSession;
    }
    return session_at(store, number);
  };
  for (uint32_t i = 0; i < chunk->count; ++i) {
    const char* record = record_at(chunk, i);
    const auto* saved = reinterpret_cast<const SessionHeader*>(record + kRecordHeadBytes);
    SessionHeader* session = place_of(number_of_record(record));
    *session = *saved;
    hole_entry_copy(entry_of(session), &store->memory, entry_of(saved), &chunk->memory);
  }
  for (uint32_t i = 0; i < chunk->freed_count; ++i) place_of(chunk->freed[i])->timer = kNoSession;
}

// Makes loaded sessions ready for use: trees, index, timers, free places.
void link_sessions(weir::state::SessionStore* store) {
  using namespace weir::state;
  for (uint32_t number = store->used; number-- > 0;) {
    SessionHeader* session = session_at(store, number);
    if (session->timer == kNoSession) {
      session->left = store->free;
      store->free = number + 1;
      continue;
    }
    if (store->keys == slots_in_use(store->index_bits)) weir_sessions_grow(store);
    weir::kernels::link(store, number);
    ++store->count;
    weir_session_timer(store, session_at(store, number));
  }
}
}
