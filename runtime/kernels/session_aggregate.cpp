// Session windows: each record joins the session of its key that is at most a gap away, opens one, or joins two.
//
//   for each row of the block: prepare, event time, late (ts <= w - lateness)?, key hash
//   for each shard that the block has keys of, free ones first, under its lock, for each of its rows:
//       the key's sessions → join, merge with the next one, or open → update
//
// Holes: prepare, event_time, key_*, entry_create, entry_copy, update, merge, keeps_changes.
#include "runtime/kernels/compact_sessions.h"
#include "runtime/state/session_tree.h"

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

constexpr uint32_t kMostShards = 1u << state::kShardBits;

// Records by shard, and as they came within one.
struct ShardOrder {
  uint8_t record[abi::kBlockRows];
  uint8_t end[kMostShards];  // of each shard's records
  uint32_t shards;           // a bit for each that has any
};

inline void order_by_shard(const TimedRecords& records, uint32_t bits, ShardOrder& order) {
  const uint32_t shards = 1u << bits;
  uint8_t begin[kMostShards] = {};
  for (uint32_t i = 0; i < records.count; ++i) ++begin[state::shard_of(records.hash[i], bits)];
  order.shards = 0;
  uint32_t before = 0;
  for (uint32_t shard = 0; shard < shards; ++shard) {
    const uint32_t count = begin[shard];
    order.shards |= static_cast<uint32_t>(count != 0) << shard;
    begin[shard] = static_cast<uint8_t>(before);
    before += count;
    order.end[shard] = static_cast<uint8_t>(before);
  }
  for (uint32_t i = 0; i < records.count; ++i) {
    order.record[begin[state::shard_of(records.hash[i], bits)]++] = static_cast<uint8_t>(i);
  }
}

inline void prefetch_session(const SessionStore* store, uint32_t tag) {
  const uint64_t slot = store->index[state::home_slot(tag, store->index_bits)];
  if (state::tag_of(slot) != tag || slot == 0) return;
  const char* session = reinterpret_cast<const char*>(state::session_at(store, state::number_of(slot)));
  __builtin_prefetch(session);
  __builtin_prefetch(session + 64);
}

// Of the key in this slot; 0: the slot is empty.
inline uint32_t root_in(const SessionStore* store, uint64_t slot) {
  return store->index[slot] == 0 ? 0 : state::number_of(store->index[slot]) + 1;
}

// The slot of the row's key, or the empty one where it belongs.
inline uint64_t find_key(const SessionStore* store, uint32_t tag, const char* row) {
  const uint64_t mask = (uint64_t{1} << store->index_bits) - 1;
  uint64_t at = state::home_slot(tag, store->index_bits);
  for (; store->index[at] != 0; at = (at + 1) & mask) {
    const uint64_t slot = store->index[at];
    if (state::tag_of(slot) != tag) continue;
    const SessionHeader* root = state::session_at(store, state::number_of(slot));
    if (hole_key_equal(row, state::entry_of(root), &store->memory)) break;
  }
  return at;
}

// A session for the row, of the key in this slot.
inline SessionHeader* open_session(Context* context, SessionStore* store, uint64_t slot, const char* row,
                                   uint32_t tag, int64_t time) {
  uint32_t number;
  if (store->free != 0) {
    number = store->free - 1;
    store->free = state::session_at(store, number)->left;
  } else {
    number = store->used++;
  }
  SessionHeader* session = state::session_at(store, number);
  session->start = time;
  session->last = time;
  session->tag = tag;
  const uint32_t root = root_in(store, slot);
  store->keys += root == 0;
  store->index[slot] = state::make_slot(tag, state::insert_session(store, root, number + 1) - 1);
  ++store->count;
  hole_entry_create(context, row, state::entry_of(session), &store->memory);
  weir_session_timer(store, session);
  return session;
}

// Joins a session with those behind it that it has come to touch.
inline void join_next(SessionStore* store, uint64_t slot, SessionHeader* session) {
  while (true) {
    const uint32_t root = root_in(store, slot);
    const uint32_t behind = state::first_behind(store, root, session->start);
    if (behind == 0) return;
    SessionHeader* next = state::session_named(store, behind);
    if (next->start > session->last + store->gap) return;
    hole_merge(state::entry_of(session), &store->memory, state::entry_of(next), &store->memory);
    if (next->last > session->last) session->last = next->last;
    if (hole_keeps_changes()) state::note_change(&store->changed, behind - 1);
    store->index[slot] = state::make_slot(session->tag, state::remove_session(store, root, behind) - 1);
    state::free_session(store, behind - 1);
  }
}

inline void add_record(Context* context, SessionStore* store, const char* row, uint64_t hash, int64_t time) {
  const bool has_place = store->free != 0 || store->used < store->capacity;
  if (!has_place || store->keys == state::slots_in_use(store->index_bits)) [[unlikely]]
    weir_sessions_grow(store);
  const uint32_t tag = static_cast<uint32_t>(hash);
  const uint64_t slot = find_key(store, tag, row);
  const uint32_t first = state::first_reaching(store, root_in(store, slot), time);
  SessionHeader* session = first == 0 ? nullptr : state::session_named(store, first);
  if (!session || time < session->start - store->gap) {
    session = open_session(context, store, slot, row, tag, time);
  } else {
    if (time < session->start) session->start = time;
    if (time > session->last) {
      session->last = time;
      join_next(store, slot, session);
    }
  }
  hole_update(context, row, state::entry_of(session), &store->memory);
  if (hole_keeps_changes()) state::note_change(&store->changed, state::number_of_session(store, session));
}

// Adds the records that `order` names. The caller holds the store's lock.
inline void add_records(Context* context, SessionStore* store, const TimedRecords& records,
                        const uint8_t* order, const uint8_t* end) {
  for (const uint8_t* i = order; i != end; ++i) {
    const uint32_t tag = static_cast<uint32_t>(records.hash[*i]);
    __builtin_prefetch(store->index + state::home_slot(tag, store->index_bits));
  }
  for (const uint8_t* i = order; i != end; ++i) {
    prefetch_session(store, static_cast<uint32_t>(records.hash[*i]));
  }
  for (const uint8_t* i = order; i != end; ++i) {
    add_record(context, store, records.rows + uint64_t{*i} * hole_prepared_bytes(), records.hash[*i],
               records.time[*i]);
  }
  compact_sessions(context, store);
}

// Takes the lock of one of the shards in the set: of one that nobody holds, if there is any.
inline uint32_t lock_any(const state::SessionStores& sessions, uint32_t shards) {
  for (uint32_t rest = shards; rest != 0; rest &= rest - 1) {
    const auto shard = static_cast<uint32_t>(__builtin_ctz(rest));
    if (weir_try_lock(&sessions.stores[shard].lock)) return shard;
  }
  const auto first = static_cast<uint32_t>(__builtin_ctz(shards));
  weir_lock(&sessions.stores[first].lock);
  return first;
}

}  // namespace
}  // namespace weir::kernels

extern "C" void session_aggregate(weir::state::SessionAggregateState* state, Context* context,
                                  const Block* block) {
  using namespace weir::kernels;
  const weir::abi::Arena mark = context->arena;
  const weir::state::SessionStores sessions = state->sessions;
  const int64_t allowed_lateness = sessions.stores->allowed_lateness;
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
    if (time + allowed_lateness <= watermark && !state->processing_time) {
      ++state->counters.late;
      continue;
    }
    ++state->counters.counted;
    records.time[records.count] = time;
    records.hash[records.count] = hole_key_hash(prepared);
    ++records.count;
    prepared += hole_prepared_bytes();
  }
  ShardOrder order;
  order_by_shard(records, sessions.bits, order);
  for (uint32_t left = order.shards; left != 0;) {
    const uint32_t shard = lock_any(sessions, left);
    SessionStore* store = sessions.stores + shard;
    add_records(context, store, records, order.record + (shard == 0 ? 0 : order.end[shard - 1]),
                order.record + order.end[shard]);
    weir_unlock(&store->lock);
    left &= ~(1u << shard);
  }
  context->arena = mark;
}
