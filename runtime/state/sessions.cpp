#include "runtime/state/sessions.h"

#include <vector>

#include "runtime/state/session_tree.h"
#include "runtime/state/state_memory.h"
#include "runtime/time/timers.h"

namespace weir::state {
namespace {

constexpr uint32_t kFirstPlaces = 32;

struct SessionTimers {
  time::Timers timers;
  std::vector<time::Timer> taken;
  uint64_t booked = 0;  // bytes of both that the account knows
};
SessionTimers& timers_of(const SessionStore& store) { return *static_cast<SessionTimers*>(store.timers); }

void book_timers(SessionStore& store) {
  SessionTimers& timers = timers_of(store);
  const uint64_t bytes = timers.timers.bytes + timers.taken.capacity() * sizeof(time::Timer);
  if (bytes == timers.booked) return;
  book_bytes(account_of(store.memory), static_cast<int64_t>(bytes - timers.booked));
  timers.booked = bytes;
}

int64_t fires_at(const SessionStore& store, const SessionHeader& session) {
  return session.last + store.gap + store.allowed_lateness;
}
void set_timer(SessionStore& store, SessionHeader& session) {
  session.timer = fires_at(store, session);
  time::add_timer(timers_of(store).timers, {session.timer, number_of_session(&store, &session)});
  book_timers(store);
}

void resize_due(SessionStore& store, uint64_t capacity) {
  auto* block = reinterpret_cast<char*>(store.due);
  store.due = reinterpret_cast<const void**>(resize_block(
      account_of(store.memory), block, store.due_capacity * sizeof(void*), capacity * sizeof(void*), false));
  store.due_capacity = capacity;
}

}  // namespace

void open_sessions(SessionStore& store, uint32_t entry_bytes, int64_t gap_ms, int64_t allowed_lateness_ms,
                   MemoryAccount* account) {
  store = {};
  store.memory.account = account;
  store.stride = entry_bytes + static_cast<uint32_t>(sizeof(SessionHeader));
  store.gap = gap_ms;
  store.allowed_lateness = allowed_lateness_ms;
  store.timers = new SessionTimers;
  weir_sessions_grow(&store);
}

void close_sessions(SessionStore& store) {
  MemoryAccount* account = account_of(store.memory);
  if (account) account->keys.fetch_sub(store.accounted_keys, std::memory_order_relaxed);
  free_index(store.index, store.index_bits, account);
  free_block(account, store.sessions, uint64_t{store.capacity} * store.stride);
  free_block(account, reinterpret_cast<char*>(store.due), store.due_capacity * sizeof(void*));
  book_bytes(account, -static_cast<int64_t>(timers_of(store).booked));
  delete static_cast<SessionTimers*>(store.timers);
  close_memory(store.memory);
  close_changed(store.changed);
  store = {};
}

void open_session_aggregate(SessionAggregateState& state, const SessionStores& sessions,
                            bool processing_time) {
  state = {};
  state.sessions = sessions;
  state.watermark_floor = abi::kNoWatermark;
  state.processing_time = processing_time;
}

}  // namespace weir::state

void weir_sessions_grow(weir::state::SessionStore* store) {
  using namespace weir::state;
  MemoryAccount* account = account_of(store->memory);
  if (account) {
    account->keys.fetch_add(store->keys - store->accounted_keys, std::memory_order_relaxed);
    store->accounted_keys = store->keys;
  }
  if (!store->index || store->keys == slots_in_use(store->index_bits)) {
    double_index(store->index, store->index_bits, account);
  }
  if (store->free == 0 && store->used == store->capacity) {
    const uint32_t capacity = store->capacity == 0 ? kFirstPlaces : store->capacity * 2;
    if (capacity < store->capacity) out_of_memory(uint64_t{store->capacity} * 2 * store->stride);
    store->sessions = resize_block(account, store->sessions, uint64_t{store->capacity} * store->stride,
                                   uint64_t{capacity} * store->stride, true);
    store->capacity = capacity;
  }
}

void weir_session_timer(weir::state::SessionStore* store, weir::state::SessionHeader* session) {
  weir::state::set_timer(*store, *session);
}

uint64_t weir_sessions_due(weir::state::SessionStore* store, int64_t watermark) {
  using namespace weir::state;
  SessionTimers& timers = timers_of(*store);
  timers.taken.clear();
  weir::time::take_due(timers.timers, watermark, timers.taken);
  book_timers(*store);
  if (timers.taken.size() > store->due_capacity) resize_due(*store, timers.taken.size() * 2);
  uint64_t count = 0;
  for (const weir::time::Timer& timer : timers.taken) {
    SessionHeader* session = session_at(store, timer.item);
    // Of a session that was merged into another, or closed: its place is free or has a timer of its own.
    if (session->timer != timer.time) continue;
    if (fires_at(*store, *session) > watermark) {
      set_timer(*store, *session);
    } else {
      session->timer = weir::abi::kEndOfTime;  // not twice
      store->due[count++] = session;
    }
  }
  return count;
}

void weir_session_close(weir::state::SessionStore* store, weir::state::SessionHeader* session) {
  using namespace weir::state;
  const uint32_t name = number_of_session(store, session) + 1;
  const uint64_t mask = (uint64_t{1} << store->index_bits) - 1;
  uint64_t at = home_slot(session->tag, store->index_bits);
  // Another key may have the same tag.
  while (store->index[at] == 0 || tag_of(store->index[at]) != session->tag ||
         !is_below(store, number_of(store->index[at]) + 1, name)) {
    at = (at + 1) & mask;
  }
  const uint32_t root = remove_session(store, number_of(store->index[at]) + 1, name);
  if (root != 0) {
    store->index[at] = make_slot(session->tag, root - 1);
  } else {
    erase_slot(store->index, store->index_bits, at);
    --store->keys;
  }
  free_session(store, name - 1);
}
