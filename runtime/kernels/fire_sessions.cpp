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
  StateMemory* memory;  // of the entries
};

// Finishes them and hands them on, in order; `closed(session)` follows where that was done.
template <typename Closed>
inline void fire_due(FireState* state, Context* context, const Due& due, int64_t gap, const Closed& closed) {
  if (state->ordered) weir_sort(due.headers, due.count, compare_sessions, due.memory);
  const uint64_t first = state->rows;
  const auto session_of = [&](uint64_t i) {
    auto* session = reinterpret_cast<SessionHeader*>(const_cast<void*>(due.headers[i]));
    state->window_start = session->start;
    state->window_end = session->last + gap;
    return session;
  };
  ResultBlock result(state, context);
  for (uint64_t i = 0; i < due.count; ++i) {
    SessionHeader* session = session_of(i);
    hole_finish(context, state::entry_of(session), due.memory, session->start, session->last + gap,
                result.next());
    if (!result.add(context)) break;
    closed(session);
  }
  if (context->failure.expression == 0) result.flush(context);
  if (context->failure.expression != 0 && state->on_failure) [[unlikely]] {
    const uint64_t failed = context->failure.row - first;
    if (failed < due.count) state->on_failure(state, state::entry_of(session_of(failed)), due.memory);
  }
}

// One store: from where they lie.
inline void fire_store(FireState* state, Context* context, SessionStore* store, int64_t watermark) {
  weir_lock(&store->lock);
  const uint64_t count = weir_sessions_due(store, watermark);
  if (count != 0) {
    fire_due(state, context, {store->due, count, &store->memory}, store->gap, [&](SessionHeader* session) {
      if (hole_keeps_changes()) state::note_change(&store->changed, state::number_of_session(store, session));
      weir_session_close(store, session);
    });
    compact_sessions(context, store);
  }
  weir_unlock(&store->lock);
}

// Takes those that are due out of a store, to the arena: after the header and the entry of one, those of the next.
inline char* take_due(Context* context, SessionStore* store, int64_t watermark, StateMemory* memory,
                      uint64_t* count) {
  weir_lock(&store->lock);
  *count = weir_sessions_due(store, watermark);
  char* const taken = abi::allocate(context, *count * store->stride);
  char* at = taken;
  for (uint64_t i = 0; i < *count; ++i, at += store->stride) {
    auto* session = reinterpret_cast<SessionHeader*>(const_cast<void*>(store->due[i]));
    std::memcpy(at, session, store->stride);
    if (store->memory.used != 0) {
      hole_entry_copy(at + sizeof(SessionHeader), memory, state::entry_of(session), &store->memory);
    }
    if (hole_keeps_changes()) state::note_change(&store->changed, state::number_of_session(store, session));
    weir_session_close(store, session);
  }
  compact_sessions(context, store);
  weir_unlock(&store->lock);
  return taken;
}

// Several stores: copies, so that workers need not wait while they are sorted and finished.
inline void fire_stores(FireState* state, Context* context, const SessionStores& sessions,
                        int64_t watermark) {
  const SessionStore* const any = sessions.stores;
  StateMemory memory = {nullptr, 0, 0, any->memory.account};
  char* taken[1u << state::kShardBits];
  uint64_t counts[1u << state::kShardBits];
  uint64_t count = 0;
  for (uint32_t shard = 0; shard < count_of(sessions); ++shard) {
    taken[shard] = take_due(context, sessions.stores + shard, watermark, &memory, &counts[shard]);
    count += counts[shard];
  }
  if (count == 0) return;
  auto** headers = reinterpret_cast<const void**>(abi::allocate(context, count * sizeof(void*)));
  const void** next = headers;
  for (uint32_t shard = 0; shard < count_of(sessions); ++shard) {
    for (uint64_t i = 0; i < counts[shard]; ++i) *next++ = taken[shard] + i * any->stride;
  }
  fire_due(state, context, {headers, count, &memory}, any->gap, [](SessionHeader*) {});
  weir_state_release(&memory);
}

}  // namespace
}  // namespace weir::kernels

extern "C" void fire_sessions(weir::state::FireState* state, Context* context,
                              const weir::state::SessionStores* sessions, int64_t watermark) {
  using namespace weir::kernels;
  const weir::abi::Arena mark = context->arena;
  if (sessions->bits == 0) {
    fire_store(state, context, sessions->stores, watermark);
  } else {
    fire_stores(state, context, *sessions, watermark);
  }
  context->arena = mark;
}
