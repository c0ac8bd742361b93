#include "compiler/plan/prune_columns.h"

#include "compiler/match.h"

namespace weir::plan {
namespace {

void need(std::vector<bool>& needed, const ExpressionPtr& expression) {
  if (expression) typed::visit_columns(*expression, [&](uint32_t index) { needed[index] = true; });
}

// Marks which columns of its inputs the node needs, given which of its own are needed.
void mark_inputs(const Plan& plan, NodeId id, std::vector<std::vector<bool>>& needed) {
  const Node& node = plan.at(id);
  const std::vector<bool>& own = needed[id];
  const auto pass_through = [&](NodeId input, size_t count) {
    for (size_t i = 0; i < count; ++i)
      if (own[i]) needed[input][i] = true;
  };
  match(
      node.kind, [](const Scan&) {}, [](const Rejected&) {},
      [&](const Filter& filter) {
        pass_through(node.inputs[0], own.size());
        need(needed[node.inputs[0]], filter.predicate);
      },
      [&](const Project& project) {
        for (size_t i = 0; i < own.size(); ++i)
          if (own[i]) need(needed[node.inputs[0]], project.expressions[i]);
      },
      [&](const WindowAssign& assign) {
        pass_through(node.inputs[0], own.size() - 3);
        need(needed[node.inputs[0]], assign.time);
      },
      [&](const LateFilter& late) {
        pass_through(node.inputs[0], own.size() - 1);
        need(needed[node.inputs[0]], late.time);
      },
      [&](const Aggregate& aggregate) {
        std::vector<bool>& below = needed[node.inputs[0]];
        for (const auto& key : aggregate.keys) need(below, key);
        for (const AggregateCall& call : aggregate.aggregates) {
          for (const auto& argument : call.arguments) need(below, argument);
          need(below, call.filter);
        }
        need(below, aggregate.time);
        need(below, aggregate.attached_start);
        need(below, aggregate.attached_end);
      },
      [&](const UnionAll&) {
        for (NodeId input : node.inputs) pass_through(input, own.size());
      },
      [&](const Sink&) { needed[node.inputs[0]].assign(needed[node.inputs[0]].size(), true); });
}

}  // namespace

std::vector<std::vector<bool>> needed_columns(const Plan& plan) {
  std::vector<std::vector<bool>> needed;
  for (const Node& node : plan.nodes) needed.emplace_back(node.columns.size(), false);
  for (NodeId id = static_cast<NodeId>(plan.nodes.size()); id-- > 0;) mark_inputs(plan, id, needed);
  return needed;
}

void prune_columns(Plan& plan) {
  const std::vector<std::vector<bool>> needed = needed_columns(plan);
  for (NodeId id = 0; id < plan.nodes.size(); ++id) {
    auto* scan = std::get_if<Scan>(&plan.at(id).kind);
    if (scan == nullptr) continue;
    scan->read = needed[id];
    need(scan->read, scan->computed_event_time);
    need(scan->read, scan->watermark);
    if (scan->event_time_column) scan->read[*scan->event_time_column] = true;
  }
}

}  // namespace weir::plan
