// Windows by definition, slowly: every window that contains a record is looked at on its own. Shares no code with the
// runtime.
#pragma once

#include <map>
#include <tuple>

#include "runtime/time/windows.h"
#include "tests/unit/runtime/kernels/test_rows.h"

namespace weir::kernel_tests {

struct OracleCounts {
  uint64_t counted = 0, filtered = 0, outside = 0, late = 0, late_partial = 0;
  friend bool operator==(const OracleCounts&, const OracleCounts&) = default;
};

// All windows [start, end) that contain `time`, found by walking over every window that could.
inline std::vector<std::pair<int64_t, int64_t>> windows_of(const Windows& windows, int64_t time) {
  std::vector<std::pair<int64_t, int64_t>> result;
  const bool cumulates = windows.kind == static_cast<uint32_t>(time::WindowKind::Cumulate);
  const int64_t every = cumulates ? windows.size : windows.slide;
  const int64_t near = (time - windows.offset) / every;  // off by one for negative times
  for (int64_t n = near - windows.size / every - 2; n <= near + 2; ++n) {
    const int64_t start = windows.offset + n * every;
    if (!cumulates && start <= time && time < start + windows.size)
      result.emplace_back(start, start + windows.size);
    if (!cumulates) continue;
    for (int64_t end = start + windows.slide; end <= start + windows.size; end += windows.slide) {
      if (start <= time && time < end) result.emplace_back(start, end);
    }
  }
  return result;
}

struct Oracle {
  std::map<std::tuple<int64_t, int64_t, std::string>, Fired> windows;
  OracleCounts counts;

  void add(const Windows& spec, const Record& record, int64_t from_value = 0) {
    if (record.value < from_value) {
      ++counts.filtered;
      return;
    }
    const auto all = windows_of(spec, record.time);
    uint64_t taken = 0;
    for (const auto& [start, end] : all) {
      if (record.watermark != abi::kNoWatermark && record.watermark >= end - 1) continue;
      ++taken;
      auto [at, is_new] =
          windows.try_emplace({end, start, record.key}, Fired{end, start, record.key, 0, 0, INT64_MIN});
      Fired& window = at->second;
      ++window.count;
      window.sum += record.value;
      window.max = std::max(window.max, record.value);
    }
    if (all.empty()) {
      ++counts.outside;
    } else if (taken == 0) {
      ++counts.late;
    } else {
      ++counts.counted;
      counts.late_partial += taken < all.size();
    }
  }
  std::vector<Fired> in_order(bool with_max = true) const {
    std::vector<Fired> result;
    for (const auto& [key, window] : windows) {
      result.push_back(window);
      if (!with_max) result.back().max = INT64_MIN;
    }
    return result;
  }
};

}  // namespace weir::kernel_tests
