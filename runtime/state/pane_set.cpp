#include "runtime/state/pane_set.h"

#include <algorithm>

namespace weir::state {

TablePtr make_table(uint32_t entry_bytes, MemoryAccount* account) {
  TablePtr table(new PaneTable);
  open_table(*table, entry_bytes, account);
  return table;
}

std::vector<std::pair<PaneKey, TablePtr>> take_closed(PaneSet& panes, int64_t watermark) {
  std::vector<std::pair<PaneKey, TablePtr>> closed;
  const std::lock_guard guard(panes.mutex);
  auto at = panes.panes.begin();
  for (; at != panes.panes.end() && at->first.closes <= watermark; ++at) {
    closed.emplace_back(at->first, std::move(at->second));
  }
  panes.panes.erase(panes.panes.begin(), at);
  return closed;
}

int64_t first_closing(PaneSet& panes) {
  const std::lock_guard guard(panes.mutex);
  return panes.panes.empty() ? abi::kEndOfTime : panes.panes.begin()->first.closes;
}

void forget_panes(PaneAggregateState& state) {
  const CachedPane nothing{0, abi::kNoWatermark, nullptr};  // no watermark is below `closes`
  state.last = nothing;
  std::fill(std::begin(state.cache), std::end(state.cache), nothing);
}

void open_pane_aggregate(PaneAggregateState& state, PaneSet* panes, bool processing_time) {
  state = {};
  state.panes = panes;
  state.watermark_floor = abi::kNoWatermark;
  state.processing_time = processing_time;
  forget_panes(state);
}

}  // namespace weir::state

weir::state::PaneTable* weir_pane(weir::state::PaneSet* panes, weir::state::PaneKind kind, int64_t start,
                                  int64_t end, int64_t closes) {
  if (panes->low_water != nullptr) {
    panes->low_water->touch(weir::state::last_window_end(panes->windows, kind, start, end),
                            panes->batch_place);
  }
  const std::lock_guard guard(panes->mutex);
  auto& table = panes->panes[{closes, start, end, kind}];
  if (!table) table = weir::state::make_table(panes->entry_bytes, panes->account);
  return table.get();
}
