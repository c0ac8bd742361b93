#include "compiler/plan/push_filter.h"

#include "compiler/plan/rewrite.h"

namespace weir::plan {
namespace {

NodeId append(Plan& plan, Node node) {
  plan.nodes.push_back(std::move(node));
  return static_cast<NodeId>(plan.nodes.size() - 1);
}

// A filter over `input`, moved down as far as it goes; returns the node to use in its place.
NodeId place_filter(Plan& plan, ExpressionPtr predicate, NodeId input, diagnostics::Span span) {
  const Node below = plan.at(input);
  if (const auto* project = std::get_if<Project>(&below.kind)) {
    ExpressionPtr composed = typed::substitute(predicate, project->expressions);
    Node copy = below;
    copy.inputs = {place_filter(plan, std::move(composed), below.inputs[0], span)};
    return append(plan, std::move(copy));
  }
  if (std::holds_alternative<WindowAssign>(below.kind)) {
    const uint32_t first_bound = static_cast<uint32_t>(below.columns.size() - 3);
    bool uses_bounds = false;
    typed::visit_columns(*predicate, [&](uint32_t index) { uses_bounds |= index >= first_bound; });
    if (!uses_bounds) {
      Node copy = below;
      copy.inputs = {place_filter(plan, std::move(predicate), below.inputs[0], span)};
      return append(plan, std::move(copy));
    }
  }
  if (std::holds_alternative<UnionAll>(below.kind)) {
    Node copy = below;
    for (NodeId& branch : copy.inputs) branch = place_filter(plan, predicate, branch, span);
    return append(plan, std::move(copy));
  }
  return append(plan, Node{Filter{std::move(predicate)}, {input}, below.columns, {}, span});
}

}  // namespace

void push_filter(Plan& plan) {
  std::vector<NodeId> moved(plan.nodes.size());
  const size_t count = plan.nodes.size();
  for (NodeId id = 0; id < count; ++id) {
    for (NodeId& input : plan.at(id).inputs) input = moved[input];
    moved[id] = id;
    if (const auto* filter = std::get_if<Filter>(&plan.at(id).kind)) {
      const ExpressionPtr predicate = filter->predicate;
      moved[id] = place_filter(plan, predicate, plan.at(id).inputs[0], plan.at(id).span);
    }
  }
  compact(plan);
}

}  // namespace weir::plan
