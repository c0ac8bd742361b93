// Open sessions of one operator: for each key its disjoint intervals of event time, each with its own entry.
//
// A session holds the key in its entry; sessions of one key are chained in order of start, from the one that the index
// names. The index is that of a PaneTable (tag, session number + 1). Times of firing are kept in timers (runtime/time/
// timers.h) that are checked when they are due: a record that prolongs a session touches no timer. One store per
// operator, shared by the workers under its lock.
#pragma once

#include <cstdint>

#include "runtime/abi/abi.h"
#include "runtime/abi/holes.h"
#include "runtime/state/lock.h"
#include "runtime/state/panes.h"

namespace weir::state {

struct MemoryAccount;

struct SessionHeader {
  int64_t start;  // event time of the first record
  int64_t last;   // of the last record; end = last + gap
  int64_t timer;  // when its timer is due; never after its end
  uint32_t tag;   // low half of the key's hash
  uint32_t next;  // session number + 1 of the same key's next one, or of the next free place; 0 = none
};

struct SessionStore {
  Lock lock;
  uint32_t index_bits;
  abi::StateMemory memory;
  uint64_t* index;
  char* sessions;     // SessionHeader, then the entry; `stride` apart
  uint32_t keys;      // slots in use
  uint32_t count;     // open sessions
  uint32_t used;      // places ever used; free ones among them are chained from `free`
  uint32_t capacity;  // places
  uint32_t free;      // place + 1
  uint32_t stride;
  int64_t allowed_lateness;  // ms
  uint64_t compact_at;       // memory is copied afresh when it has grown to this
  uint32_t accounted_keys;
  void* timers;   // time::Timers
  uint32_t* due;  // of the firing at hand: session numbers
  uint64_t due_capacity;
};
void open_sessions(SessionStore& store, uint32_t entry_bytes, int64_t allowed_lateness,
                   MemoryAccount* account);
void close_sessions(SessionStore& store);
// The earliest time at which a session may end, plus lateness: firing below that W does nothing. kEndOfTime: no session.
int64_t next_session_time(SessionStore& store);

// Consumer state of session_aggregate; one per worker.
struct SessionAggregateState {
  abi::Counters counters;
  SessionStore* store;
  int64_t watermark_floor;   // as in PaneAggregateState
  uint32_t processing_time;  // 1: no record is ever late
  uint32_t unused;
};

}  // namespace weir::state

extern "C" {
// Room for one more session and one more key.
void weir_sessions_grow(weir::state::SessionStore* store);
// A timer for a session, `time` = its end plus lateness.
void weir_session_timer(weir::state::SessionStore* store, uint32_t session, int64_t time);
// Timers that are due at `watermark`, into store->due; returns their number.
uint64_t weir_sessions_due(weir::state::SessionStore* store, int64_t watermark);
}
