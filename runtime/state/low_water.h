// Where the records of windows that have not fired begin: for one partition of a log and one windowed aggregate. From there
// the partition is read again after a crash, and the state is what it was (docs/recovery.md, mode R).
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "runtime/state/panes.h"
#include "runtime/time/windows.h"

namespace weir::state {

// A place in a partition: an offset, and the watermark just before the record there.
struct LogPlace {
  int64_t offset = 0;
  int64_t watermark = abi::kNoWatermark;
};

class LowWater {
 public:
  // A record at or behind `place` counts in windows of which the last ends at `last_end`. Places come in order.
  void touch(int64_t last_end, LogPlace place) { first_.try_emplace(last_end, place); }
  // Windows with end - epsilon <= `watermark` have fired.
  void forget_fired(int64_t watermark);
  // The lowest place that is still needed.
  std::optional<LogPlace> lowest() const;

 private:
  std::map<int64_t, LogPlace> first_;  // by end of the last window
};

// What the panes of an operator have to know about its windows for that.
struct PaneWindows {
  bool attached = false;  // a pane is a window
  time::WindowKind kind = time::WindowKind::Tumble;
  int64_t size_ms = 0;
  int64_t slide_ms = 0;
  int64_t offset_ms = 0;
};
// The end of the last window that a pane belongs to; `start` and `end` as weir_pane gets them.
int64_t last_window_end(const PaneWindows& windows, PaneKind kind, int64_t start, int64_t end);

}  // namespace weir::state
