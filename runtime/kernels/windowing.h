// Which windows a record counts in, inline in kernels; the window is that of the window holes, so everything folds.
#pragma once

#include "runtime/abi/holes.h"
#include "runtime/time/windows.h"

namespace weir::kernels {

enum class Placed : uint32_t {
  Pane,     // in all windows of its pane
  Side,     // late for the first windows, in some nevertheless
  Late,     // in no window any more
  Outside,  // in no window ever
};
struct Placement {
  Placed placed;
  bool partial;    // late for some windows
  int64_t start;   // Pane: of the pane. Side: start of the first window that it counts in
  int64_t end;     // Pane: of the pane. Side: start of the last window
  int64_t closes;  // a record with w >= this may not use the pane any more
};

// Starts of the windows that a record counts in. For HOP; `first` > `last`: in none.
struct WindowRange {
  int64_t first_ever;  // that contains it
  int64_t first;       // that it counts in
  int64_t last;
};

// Far enough from both ends of the range that bounds of windows can be added and subtracted.
constexpr int64_t kFarPast = INT64_MIN / 4;

inline WindowRange hop_range(int64_t time, int64_t watermark) {
  const int64_t size = hole_window_size();
  const int64_t slide = hole_window_slide();
  const int64_t offset = hole_window_offset();
  const int64_t w = watermark < kFarPast ? kFarPast : watermark;
  const int64_t first_ever = time::floor_to(time - size, slide, offset) + slide;
  // A window counts it iff start + size - epsilon > w.
  const int64_t open = time::floor_to(w + time::kEpsilon - size, slide, offset) + slide;
  return {first_ever, first_ever < open ? open : first_ever, time::last_window_start(time, slide, offset)};
}

inline Placement place_hop(int64_t time, int64_t watermark) {
  const WindowRange range = hop_range(time, watermark);
  if (range.first_ever > range.last) return {Placed::Outside, false, 0, 0, 0};
  if (range.first > range.last) return {Placed::Late, false, 0, 0, 0};
  const int64_t closes = range.first + hole_window_size() - time::kEpsilon;
  if (range.first != range.first_ever) return {Placed::Side, true, range.first, range.last, closes};
  const int64_t start = time::floor_to(time, hole_pane_size(), hole_window_offset());
  return {Placed::Pane, false, start, start + hole_pane_size(), closes};
}

// The slices of a CUMULATE window are its panes; a record goes to the first slice whose window it counts in.
inline Placement place_cumulate(int64_t time, int64_t watermark) {
  const int64_t size = hole_window_size();
  const int64_t step = hole_window_slide();
  const int64_t start = time::floor_to(time, size, hole_window_offset());
  const int64_t own = start + time::floor_div(time - start, step) * step;
  int64_t slice = own;
  if (watermark >= own + step - time::kEpsilon) {
    slice = start + time::floor_div(watermark + time::kEpsilon - start, step) * step;
    if (slice >= start + size) return {Placed::Late, false, 0, 0, 0};
  }
  return {Placed::Pane, slice != own, slice, slice + step, slice + step - time::kEpsilon};
}

inline Placement place_tumble(int64_t time, int64_t watermark) {
  const int64_t size = hole_window_size();
  const int64_t start = time::floor_to(time, size, hole_window_offset());
  const int64_t closes = start + size - time::kEpsilon;
  if (watermark >= closes) return {Placed::Late, false, 0, 0, 0};
  return {Placed::Pane, false, start, start + size, closes};
}

inline Placement place(int64_t time, int64_t watermark) {
  switch (static_cast<time::WindowKind>(hole_window_kind())) {
    case time::WindowKind::Hop: return place_hop(time, watermark);
    case time::WindowKind::Cumulate: return place_cumulate(time, watermark);
    default: return place_tumble(time, watermark);
  }
}

// Calls `row(start, end)` for each window of a record, in order of (end, start), late ones too. False: it is in none.
template <typename Row>
inline bool for_each_window(int64_t time, const Row& row) {
  const int64_t size = hole_window_size();
  const int64_t slide = hole_window_slide();
  if (static_cast<time::WindowKind>(hole_window_kind()) == time::WindowKind::Cumulate) {
    const int64_t start = time::floor_to(time, size, hole_window_offset());
    int64_t end = start + (time::floor_div(time - start, slide) + 1) * slide;
    for (; end <= start + size; end += slide) row(start, end);
    return true;
  }
  const WindowRange range = hop_range(time, abi::kNoWatermark);
  for (int64_t start = range.first; start <= range.last; start += slide) row(start, start + size);
  return range.first <= range.last;
}

}  // namespace weir::kernels
