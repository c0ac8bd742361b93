// Fires the sessions that have ended by a watermark: in order of (end, start, keys) if the output is ordered, finished, in
// blocks. Sessions that fire later end later, so the order of output does not depend on how often this is called.
//
// Holes: key_compare, entry_bytes, entry_copy, result_bytes, finish, keeps_changes, consume.
#include "runtime/kernels/compact_sessions.h"
#include "runtime/kernels/result_block.h"
#include "runtime/state/sessions.h"

namespace weir::kernels {
namespace {

using state::SessionHeader;

int32_t compare_sessions(const void* a, const void* b, const void* memory) {
  const auto* one = static_cast<const SessionHeader*>(a);
  const auto* other = static_cast<const SessionHeader*>(b);
  if (one->last != other->last) return one->last < other->last ? -1 : 1;
  if (one->start != other->start) return one->start < other->start ? -1 : 1;
  return hole_key_compare(state::entry_of(one), state::entry_of(other),
                          static_cast<const StateMemory*>(memory));
}

}  // namespace
}  // namespace weir::kernels

extern "C" void fire_sessions(weir::state::FireState* state, Context* context,
                              weir::state::SessionStore* store, int64_t watermark) {
  using namespace weir::kernels;
  weir_lock(&store->lock);
  const uint64_t count = weir_sessions_due(store, watermark);
  if (count != 0) {
    const weir::abi::Arena mark = context->arena;
    if (state->ordered) weir_sort(store->due, count, compare_sessions, &store->memory);
    const uint64_t first = state->rows;
    const auto session_of = [&](uint64_t i) {
      auto* session = reinterpret_cast<SessionHeader*>(const_cast<void*>(store->due[i]));
      state->window_start = session->start;
      state->window_end = session->last + store->gap;
      return session;
    };
    ResultBlock result(state, context);
    for (uint64_t i = 0; i < count; ++i) {
      SessionHeader* session = session_of(i);
      hole_finish(context, weir::state::entry_of(session), &store->memory, session->start,
                  session->last + store->gap, result.next());
      if (!result.add(context)) break;
      if (hole_keeps_changes())
        weir::state::note_change(&store->changed, weir::state::number_of_session(store, session));
      weir_session_close(store, session);
    }
    if (context->failure.expression == 0) result.flush(context);
    if (context->failure.expression != 0 && state->on_failure) [[unlikely]] {
      const uint64_t failed = context->failure.row - first;
      if (failed < count) state->on_failure(state, weir::state::entry_of(session_of(failed)), &store->memory);
    }
    compact_sessions(context, store);
    context->arena = mark;
  }
  weir_unlock(&store->lock);
}
