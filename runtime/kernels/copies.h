// The prepared copies of a source row: one, or one per window where a window function without aggregate is on the way.
// Inline in kernels.
#pragma once

#include "runtime/kernels/windowing.h"

namespace weir::kernels {

// Calls `take(window_start, window_end)` for each copy that passes, with the copy in `prepared`. False: the row is in no
// window. Stops at the first failure.
template <typename Take>
inline bool for_each_copy(Context* context, const char* row, char* prepared, const Take& take) {
  if (!hole_fan_out()) {
    if (hole_prepare(context, row, 0, 0, prepared) && context->failure.expression == 0) take(0, 0);
    return true;
  }
  return for_each_window(hole_source_time(context, row), [&](int64_t start, int64_t end) {
    if (context->failure.expression != 0) return;
    if (hole_prepare(context, row, start, end, prepared) && context->failure.expression == 0)
      take(start, end);
  });
}

}  // namespace weir::kernels
