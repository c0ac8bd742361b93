#include "runtime/state/window_operator.h"

#include <algorithm>
#include <utility>

namespace weir::state {
namespace {

using time::WindowKind;

bool failed(const abi::Context* context) { return context->failure.expression != 0; }

bool fires_whole_panes(const WindowOperator& op) {
  return op.config.source == WindowSource::Attached || op.config.kind == WindowKind::Tumble;
}

// A window fires when the watermark is past its end less epsilon.
bool has_ended(int64_t end, int64_t watermark) { return end - time::kEpsilon <= watermark; }

// Start of the first window (HOP, CUMULATE) that a pane belongs to.
int64_t first_window_of(const WindowOperatorConfig& config, int64_t pane_start) {
  if (config.kind == WindowKind::Cumulate)
    return time::floor_to(pane_start, config.size_ms, config.offset_ms);
  return time::floor_to(pane_start - config.size_ms, config.slide_ms, config.offset_ms) + config.slide_ms;
}

void take_panes(WindowOperator& op, abi::Context* context, std::span<PaneSet* const> workers,
                int64_t watermark) {
  for (PaneSet* worker : workers) {
    for (auto& [key, table] : take_closed(*worker, watermark)) {
      if (fires_whole_panes(op)) {
        merge_into(op.windows[key], std::move(table), op.config.functions, context);
      } else if (key.kind == PaneKind::Pane) {
        merge_into(op.panes[key.start], std::move(table), op.config.functions, context);
      } else {
        op.sides[key.start].push_back({key.start, key.end, std::move(table)});
      }
    }
  }
}

void fire_window(WindowOperator& op, abi::Context* context, FireState& fire, PaneTable* table, int64_t start,
                 int64_t end) {
  if (!table || table->count == 0) return;
  ++op.windows_fired;
  op.config.fire(&fire, context, table, start, end);
}

void fire_whole_panes(WindowOperator& op, abi::Context* context, FireState& fire) {
  while (!op.windows.empty() && !failed(context)) {
    const auto window = op.windows.begin();
    fire_window(op, context, fire, window->second.get(), window->first.start, window->first.end);
    op.windows.erase(window);
  }
}

// The window that comes next: the neighbour of the last one while that still holds something, else the first with a pane.
struct Next {
  bool exists = false;
  int64_t start = 0;
  int64_t end = 0;
};
Next next_window(const WindowOperator& op) {
  const WindowOperatorConfig& config = op.config;
  const bool cumulates = config.kind == WindowKind::Cumulate;
  if (!is_empty(op.sliding)) {
    return {true, cumulates ? op.window_start : op.window_start + config.slide_ms,
            op.window_end + config.slide_ms};
  }
  if (cumulates) {
    if (op.panes.empty()) return {};
    const int64_t slice = op.panes.begin()->first;
    return {true, first_window_of(config, slice), slice + config.slide_ms};
  }
  int64_t start = INT64_MAX;
  if (!op.panes.empty()) start = first_window_of(config, op.panes.begin()->first);
  if (!op.sides.empty()) start = std::min(start, op.sides.begin()->first);
  if (start == INT64_MAX) return {};
  return {true, start, start + config.size_ms};
}

void move_to(WindowOperator& op, abi::Context* context, const Next& window) {
  leave_before(op.sliding, context, window.start);
  while (!op.panes.empty() && op.panes.begin()->first < window.end) {
    auto pane = op.panes.extract(op.panes.begin());
    enter_pane(op.sliding, context, pane.key(), std::move(pane.mapped()));
  }
  while (!op.sides.empty() && op.sides.begin()->first <= window.start) {
    auto sides = op.sides.extract(op.sides.begin());
    for (SidePane& side : sides.mapped()) enter_side(op.sliding, context, std::move(side));
  }
  op.window_start = window.start;
  op.window_end = window.end;
}

void fire_sliding(WindowOperator& op, abi::Context* context, FireState& fire, int64_t watermark) {
  for (Next next = next_window(op); next.exists && has_ended(next.end, watermark) && !failed(context);
       next = next_window(op)) {
    move_to(op, context, next);
    fire_window(op, context, fire, window_result(op.sliding, context), next.start, next.end);
    const bool is_whole =
        op.config.kind == WindowKind::Cumulate && next.end - next.start == op.config.size_ms;
    if (is_whole) leave_before(op.sliding, context, next.end);
  }
}

}  // namespace

WindowOperator make_window_operator(const WindowOperatorConfig& config) {
  WindowOperator op;
  op.config = config;
  op.sliding.functions = config.functions;
  op.sliding.entry_bytes = config.entry_bytes;
  op.sliding.account = config.account;
  if (!config.incremental) {
    op.sliding.method = SlidingMethod::Rebuild;
  } else if (config.kind == WindowKind::Cumulate) {
    op.sliding.method = SlidingMethod::Accumulate;
  } else {
    op.sliding.method = config.invertible ? SlidingMethod::Subtract : SlidingMethod::Stacks;
  }
  return op;
}

bool is_due(const WindowOperator& op, std::span<PaneSet* const> workers, int64_t watermark) {
  if (!fires_whole_panes(op)) {
    const Next next = next_window(op);
    if (next.exists && has_ended(next.end, watermark)) return true;
  }
  return std::any_of(workers.begin(), workers.end(), [&](PaneSet* worker) {
    const int64_t closes = first_closing(*worker);
    return closes <= watermark && closes != abi::kEndOfTime;
  });
}

void advance(WindowOperator& op, abi::Context* context, FireState& fire, std::span<PaneSet* const> workers,
             int64_t watermark) {
  take_panes(op, context, workers, watermark);
  if (fires_whole_panes(op)) {
    fire_whole_panes(op, context, fire);
  } else {
    fire_sliding(op, context, fire, watermark);
  }
}

}  // namespace weir::state
