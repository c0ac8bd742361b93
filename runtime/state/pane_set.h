// The panes of one worker and one windowed aggregate, seen from the runtime; kernels see panes.h.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "runtime/state/budget.h"
#include "runtime/state/low_water.h"
#include "runtime/state/panes.h"

namespace weir::state {

// Owned tables: given back when dropped.
struct CloseTable {
  void operator()(PaneTable* table) const {
    close_table(*table);
    delete table;
  }
};
using TablePtr = std::unique_ptr<PaneTable, CloseTable>;
TablePtr make_table(uint32_t entry_bytes, MemoryAccount* account);

// Panes in the order in which their first windows fire.
struct PaneKey {
  int64_t closes;
  int64_t start;
  int64_t end;
  PaneKind kind;
  friend auto operator<=>(const PaneKey&, const PaneKey&) = default;
};

struct PaneSet {
  std::mutex mutex;  // of `panes`; the tables in it belong to the worker until they are taken out
  std::map<PaneKey, TablePtr> panes;
  uint32_t entry_bytes = 0;
  MemoryAccount* account = nullptr;
  PaneWindows windows;
  // Of the batch at hand, where state is rebuilt by reading again: which panes it touches is noted there.
  LowWater* low_water = nullptr;
  LogPlace batch_place;
};

// Takes the panes out whose first window has ended by `watermark`. In order.
std::vector<std::pair<PaneKey, TablePtr>> take_closed(PaneSet& panes, int64_t watermark);
// When the first window of a pane in the set ends (its end less epsilon); kEndOfTime if there is none.
int64_t first_closing(PaneSet& panes);

}  // namespace weir::state
