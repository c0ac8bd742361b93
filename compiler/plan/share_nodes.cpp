#include "compiler/plan/share_nodes.h"

#include "compiler/plan/rewrite.h"

namespace weir::plan {
namespace {

bool equal(const ExpressionPtr& a, const ExpressionPtr& b) {
  if (!a || !b) return !a && !b;
  return typed::equal(*a, *b);
}

bool equal_columns(const std::vector<Column>& a, const std::vector<Column>& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i)
    if (a[i].type != b[i].type || a[i].name != b[i].name) return false;
  return true;
}

// Everything of two nodes but their expressions, which are compared in order.
bool equal_shape(const Node& a, const Node& b) {
  if (a.kind.index() != b.kind.index() || a.inputs != b.inputs || !equal_columns(a.columns, b.columns))
    return false;
  if (const auto* assign = std::get_if<WindowAssign>(&a.kind))
    return assign->spec == std::get<WindowAssign>(b.kind).spec;
  if (const auto* late = std::get_if<LateFilter>(&a.kind))
    return late->spec == std::get<LateFilter>(b.kind).spec;
  if (const auto* rejected = std::get_if<Rejected>(&a.kind))
    return rejected->table == std::get<Rejected>(b.kind).table;
  if (const auto* left = std::get_if<Aggregate>(&a.kind)) {
    const auto& right = std::get<Aggregate>(b.kind);
    if (left->windowing != right.windowing || left->window != right.window ||
        left->keys.size() != right.keys.size() || left->aggregates.size() != right.aggregates.size() ||
        left->outputs.size() != right.outputs.size() || left->distinct_only != right.distinct_only)
      return false;
    for (size_t i = 0; i < left->outputs.size(); ++i)
      if (left->outputs[i].what != right.outputs[i].what || left->outputs[i].index != right.outputs[i].index)
        return false;
    for (size_t i = 0; i < left->aggregates.size(); ++i) {
      const AggregateCall& x = left->aggregates[i];
      const AggregateCall& y = right.aggregates[i];
      if (x.function != y.function || x.distinct != y.distinct || x.arguments.size() != y.arguments.size() ||
          !x.filter != !y.filter)
        return false;
    }
  }
  return true;
}

bool can_share(const Node& node) {
  if (std::holds_alternative<Sink>(node.kind) || std::holds_alternative<Scan>(node.kind)) return false;
  bool deterministic = true;
  visit_expressions(node,
                    [&](const ExpressionPtr& expression) { deterministic &= expression->deterministic; });
  return deterministic;
}

bool equal_nodes(const Node& a, const Node& b) {
  if (!equal_shape(a, b)) return false;
  std::vector<ExpressionPtr> left, right;
  visit_expressions(a, [&](const ExpressionPtr& expression) { left.push_back(expression); });
  visit_expressions(b, [&](const ExpressionPtr& expression) { right.push_back(expression); });
  if (left.size() != right.size()) return false;
  for (size_t i = 0; i < left.size(); ++i)
    if (!equal(left[i], right[i])) return false;
  return true;
}

}  // namespace

void share_nodes(Plan& plan) {
  std::vector<NodeId> same(plan.nodes.size());
  for (NodeId id = 0; id < plan.nodes.size(); ++id) {
    for (NodeId& input : plan.at(id).inputs) input = same[input];
    same[id] = id;
    if (!can_share(plan.at(id))) continue;
    for (NodeId other = 0; other < id; ++other) {
      if (same[other] != other || !equal_nodes(plan.at(other), plan.at(id))) continue;
      same[id] = other;
      break;
    }
  }
  compact(plan);
}

}  // namespace weir::plan
