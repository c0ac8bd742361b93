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
  const uint32_t row_bytes = hole_row_bytes();
  const char* row = block->rows;
  for (uint32_t i = 0; i < block->count; ++i, row += row_bytes) {
    context->record_watermark = block->watermark[i];
    uint64_t written = 0;
    const auto write = [&] {
      const uint64_t bound = hole_encode_bound(prepared);
      if (static_cast<uint64_t>(output->limit - output->cursor) < bound) [[unlikely]] {
        weir_output_reserve(output, bound);
      }
      output->cursor = hole_encode(prepared, state->insert_kind, output->cursor);
      ++output->rows;
      ++written;
      context->arena = row_mark;
    };
    const bool in_windows = for_each_copy(context, row, [&] { return prepared; }, write);
    if (context->failure.expression != 0) [[unlikely]] {
      context->failure.row = block->position[i];
      break;
    }
    count_row(state->counters, in_windows, written, 0);
    context->arena = row_mark;
  }
  context->arena = mark;
}
