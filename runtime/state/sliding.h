// The running result of HOP and CUMULATE windows, moved from one window to the next at a cost that does not depend on how
// many panes a window has.
//
//   Subtract    one table: panes that leave are retracted from it, panes that come are merged into it. For aggregates that
//               can be taken back exactly.
//   Stacks      two stacks. `front` holds, for each pane of it, the merge of that pane and all later ones of the front;
//               `running` is the merge of the panes that came since. A window is the top of the front merged with that; when
//               the front runs empty, the later panes are turned over into a new front. Each pane is merged at most
//               three times.
//   Accumulate  one table into which panes are merged, begun afresh when the window's start moves (CUMULATE).
//   Rebuild     the panes are kept and merged afresh for every window (the pass is off; the plain truth that the others
//               are tested against).
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "runtime/state/merge.h"

namespace weir::state {

enum class SlidingMethod : uint8_t { Subtract, Stacks, Accumulate, Rebuild };

struct SidePane {
  int64_t first;  // start of the first window it belongs to
  int64_t last;   // of the last
  TablePtr table;
};

struct SlidingPane {
  int64_t start;
  TablePtr table;
};

struct Sliding {
  SlidingMethod method = SlidingMethod::Subtract;
  TableFunctions functions;
  uint32_t entry_bytes = 0;
  MemoryAccount* account = nullptr;

  std::deque<SlidingPane> panes;  // in the window; Stacks: only those behind the front; Accumulate: none
  TablePtr running;
  int64_t running_start = INT64_MIN;  // Accumulate: start of its first pane
  uint64_t compact_at_bytes = 0;  // Subtract: when its strings have grown to this, `running` is copied afresh
  std::vector<SlidingPane> front;  // Stacks: the top is at the end and has the earliest start
  std::vector<SidePane> sides;     // active in the window
  TablePtr result;                 // what `window_result` made, where it is not `running`
};

// Drops what starts before `start`, and side panes whose last window is before it.
void leave_before(Sliding& sliding, abi::Context* context, int64_t start);
// Adds a pane; panes come in order of start.
void enter_pane(Sliding& sliding, abi::Context* context, int64_t start, TablePtr table);
void enter_side(Sliding& sliding, abi::Context* context, SidePane side);
bool is_empty(const Sliding& sliding);
// The groups of the window at hand; valid until the next call of any of these.
PaneTable* window_result(Sliding& sliding, abi::Context* context);

}  // namespace weir::state
