#include "runtime/state/sliding.h"

#include <algorithm>
#include <utility>

namespace weir::state {
namespace {

constexpr uint64_t kCompactLeastBytes = uint64_t{64} << 10;

void add_copy(TablePtr& into, const PaneTable& from, const Sliding& sliding, abi::Context* context) {
  merge_copy(into, from, sliding.functions, context, sliding.entry_bytes, sliding.account);
}

void retract(Sliding& sliding, abi::Context* context, const PaneTable& table) {
  sliding.functions.retract(context, sliding.running.get(), &table);
}

// Retracted groups leave their strings behind; once these outweigh what is alive, the living are copied.
void compact(Sliding& sliding, abi::Context* context) {
  if (!sliding.running) return;
  if (sliding.running->count == 0) {
    sliding.running.reset();
    sliding.compact_at_bytes = kCompactLeastBytes;
    return;
  }
  if (sliding.running->memory.used < std::max(sliding.compact_at_bytes, kCompactLeastBytes)) return;
  TablePtr fresh;
  add_copy(fresh, *sliding.running, sliding, context);
  sliding.running = std::move(fresh);
  sliding.compact_at_bytes = sliding.running->memory.used * 2;
}

void leave_subtracting(Sliding& sliding, abi::Context* context, int64_t start) {
  while (!sliding.panes.empty() && sliding.panes.front().start < start) {
    retract(sliding, context, *sliding.panes.front().table);
    sliding.panes.pop_front();
  }
  for (const SidePane& side : sliding.sides) {
    if (side.last < start) retract(sliding, context, *side.table);
  }
}

// A new front of what came behind the old one: from the latest pane to the earliest, each with all that follow it.
void turn_over(Sliding& sliding, abi::Context* context) {
  while (!sliding.panes.empty()) {
    SlidingPane pane = std::move(sliding.panes.back());
    sliding.panes.pop_back();
    if (!sliding.front.empty()) add_copy(pane.table, *sliding.front.back().table, sliding, context);
    sliding.front.push_back(std::move(pane));
  }
  sliding.running.reset();
}

void leave_stacks(Sliding& sliding, abi::Context* context, int64_t start) {
  while (!sliding.front.empty() && sliding.front.back().start < start) sliding.front.pop_back();
  if (!sliding.front.empty() || sliding.panes.empty() || sliding.panes.front().start >= start) return;
  while (!sliding.panes.empty() && sliding.panes.front().start < start) sliding.panes.pop_front();
  turn_over(sliding, context);
}

}  // namespace

void leave_before(Sliding& sliding, abi::Context* context, int64_t start) {
  sliding.result.reset();
  switch (sliding.method) {
    case SlidingMethod::Subtract: leave_subtracting(sliding, context, start); break;
    case SlidingMethod::Stacks: leave_stacks(sliding, context, start); break;
    case SlidingMethod::Accumulate:
      if (sliding.running_start < start) sliding.running.reset();
      break;
    case SlidingMethod::Rebuild:
      while (!sliding.panes.empty() && sliding.panes.front().start < start) sliding.panes.pop_front();
      break;
  }
  std::erase_if(sliding.sides, [&](const SidePane& side) { return side.last < start; });
  if (sliding.method == SlidingMethod::Subtract) compact(sliding, context);
}

void enter_pane(Sliding& sliding, abi::Context* context, int64_t start, TablePtr table) {
  if (sliding.method == SlidingMethod::Accumulate) {
    if (!sliding.running) sliding.running_start = start;
    merge_into(sliding.running, std::move(table), sliding.functions, context);
    return;
  }
  if (sliding.method != SlidingMethod::Rebuild) add_copy(sliding.running, *table, sliding, context);
  sliding.panes.push_back({start, std::move(table)});
}

void enter_side(Sliding& sliding, abi::Context* context, SidePane side) {
  if (sliding.method == SlidingMethod::Subtract) add_copy(sliding.running, *side.table, sliding, context);
  sliding.sides.push_back(std::move(side));
}

bool is_empty(const Sliding& sliding) {
  return sliding.panes.empty() && sliding.front.empty() && sliding.sides.empty() && !sliding.running;
}

PaneTable* window_result(Sliding& sliding, abi::Context* context) {
  sliding.result.reset();
  std::vector<PaneTable*> parts;
  switch (sliding.method) {
    case SlidingMethod::Subtract:
    case SlidingMethod::Accumulate: return sliding.running.get();
    case SlidingMethod::Stacks:
      if (!sliding.front.empty()) parts.push_back(sliding.front.back().table.get());
      if (sliding.running) parts.push_back(sliding.running.get());
      break;
    case SlidingMethod::Rebuild:
      for (const SlidingPane& pane : sliding.panes) parts.push_back(pane.table.get());
      break;
  }
  for (const SidePane& side : sliding.sides) parts.push_back(side.table.get());
  if (parts.size() == 1) return parts.front();
  for (const PaneTable* part : parts) add_copy(sliding.result, *part, sliding, context);
  return sliding.result.get();
}

}  // namespace weir::state
