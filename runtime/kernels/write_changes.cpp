// Writes changes of groups into the buffer of a sink. Filters and projections are applied to both sides of a change, and
// what is left of it decides what is written, so that the output stays well formed per key:
//
//   before and after pass, and are equal     nothing
//   before and after pass                    -U, +U; +U alone where the sink knows rows by their key
//   only after passes, or there is no before +I
//   only before passes                       -D
//
// Holes: prepare, prepared_equal, keeps_update_before, encode_bound, encode.
#include "runtime/abi/holes.h"
#include "runtime/state/row_writer.h"

namespace weir::kernels {
namespace {

inline void write(OutputBuffer* output, const char* prepared, abi::RowKind kind) {
  const uint64_t bound = hole_encode_bound(prepared);
  if (static_cast<uint64_t>(output->limit - output->cursor) < bound) [[unlikely]] {
    weir_output_reserve(output, bound);
  }
  output->cursor = hole_encode(prepared, static_cast<uint32_t>(kind), output->cursor);
  ++output->rows;
}

}  // namespace
}  // namespace weir::kernels

extern "C" void write_changes(weir::state::RowWriterState* state, Context* context,
                              const ChangeBlock* block) {
  using namespace weir::kernels;
  using weir::abi::RowKind;
  const weir::abi::Arena mark = context->arena;
  char* before = weir::abi::allocate(context, hole_prepared_bytes());
  char* after = weir::abi::allocate(context, hole_prepared_bytes());
  const weir::abi::Arena row_mark = context->arena;
  const uint32_t row_bytes = hole_row_bytes();
  for (uint32_t i = 0; i < block->count; ++i) {
    const uint64_t at = uint64_t{i} * row_bytes;
    const uint64_t bit = uint64_t{1} << i;
    const bool had =
        (block->has_before & bit) != 0 && hole_prepare(context, block->before + at, 0, 0, before);
    const bool has = (block->has_after & bit) != 0 && hole_prepare(context, block->after + at, 0, 0, after);
    if (context->failure.expression != 0) [[unlikely]] {
      context->failure.row = i;
      break;
    }
    if (!had && !has) {
      ++state->counters.filtered;
      continue;
    }
    ++state->counters.counted;
    if (had && has) {
      if (!hole_prepared_equal(before, after)) {
        if (hole_keeps_update_before()) write(state->output, before, RowKind::UpdateBefore);
        write(state->output, after, RowKind::UpdateAfter);
      }
    } else if (has) {
      write(state->output, after, RowKind::Insert);
    } else {
      write(state->output, before, RowKind::Delete);
    }
    context->arena = row_mark;
  }
  context->arena = mark;
}
