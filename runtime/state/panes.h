// Panes of one worker and one windowed aggregate, and the states of the kernels that fill and fire them.
//
// Windows are cut into panes (gcd of size and slide; CUMULATE: its step); a record updates one pane. A record that is late for
// the first windows of its pane goes to a side pane of its own, which belongs to the windows from `start` to `end` instead.
// Once the first window of a pane has fired, no record can enter it (a record counts in a window iff w < end - epsilon, and the
// node's watermark is never above the w of a record that is still to come). So the firing thread takes closed panes out of
// every worker's set while the workers go on; the lock inside the set is only taken for that and when a worker meets a
// pane that its cache does not hold.
#pragma once

#include <cstdint>

#include "runtime/abi/abi.h"
#include "runtime/state/pane_table.h"

namespace weir::state {

struct PaneSet;  // of the runtime, see pane_set.h

enum class PaneKind : uint32_t {
  Pane,  // [start, end) of event time
  Side,  // half-late records; `start` is the start of the first window that they count in, `end` that of the last
};

// What a worker remembers of a pane: no record with w >= `closes` may use it.
struct CachedPane {
  int64_t start;
  int64_t closes;
  PaneTable* table;
};
constexpr uint32_t kCachedPanes = 64;  // direct-mapped by pane number

// Consumer state of pane_aggregate and attached_aggregate; one per worker.
struct PaneAggregateState {
  abi::Counters counters;
  PaneSet* panes;
  int64_t watermark_floor;   // a record is judged by max(w, this); kNoWatermark unless its partition was idle
  uint32_t processing_time;  // 1: no record is ever late
  uint32_t unused;
  CachedPane last;
  CachedPane cache[kCachedPanes];
};
// Ready for its first block.
void open_pane_aggregate(PaneAggregateState& state, PaneSet* panes, bool processing_time);
// Every pane is looked up again when it is next used.
void forget_panes(PaneAggregateState& state);

// State of fire_panes and fire_sessions; one per firing. The rows go to hole_consume in blocks.
struct FireState {
  int64_t watermark;     // of the rows: what the operator had passed on before this firing
  uint64_t rows;         // out: rows given to hole_consume so far; also their positions
  uint32_t ordered;      // 1: rows come in SQL order of their keys
  uint32_t threads;      // that may sort: as many as have nothing else to do; 0 counts as 1
  int64_t window_start;  // out: of the window whose groups are being finished, for messages
  int64_t window_end;
  // Told of the group whose row failed to be computed or to be taken; may be null.
  void (*on_failure)(FireState*, const char* entry, const abi::StateMemory* memory);
  void* owner;  // of `on_failure`
};

}  // namespace weir::state

extern "C" {
// The table of a pane, made when it is new. `closes`: the end of its first window less epsilon.
weir::state::PaneTable* weir_pane(weir::state::PaneSet* panes, weir::state::PaneKind kind, int64_t start,
                                  int64_t end, int64_t closes);
// Sorts pointers in place, by so many threads if they are many, by a comparison that the kernel gives; no two may be equal.
// `scratch` has room for as many, and may be null for one thread.
using WeirCompare = int32_t (*)(const void* a, const void* b, const void* environment);
void weir_sort(const void** items, const void** scratch, uint64_t count, WeirCompare compare,
               const void* environment, uint32_t threads);
}
