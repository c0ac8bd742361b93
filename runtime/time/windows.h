// Alignment of windows and panes. All times in milliseconds.
#pragma once

#include <cstdint>
#include <numeric>

namespace weir::time {

enum class WindowKind : uint32_t { Tumble, Hop, Cumulate, Session };

// Floor division and remainder, for negative times too.
constexpr int64_t floor_div(int64_t a, int64_t b) { return a / b - ((a % b != 0) && ((a < 0) != (b < 0))); }
constexpr int64_t floor_to(int64_t time, int64_t size, int64_t offset) {
  return floor_div(time - offset, size) * size + offset;
}

// The last window that contains `time` starts here (TUMBLE, HOP). With slide > size it may not contain it.
constexpr int64_t last_window_start(int64_t time, int64_t slide, int64_t offset) {
  return floor_to(time, slide, offset);
}

constexpr int64_t pane_size(int64_t size, int64_t slide) { return std::gcd(size, slide); }

// A window fires, and stops taking records, when the watermark is past its end less this (Flink's rule).
constexpr int64_t kEpsilon = 1;

}  // namespace weir::time
