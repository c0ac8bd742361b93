// Writes rows into the buffer of a sink: filters, projections, window functions without aggregate, then bytes.
//
// Holes: prepare, fan_out, source_time, window_*, encode_bound, encode.
#include "runtime/kernels/copies.h"
#include "runtime/state/row_writer.h"

extern "C" void write_rows(weir::state::RowWriterState* state, Context* context, const Block* block) {
  using namespace weir::kernels;
  const weir::abi::Arena mark = context->arena;
  char* prepared = weir::abi::allocate(context, hole_prepared_bytes());
  const weir::abi::Arena row_mark = context->arena;
  OutputBuffer* output = state->output;
  const char* row = block->rows;
  for (uint32_t i = 0; i < block->count; ++i, row += hole_row_bytes()) {
    context->record_watermark = block->watermark[i];
    uint64_t written = 0;
    const bool in_windows = for_each_copy(context, row, prepared, [&](int64_t, int64_t) {
      const uint64_t bound = hole_encode_bound(prepared);
      if (static_cast<uint64_t>(output->limit - output->cursor) < bound) weir_output_reserve(output, bound);
      output->cursor = hole_encode(prepared, state->insert_kind, output->cursor);
      ++output->rows;
      ++written;
      context->arena = row_mark;
    });
    if (context->failure.expression != 0) [[unlikely]] {
      context->failure.row = i;
      break;
    }
    if (written != 0) {
      ++state->counters.counted;
    } else if (in_windows) {
      ++state->counters.filtered;
    } else {
      ++state->counters.outside;
    }
    context->arena = row_mark;
  }
  context->arena = mark;
}
