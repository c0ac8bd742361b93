// Firing of one windowed aggregate: which windows are due when its watermark rises, and from which panes they are made.
//
// The workers' panes that are closed (their first window is due, so that no record can enter them any more) are taken out
// of every PaneSet and merged by pane; windows then fire in order of (end, start):
//   TUMBLE, attached  a window is one pane
//   HOP               incremental: the running result of the window before, less the panes that left, plus those that came
//                     (`invertible`), or two stacks of panes (sliding.h); else all panes of the window merged
//   CUMULATE          the running result of the slices since the window's start
// Side panes (half-late records) join the windows that they name. Windows without groups give nothing, and stretches of
// event time without panes are skipped in one step, however many windows they hold.
// One thread at a time (the holder of the job's fire lock).
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "runtime/state/pane_set.h"
#include "runtime/state/sliding.h"
#include "runtime/time/windows.h"

namespace weir::state {

enum class WindowSource : uint8_t { Slices, Attached };  // of ManifestOperator::windowing

struct WindowOperatorConfig {
  WindowSource source = WindowSource::Slices;
  time::WindowKind kind = time::WindowKind::Tumble;
  int64_t size_ms = 0;
  int64_t slide_ms = 0;
  int64_t offset_ms = 0;
  int64_t pane_ms = 0;
  bool invertible = false;
  bool incremental = true;
  uint32_t entry_bytes = 0;
  MemoryAccount* account = nullptr;
  TableFunctions functions;  // merge_<op>, retract_<op> (may be null unless invertible)
  void (*fire)(FireState*, abi::Context*, PaneTable*, int64_t start, int64_t end) = nullptr;  // fire_<op>
};

struct WindowOperator {
  WindowOperatorConfig config;
  std::map<PaneKey, TablePtr> windows;  // TUMBLE, attached: whole windows that are about to fire
  std::map<int64_t, TablePtr> panes;    // HOP, CUMULATE: closed panes by start that no window has used yet
  std::map<int64_t, std::vector<SidePane>> sides;  // by start of the first window
  Sliding sliding;                                 // HOP, CUMULATE: the window that fired last
  int64_t window_start = 0;                        // its bounds
  int64_t window_end = 0;
  int64_t fired = abi::kNoWatermark;  // windows that have ended by then have fired, in an earlier run
  uint64_t windows_fired = 0;
};

WindowOperator make_window_operator(const WindowOperatorConfig& config);

// Whether `advance` at this watermark would fire or take anything; cheap.
bool is_due(const WindowOperator& op, std::span<PaneSet* const> workers, int64_t watermark);

// Every table of panes that a window may still need, for a changelog; nobody else touches them meanwhile. The method of
// `sliding` is Subtract or Rebuild: the others do not keep panes.
struct KeptTable {
  PaneKey key;  // `closes` 0: closed
  PaneTable* table;
};
std::vector<KeptTable> kept_tables(WindowOperator& op, std::span<PaneSet* const> workers);
// Puts them back into a new operator. Windows that have ended by `watermark` have fired; panes that are open go to `worker`.
void restore_tables(WindowOperator& op, abi::Context* context,
                    std::vector<std::pair<PaneKey, TablePtr>> tables, PaneSet& worker, int64_t watermark);

// Fires every window with end - epsilon <= watermark. `fire.watermark` is what the operator had passed on before. Stops at a
// failure (context->failure).
void advance(WindowOperator& op, abi::Context* context, FireState& fire, std::span<PaneSet* const> workers,
             int64_t watermark);

}  // namespace weir::state
