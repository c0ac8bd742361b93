// Gives the groups of a fired window to the operator's pipeline, in blocks: in SQL order of their keys if the output is
// ordered, finished, with the bounds of the window.
//
// Holes: key_compare, result_bytes, finish, consume.
#include "runtime/kernels/probe.h"
#include "runtime/kernels/result_block.h"
#include "runtime/state/panes.h"

namespace weir::kernels {
namespace {

int32_t compare_entries(const void* a, const void* b, const void* memory) {
  return hole_key_compare(static_cast<const char*>(a), static_cast<const char*>(b),
                          static_cast<const StateMemory*>(memory));
}

}  // namespace
}  // namespace weir::kernels

extern "C" void fire_panes(weir::state::FireState* state, Context* context, weir::state::PaneTable* table,
                           int64_t start, int64_t end) {
  using namespace weir::kernels;
  const weir::abi::Arena mark = context->arena;
  const uint32_t count = table->count;
  const void** order = nullptr;
  if (state->ordered && count > 1) {
    order = reinterpret_cast<const void**>(weir::abi::allocate(context, uint64_t{count} * sizeof(void*)));
    for (uint32_t i = 0; i < count; ++i) order[i] = weir::state::entry_at(table, i);
    sort_for(state, context, order, count, compare_entries, &table->memory);
  }
  state->window_start = start;
  state->window_end = end;
  const uint64_t first = state->rows;
  ResultBlock result(state, context);
  const auto entry_of = [&](uint64_t i) {
    return order ? static_cast<const char*>(order[i])
                 : weir::state::entry_at(table, static_cast<uint32_t>(i));
  };
  for (uint32_t i = 0; i < count; ++i) {
    hole_finish(context, entry_of(i), &table->memory, start, end, result.next());
    if (!result.add(context)) break;
  }
  if (context->failure.expression == 0) result.flush(context);
  if (context->failure.expression != 0 && state->on_failure) [[unlikely]] {
    const uint64_t failed = context->failure.row - first;
    if (failed < count) state->on_failure(state, entry_of(failed), &table->memory);
  }
  context->arena = mark;
}
