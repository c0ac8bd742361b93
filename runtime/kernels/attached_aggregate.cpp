// Windowed aggregation of rows that carry the bounds of their window: rows of a window aggregate below, or copies of
// records that a window function made and that have passed filters since.
//
//   for each row of the block, for each copy of it that passes WHERE:
//     bounds of its window, w → late, or the window's table
//     key hash                → group → update
//
// Holes: prepare, fan_out, source_time, window_*, attached_start, attached_end, key_*, entry_*, update.
#include "runtime/kernels/copies.h"
#include "runtime/kernels/group_batch.h"
#include "runtime/state/panes.h"

namespace weir::kernels {
namespace {

using state::CachedPane;
using state::PaneAggregateState;

inline PaneTable* find_window(PaneAggregateState* state, int64_t start, int64_t end) {
  const int64_t closes = end - time::kEpsilon;
  const uint64_t mixed =
      (static_cast<uint64_t>(start) + static_cast<uint64_t>(end) * 3) * 0x9e3779b97f4a7c15u;
  CachedPane& cached = state->cache[mixed >> 58];
  static_assert(state::kCachedPanes == 64);
  if (cached.start == start && cached.closes == closes) return cached.table;
  cached = {start, closes, weir_pane(state->panes, state::PaneKind::Pane, start, end, closes)};
  return cached.table;
}

}  // namespace
}  // namespace weir::kernels

extern "C" void attached_aggregate(weir::state::PaneAggregateState* state, Context* context,
                                   const Block* block) {
  using namespace weir::kernels;
  const weir::abi::Arena mark = context->arena;
  GroupBatch batch;
  open_batch(batch, context, weir::abi::kBlockRows);
  const weir::abi::Arena rows_mark = context->arena;
  const uint32_t row_bytes = hole_row_bytes();
  const char* row = block->rows;
  for (uint32_t i = 0; i < block->count; ++i, row += row_bytes) {
    context->record_watermark = block->watermark[i];
    int64_t watermark = block->watermark[i];
    if (watermark < state->watermark_floor) watermark = state->watermark_floor;
    if (state->processing_time) watermark = weir::abi::kNoWatermark;
    uint64_t taken = 0;
    uint64_t late = 0;
    const auto take = [&] {
      const char* prepared = next_row(batch);
      const int64_t start = hole_attached_start(prepared);
      const int64_t end = hole_attached_end(prepared);
      if (watermark >= end - weir::time::kEpsilon) {
        ++late;
        return;
      }
      ++taken;
      add_row(batch, find_window(state, start, end));
      if (batch.count == weir::abi::kBlockRows) {
        update_groups(context, batch);
        context->arena = rows_mark;
      }
    };
    const bool in_windows = for_each_copy(context, row, [&] { return next_row(batch); }, take);
    if (context->failure.expression != 0) [[unlikely]] {
      context->failure.row = block->position[i];
      break;
    }
    count_row(state->counters, in_windows, taken, late);
  }
  update_groups(context, batch);
  context->arena = mark;
}
