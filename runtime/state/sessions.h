// Open sessions of one operator: for each key its disjoint intervals of event time, each with its own entry.
//
// A session holds the key in its entry; the index names one session of each key, from which all others are found
// (runtime/state/session_tree.h). Times of firing are kept in timers (runtime/time/timers.h) that are checked when they are due: a record that prolongs
// a session touches no timer, and the watermark never scans keys. A session is a function of the on-time records alone: no
// order of merging changes it.
//
// The stores of an operator are shared by the workers, each under its lock. They are several where there are several workers:
// the top bits of a key's hash say which (SessionStores), so that workers seldom wait for each other.
#pragma once

#include <cstdint>

#include "runtime/abi/abi.h"
#include "runtime/abi/holes.h"
#include "runtime/state/changed.h"
#include "runtime/state/hash_index.h"
#include "runtime/state/lock.h"
#include "runtime/state/panes.h"

namespace weir::state {

struct SessionHeader {
  int64_t start;  // event time of the first record
  int64_t last;   // of the last record; end = last + gap
  int64_t timer;  // when its timer is due, never after it may fire; kNoSession: the place is free
  uint32_t tag;   // low half of the key's hash
  // Number + 1 of other sessions of the key, or `left` of the next free place; 0 = none.
  uint32_t left;
  uint32_t right;
  uint32_t unused[3];
};
static_assert(sizeof(SessionHeader) % 16 == 0);  // so are entries, which lie behind
constexpr int64_t kNoSession = INT64_MIN;

struct alignas(64) SessionStore {
  Lock lock;
  uint32_t index_bits;
  uint64_t* index;  // hash_index.h; the root of each key's sessions
  abi::StateMemory memory;
  char* sessions;  // places, `stride` apart: a SessionHeader and an entry
  uint32_t stride;
  uint32_t keys;      // slots in use
  uint32_t used;      // places that were ever used; the free ones among them are listed from `free`
  uint32_t capacity;  // places
  uint32_t free;      // number + 1
  uint32_t count;     // open sessions
  int64_t gap;        // ms
  int64_t allowed_lateness;
  uint64_t compact_at;  // memory is copied afresh when it has grown to this
  const void** due;     // of the firing at hand: headers
  uint64_t due_capacity;
  void* timers;  // of the runtime
  uint32_t accounted_keys;
  uint32_t unused;
  ChangedEntries changed;  // places
};
// The stores of one operator, by shard of the key: 2^bits.
struct SessionStores {
  SessionStore* stores;
  uint32_t bits;  // at most kShardBits
  uint32_t unused;
};
constexpr uint32_t kShardBits = 4;
inline uint32_t shard_of(uint64_t hash, uint32_t bits) {
  return static_cast<uint32_t>(hash >> 56) >> (8 - bits);
}
inline uint32_t count_of(const SessionStores& sessions) { return 1u << sessions.bits; }

void open_sessions(SessionStore& store, uint32_t entry_bytes, int64_t gap_ms, int64_t allowed_lateness_ms,
                   MemoryAccount* account);
void close_sessions(SessionStore& store);

inline SessionHeader* session_at(const SessionStore* store, uint32_t number) {
  return reinterpret_cast<SessionHeader*>(store->sessions + uint64_t{number} * store->stride);
}
inline uint32_t number_of_session(const SessionStore* store, const SessionHeader* session) {
  const auto distance = static_cast<uint64_t>(reinterpret_cast<const char*>(session) - store->sessions);
  return static_cast<uint32_t>(distance / store->stride);
}
// The place of this number is no key's any more.
inline void free_session(SessionStore* store, uint32_t number) {
  SessionHeader* session = session_at(store, number);
  session->timer = kNoSession;
  session->left = store->free;
  session->right = 0;
  store->free = number + 1;
  --store->count;
}
inline char* entry_of(SessionHeader* session) { return reinterpret_cast<char*>(session + 1); }
inline const char* entry_of(const SessionHeader* session) {
  return reinterpret_cast<const char*>(session + 1);
}

// Consumer state of session_aggregate; one per worker.
struct SessionAggregateState {
  abi::Counters counters;
  SessionStores sessions;
  int64_t watermark_floor;   // a record is judged by max(w, this)
  uint32_t processing_time;  // 1: no record is ever late
  uint32_t unused;
};
void open_session_aggregate(SessionAggregateState& state, const SessionStores& sessions,
                            bool processing_time);

}  // namespace weir::state

extern "C" {
// Room for one more session and one more key; sessions move.
void weir_sessions_grow(weir::state::SessionStore* store);
// Sets the timer of a session that was just opened to the time at which it may fire.
void weir_session_timer(weir::state::SessionStore* store, weir::state::SessionHeader* session);
// The sessions that end by `watermark`, into store->due; returns their number.
uint64_t weir_sessions_due(weir::state::SessionStore* store, int64_t watermark);
// Takes a session away from its key; its place is free.
void weir_session_close(weir::state::SessionStore* store, weir::state::SessionHeader* session);
}
