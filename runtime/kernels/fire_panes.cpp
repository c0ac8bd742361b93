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
    weir_sort(order, count, compare_entries, &table->memory);
  }
  state->window_start = start;
  state->window_end = end;
  ResultBlock result(state, context);
  for (uint32_t i = 0; i < count; ++i) {
    const char* entry = order ? static_cast<const char*>(order[i]) : weir::state::entry_at(table, i);
    hole_finish(context, entry, &table->memory, start, end, result.next());
    if (!result.add(context)) break;
  }
  result.flush(context);
  context->arena = mark;
}
