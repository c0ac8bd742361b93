// Finished rows of a firing, gathered into blocks for hole_consume. Inline in kernels.
#pragma once

#include "runtime/abi/holes.h"
#include "runtime/state/panes.h"

namespace weir::kernels {

// Sorts what a firing is about to finish.
inline void sort_for(const state::FireState* state, Context* context, const void** items, uint64_t count,
                     WeirCompare compare, const StateMemory* memory) {
  const abi::Arena mark = context->arena;
  const void** scratch = nullptr;
  if (state->threads > 1)
    scratch = reinterpret_cast<const void**>(abi::allocate(context, count * sizeof(void*)));
  weir_sort(items, scratch, count, compare, memory, state->threads);
  context->arena = mark;
}

struct ResultBlock {
  state::FireState* state;
  char* rows;
  abi::Arena mark;  // strings of the rows lie behind it, until they are consumed
  Block block;

  ResultBlock(state::FireState* fire_state, Context* context) : state(fire_state) {
    rows = abi::allocate(context, uint64_t{abi::kBlockRows} * hole_result_bytes());
    mark = context->arena;
    block.rows = rows;
    block.count = 0;
    block.partition = 0;
    for (int64_t& watermark : block.watermark) watermark = state->watermark;
  }

  // Where the next row is written.
  char* next() { return rows + uint64_t{block.count} * hole_result_bytes(); }

  // Takes the row that was written at `next`. False: its computation failed, or that of a row of its block further up;
  // context->failure.row is its position.
  bool add(Context* context) {
    if (context->failure.expression != 0) [[unlikely]] {
      context->failure.row = state->rows + block.count;
      return false;
    }
    block.position[block.count] = state->rows + block.count;
    if (++block.count == abi::kBlockRows) flush(context);
    return context->failure.expression == 0;
  }

  void flush(Context* context) {
    if (block.count == 0) return;
    hole_consume(context, &block);
    state->rows += block.count;
    block.count = 0;
    context->arena = mark;
  }
};

}  // namespace weir::kernels
