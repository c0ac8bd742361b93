// Fires the sessions that have ended by a watermark: in order of (end, start, keys) if the output is ordered, finished, in
// blocks. Sessions that fire later end later, so the order of output does not depend on how often this is called.
//
// Holes: key_compare, entry_bytes, entry_copy, result_bytes, finish, keeps_changes, consume.
#include "runtime/kernels/compact_sessions.h"
#include "runtime/kernels/result_block.h"
#include "runtime/state/sessions.h"

namespace weir::kernels {
namespace {

using state::FireState;
using state::SessionHeader;
using state::SessionStore;
using state::SessionStores;

int32_t compare_sessions(const void* a, const void* b, const void* memory) {
  const auto* one = static_cast<const SessionHeader*>(a);
  const auto* other = static_cast<const SessionHeader*>(b);
  if (one->last != other->last) return one->last < other->last ? -1 : 1;
  if (one->start != other->start) return one->start < other->start ? -1 : 1;
  return hole_key_compare(state::entry_of(one), state::entry_of(other),
                          static_cast<const StateMemory*>(memory));
}

// Sessions on their way out.
struct Due {
  const void** headers;  // SessionHeader, each followed by its entry
  uint64_t count;
  const StateMemory* memory;  // of the entries
};

// Finishes them and hands them on, in order.
inline void fire_due(FireState* state, Context* context, const Due& due, int64_t gap) {
  if (state->ordered) sort_for(state, context, due.headers, due.count, compare_sessions, due.memory);
  const uint64_t first = state->rows;
  const auto session_of = [&](uint64_t i) {
    const auto* session = static_cast<const SessionHeader*>(due.headers[i]);
    state->window_start = session->start;
    state->window_end = session->last + gap;
    return session;
  };
  ResultBlock result(state, context);
  for (uint64_t i = 0; i < due.count; ++i) {
    const SessionHeader* session = session_of(i);
    hole_finish(context, state::entry_of(session), due.memory, session->start, session->last + gap,
                result.next());
    if (!result.add(context)) break;
  }
  if (context->failure.expression == 0) result.flush(context);
  if (context->failure.expression != 0 && state->on_failure) [[unlikely]] {
    const uint64_t failed = context->failure.row - first;
    if (failed < due.count) state->on_failure(state, state::entry_of(session_of(failed)), due.memory);
  }
}

constexpr uint32_t kAhead = 8;  // sessions whose slots are asked for before they are needed

// Takes those that weir_sessions_due has found out of the store. The caller holds its lock.
inline void close_due(Context* context, SessionStore* store, uint64_t count) {
  for (uint64_t i = 0; i < count; ++i) {
    if (i + kAhead < count) {
      const uint32_t tag = static_cast<const SessionHeader*>(store->due[i + kAhead])->tag;
      __builtin_prefetch(store->index + state::home_slot(tag, store->index_bits));
    }
    auto* session = static_cast<SessionHeader*>(const_cast<void*>(store->due[i]));
    if (hole_keeps_changes()) state::note_change(&store->changed, state::number_of_session(store, session));
    weir_session_close(store, session);
  }
  if (count != 0) compact_sessions(context, store);
}

// Of all stores, as copies that lie in the arena and `memory`, so that workers need not wait while they are finished.
inline Due take_due(Context* context, const SessionStores& sessions, int64_t watermark, StateMemory* memory) {
  const uint32_t stride = sessions.stores->stride;
  char* taken[1u << state::kShardBits];
  uint64_t counts[1u << state::kShardBits];
  Due due = {nullptr, 0, memory};
  for (uint32_t shard = 0; shard < count_of(sessions); ++shard) {
    SessionStore* store = sessions.stores + shard;
    weir_lock(&store->lock);
    const uint64_t count = weir_sessions_due(store, watermark);
    char* at = taken[shard] = abi::allocate(context, count * stride);
    for (uint64_t i = 0; i < count; ++i, at += stride) {
      const auto* session = static_cast<const SessionHeader*>(store->due[i]);
      std::memcpy(at, session, stride);
      if (store->memory.used != 0) {
        hole_entry_copy(at + sizeof(SessionHeader), memory, state::entry_of(session), &store->memory);
      }
    }
    close_due(context, store, count);
    weir_unlock(&store->lock);
    counts[shard] = count;
    due.count += count;
  }
  due.headers = reinterpret_cast<const void**>(abi::allocate(context, due.count * sizeof(void*)));
  const void** next = due.headers;
  for (uint32_t shard = 0; shard < count_of(sessions); ++shard) {
    for (uint64_t i = 0; i < counts[shard]; ++i) *next++ = taken[shard] + i * stride;
  }
  return due;
}

}  // namespace
}  // namespace weir::kernels

extern "C" void fire_sessions(weir::state::FireState* state, Context* context,
                              const weir::state::SessionStores* sessions, int64_t watermark) {
  using namespace weir::kernels;
  const weir::abi::Arena mark = context->arena;
  SessionStore* store = sessions->stores;
  StateMemory memory = {nullptr, 0, 0, store->memory.account};
  const bool alone = sessions->bits == 0;  // then they are finished where they lie
  Due due;
  if (alone) {
    weir_lock(&store->lock);
    const uint64_t count = weir_sessions_due(store, watermark);
    due = {store->due, count, &store->memory};
  } else {
    due = take_due(context, *sessions, watermark, &memory);
  }
  if (due.count != 0) fire_due(state, context, due, store->gap);
  if (alone) {
    close_due(context, store, due.count);
    weir_unlock(&store->lock);
  }
  weir_state_release(&memory);
  context->arena = mark;
}
