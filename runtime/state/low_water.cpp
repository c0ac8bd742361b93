#include "runtime/state/low_water.h"

#include <algorithm>

namespace weir::state {

void LowWater::forget_fired(int64_t watermark) {
  const int64_t first_open =
      watermark > abi::kEndOfTime - time::kEpsilon ? abi::kEndOfTime : watermark + time::kEpsilon;
  first_.erase(first_.begin(), first_.upper_bound(first_open));
}

std::optional<LogPlace> LowWater::lowest() const {
  if (first_.empty()) {
    return std::nullopt;
  }
  return std::ranges::min_element(first_, {}, [](const auto& entry) { return entry.second.offset; })->second;
}

int64_t last_window_end(const PaneWindows& windows, PaneKind kind, int64_t start, int64_t end) {
  if (kind == PaneKind::Side) {
    return end + windows.size_ms;  // `end` is the start of the last window
  }
  if (windows.attached) {
    return end;
  }
  switch (windows.kind) {
    case time::WindowKind::Hop:
      return time::last_window_start(start, windows.slide_ms, windows.offset_ms) + windows.size_ms;
    case time::WindowKind::Cumulate:
      return time::floor_to(start, windows.size_ms, windows.offset_ms) + windows.size_ms;
    default: return end;
  }
}

}  // namespace weir::state
