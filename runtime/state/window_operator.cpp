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

struct Next {
  bool exists = false;
  int64_t start = 0;
  int64_t end = 0;
};

// Start of the first window (HOP, CUMULATE) that the run before has not fired, and its end.
Next first_unfired(const WindowOperatorConfig& config, int64_t fired) {
  const int64_t passed = fired + time::kEpsilon;  // windows that end by then
  if (config.kind == WindowKind::Cumulate) {
    const int64_t end = time::floor_to(passed, config.slide_ms, config.offset_ms) + config.slide_ms;
    return {true, first_window_of(config, end - config.slide_ms), end};
  }
  const int64_t start =
      time::floor_to(passed - config.size_ms, config.slide_ms, config.offset_ms) + config.slide_ms;
  return {true, start, start + config.size_ms};
}

// The window that comes next: the neighbour of the last one while that still holds something, else the first with a pane.
Next next_of_all(const WindowOperator& op) {
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

Next next_window(const WindowOperator& op) {
  const Next next = next_of_all(op);
  if (!next.exists || op.fired == abi::kNoWatermark || !has_ended(next.end, op.fired)) return next;
  return first_unfired(op.config, op.fired);
}

void move_to(WindowOperator& op, abi::Context* context, const Next& window) {
  leave_before(op.sliding, context, window.start);
  op.panes.erase(op.panes.begin(),
                 op.panes.lower_bound(window.start));  // only windows that have fired had them
  while (!op.panes.empty() && op.panes.begin()->first < window.end) {
    auto pane = op.panes.extract(op.panes.begin());
    enter_pane(op.sliding, context, pane.key(), std::move(pane.mapped()));
  }
  while (!op.sides.empty() && op.sides.begin()->first <= window.start) {
    auto sides = op.sides.extract(op.sides.begin());
    for (SidePane& side : sides.mapped()) {
      if (side.last >= window.start) enter_side(op.sliding, context, std::move(side));
    }
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

std::vector<KeptTable> kept_tables(WindowOperator& op, std::span<PaneSet* const> workers) {
  std::vector<KeptTable> tables;
  const auto pane = [&](int64_t start, PaneTable* table) {
    tables.push_back({{0, start, start + op.config.pane_ms, PaneKind::Pane}, table});
  };
  const auto side = [&](const SidePane& it) {
    tables.push_back({{0, it.first, it.last, PaneKind::Side}, it.table.get()});
  };
  for (PaneSet* worker : workers) {
    const std::lock_guard guard(worker->mutex);
    for (const auto& [key, table] : worker->panes) tables.push_back({key, table.get()});
  }
  for (const auto& [key, table] : op.windows) tables.push_back({key, table.get()});
  for (const auto& [start, table] : op.panes) pane(start, table.get());
  for (const auto& [start, sides] : op.sides) std::ranges::for_each(sides, side);
  for (const SlidingPane& it : op.sliding.panes) pane(it.start, it.table.get());
  std::ranges::for_each(op.sliding.sides, side);
  return tables;
}

void restore_tables(WindowOperator& op, abi::Context* context,
                    std::vector<std::pair<PaneKey, TablePtr>> tables, PaneSet& worker, int64_t watermark) {
  op.fired = watermark;
  for (auto& [key, table] : tables) {
    // What is not closed may still grow.
    if (fires_whole_panes(op) || key.closes > watermark) {
      merge_into(worker.panes[key], std::move(table), op.config.functions, context);
    } else if (key.kind == PaneKind::Pane) {
      merge_into(op.panes[key.start], std::move(table), op.config.functions, context);
    } else {
      op.sides[key.start].push_back({key.start, key.end, std::move(table)});
    }
  }
}

}  // namespace weir::state
