// Session windows: each record joins the session of its key that is at most a gap away, opens one, or joins two.
//
//   for each row of the block: prepare, event time, late (ts <= w - lateness)?, key hash
//   under the store's lock, for each:  the key's sessions → join, merge with the next one, or open → update
//
// Holes: prepare, event_time, key_*, entry_create, entry_copy, update, merge, keeps_changes.
#include "runtime/kernels/compact_sessions.h"
#include "runtime/state/sessions.h"

namespace weir::kernels {
namespace {

using state::SessionHeader;
using state::SessionStore;

struct TimedRecords {
  char* rows;
  uint32_t count;
  uint64_t hash[abi::kBlockRows];
  int64_t time[abi::kBlockRows];
};

inline void prefetch_session(const SessionStore* store, uint32_t tag) {
  const uint64_t slot = store->index[state::home_slot(tag, store->index_bits)];
  if (state::tag_of(slot) != tag || slot == 0) return;
  const char* session = reinterpret_cast<const char*>(state::session_at(store, state::number_of(slot)));
  __builtin_prefetch(session);
  __builtin_prefetch(session + 64);
}

// The slot of the row's key, or the empty one where it belongs.
inline uint64_t find_key(const SessionStore* store, uint32_t tag, const char* row) {
  const uint64_t mask = (uint64_t{1} << store->index_bits) - 1;
  uint64_t at = state::home_slot(tag, store->index_bits);
  for (; store->index[at] != 0; at = (at + 1) & mask) {
    const uint64_t slot = store->index[at];
    if (state::tag_of(slot) != tag) continue;
    const SessionHeader* first = state::session_at(store, state::number_of(slot));
    if (hole_key_equal(row, state::entry_of(first), &store->memory)) break;
  }
  return at;
}

// A session for the row before `next` (number + 1) of its key's chain, behind `before` (null: it becomes the first).
inline SessionHeader* open_session(Context* context, SessionStore* store, uint64_t slot,
                                   SessionHeader* before, uint32_t next, const char* row, uint32_t tag,
                                   int64_t time) {
  uint32_t number;
  if (store->free != 0) {
    number = store->free - 1;
    store->free = state::session_at(store, number)->next;
  } else {
    number = store->used++;
  }
  SessionHeader* session = state::session_at(store, number);
  session->start = time;
  session->last = time;
  session->tag = tag;
  session->next = next;
  if (before) {
    before->next = number + 1;
  } else {
    store->keys += store->index[slot] == 0;
    store->index[slot] = state::make_slot(tag, number);
  }
  ++store->count;
  hole_entry_create(context, row, state::entry_of(session), &store->memory);
  weir_session_timer(store, session);
  return session;
}

// Joins a session with those behind it that it has come to touch.
inline void join_next(SessionStore* store, SessionHeader* session) {
  while (session->next != 0) {
    SessionHeader* next = state::session_at(store, session->next - 1);
    if (next->start > session->last + store->gap) return;
    hole_merge(state::entry_of(session), &store->memory, state::entry_of(next), &store->memory);
    if (next->last > session->last) session->last = next->last;
    const uint32_t number = session->next;
    if (hole_keeps_changes()) state::note_change(&store->changed, number - 1);
    session->next = next->next;
    next->timer = state::kNoSession;
    next->next = store->free;
    store->free = number;
    --store->count;
  }
}

inline void add_record(Context* context, SessionStore* store, const char* row, uint64_t hash, int64_t time) {
  const bool has_place = store->free != 0 || store->used < store->capacity;
  if (!has_place || store->keys == state::slots_in_use(store->index_bits)) [[unlikely]]
    weir_sessions_grow(store);
  const uint32_t tag = static_cast<uint32_t>(hash);
  const uint64_t slot = find_key(store, tag, row);
  SessionHeader* before = nullptr;
  uint32_t at = store->index[slot] == 0 ? 0 : state::number_of(store->index[slot]) + 1;
  while (at != 0) {
    SessionHeader* session = state::session_at(store, at - 1);
    if (time <= session->last + store->gap) break;
    before = session;
    at = session->next;
  }
  SessionHeader* session = at == 0 ? nullptr : state::session_at(store, at - 1);
  if (!session || time < session->start - store->gap) {
    session = open_session(context, store, slot, before, at, row, tag, time);
  } else {
    if (time < session->start) session->start = time;
    if (time > session->last) {
      session->last = time;
      join_next(store, session);
    }
  }
  hole_update(context, row, state::entry_of(session), &store->memory);
  if (hole_keeps_changes()) state::note_change(&store->changed, state::number_of_session(store, session));
}

}  // namespace
}  // namespace weir::kernels

extern "C" void session_aggregate(weir::state::SessionAggregateState* state, Context* context,
                                  const Block* block) {
  using namespace weir::kernels;
  const weir::abi::Arena mark = context->arena;
  SessionStore* store = state->store;
  TimedRecords records;
  records.rows = weir::abi::allocate(context, uint64_t{block->count} * hole_prepared_bytes());
  records.count = 0;
  const uint32_t row_bytes = hole_row_bytes();
  const char* row = block->rows;
  char* prepared = records.rows;
  for (uint32_t i = 0; i < block->count; ++i, row += row_bytes) {
    context->record_watermark = block->watermark[i];
    const bool passed = hole_prepare(context, row, 0, 0, prepared);
    if (context->failure.expression != 0) [[unlikely]] {
      context->failure.row = block->position[i];
      break;
    }
    if (!passed) {
      ++state->counters.filtered;
      continue;
    }
    const int64_t time = hole_event_time(context, prepared);
    int64_t watermark = block->watermark[i];
    if (watermark < state->watermark_floor) watermark = state->watermark_floor;
    if (time + store->allowed_lateness <= watermark && !state->processing_time) {
      ++state->counters.late;
      continue;
    }
    ++state->counters.counted;
    records.time[records.count] = time;
    records.hash[records.count] = hole_key_hash(prepared);
    ++records.count;
    prepared += hole_prepared_bytes();
  }
  weir_lock(&store->lock);
  for (uint32_t i = 0; i < records.count; ++i) {
    const uint32_t tag = static_cast<uint32_t>(records.hash[i]);
    __builtin_prefetch(store->index + weir::state::home_slot(tag, store->index_bits));
  }
  for (uint32_t i = 0; i < records.count; ++i) {
    prefetch_session(store, static_cast<uint32_t>(records.hash[i]));
  }
  for (uint32_t i = 0; i < records.count; ++i) {
    add_record(context, store, records.rows + uint64_t{i} * hole_prepared_bytes(), records.hash[i],
               records.time[i]);
  }
  compact_sessions(context, store);
  weir_unlock(&store->lock);
  context->arena = mark;
}
