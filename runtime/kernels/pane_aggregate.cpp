// Windowed aggregation of records (TUMBLE, HOP, CUMULATE): each record updates its group in one pane.
//
//   for each row of the block:
//     prepare            WHERE and projections; dropped rows are `filtered`
//     event time, w      → pane, side pane, late, or outside
//     key hash           → group of the pane → update
//
// Holes: prepare, event_time, window_*, pane_size, key_*, entry_*, update.
#include "runtime/kernels/group_batch.h"
#include "runtime/kernels/windowing.h"
#include "runtime/state/panes.h"

namespace weir::kernels {
namespace {

using state::CachedPane;
using state::PaneAggregateState;
using state::PaneKind;

// The table of a pane that is not the last one used; null: late or outside, counted.
inline PaneTable* find_pane(PaneAggregateState* state, int64_t time, int64_t watermark) {
  const int64_t number = time::floor_div(time - hole_window_offset(), hole_pane_size());
  CachedPane& cached = state->cache[static_cast<uint64_t>(number) % state::kCachedPanes];
  if (cached.start == number * hole_pane_size() + hole_window_offset() && watermark < cached.closes) {
    state->last = cached;
    return cached.table;
  }
  const Placement placement = place(time, watermark);
  if (placement.placed == Placed::Late) {
    ++state->counters.late;
    return nullptr;
  }
  if (placement.placed == Placed::Outside) {
    ++state->counters.outside;
    return nullptr;
  }
  state->counters.late_partial += placement.partial;
  const bool side = placement.placed == Placed::Side;
  PaneTable* table = weir_pane(state->panes, side ? PaneKind::Side : PaneKind::Pane, placement.start,
                               placement.end, placement.closes);
  if (!placement.partial) state->last = cached = {placement.start, placement.closes, table};
  return table;
}

}  // namespace
}  // namespace weir::kernels

extern "C" void pane_aggregate(weir::state::PaneAggregateState* state, Context* context, const Block* block) {
  using namespace weir::kernels;
  const weir::abi::Arena mark = context->arena;
  GroupBatch batch;
  open_batch(batch, context, block->count);
  const int64_t floor = state->watermark_floor;
  const bool processing_time = state->processing_time != 0;
  const uint32_t row_bytes = hole_row_bytes();
  const char* row = block->rows;
  uint64_t filtered = 0;
  uint64_t counted = 0;
  for (uint32_t i = 0; i < block->count; ++i, row += row_bytes) {
    context->record_watermark = block->watermark[i];
    char* prepared = next_row(batch);
    const bool passed = hole_prepare(context, row, 0, 0, prepared);
    if (context->failure.expression != 0) [[unlikely]] {
      context->failure.row = block->position[i];
      break;
    }
    if (!passed) {
      ++filtered;
      continue;
    }
    const int64_t time = hole_event_time(context, prepared);
    int64_t watermark = block->watermark[i] < floor ? floor : block->watermark[i];
    if (processing_time) watermark = weir::abi::kNoWatermark;
    PaneTable* table = state->last.table;
    const uint64_t within = static_cast<uint64_t>(time) - static_cast<uint64_t>(state->last.start);
    if (within >= static_cast<uint64_t>(hole_pane_size()) || watermark >= state->last.closes) {
      table = find_pane(state, time, watermark);
      if (!table) continue;
    }
    ++counted;
    add_row(batch, table);
  }
  update_groups(context, batch);
  state->counters.filtered += filtered;
  state->counters.counted += counted;
  context->arena = mark;
}
