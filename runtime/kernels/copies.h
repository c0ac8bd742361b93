// The prepared copies of a source row: one, or one per window where a window function without aggregate is on the way.
// Inline in kernels.
#pragma once

#include "runtime/kernels/windowing.h"

namespace weir::kernels {

// Whether a row that is in no window would be dropped all the same: then it is `filtered`. What fails drops nothing, and is
// no failure of the run, for the row has no copy that anybody evaluates.
inline bool passes_outside(Context* context, const char* row) {
  const bool passes = hole_passes_outside(context, row);
  const bool failed = context->failure.expression != 0;
  context->failure = {};
  return passes || failed;
}

// Calls `take()` for each copy that passes, after it was written at `place()`. False: the row passes, but is in no window.
// Stops at the first failure.
template <typename Place, typename Take>
inline bool for_each_copy(Context* context, const char* row, const Place& place, const Take& take) {
  const auto prepare = [&](int64_t start, int64_t end) {
    if (context->failure.expression != 0) return;
    if (hole_prepare(context, row, start, end, place()) && context->failure.expression == 0) take();
  };
  if (hole_fan_out()) {
    return for_each_window(hole_source_time(context, row), prepare) || !passes_outside(context, row);
  }
  prepare(0, 0);
  return true;
}

// Accounts a source row by what became of its copies.
inline void count_row(abi::Counters& counters, bool in_windows, uint64_t taken, uint64_t late) {
  if (!in_windows) {
    ++counters.outside;
  } else if (taken != 0) {
    ++counters.counted;
    counters.late_partial += late != 0;
  } else if (late != 0) {
    ++counters.late;
  } else {
    ++counters.filtered;
  }
}

}  // namespace weir::kernels
