#include "compiler/plan/rewrite.h"

#include <limits>

#include "compiler/match.h"

namespace weir::plan {

void rewrite_expressions(Node& node, const ExpressionRewrite& rewrite) {
  const auto apply = [&](ExpressionPtr& expression) {
    if (expression) expression = rewrite(expression);
  };
  match(
      node.kind,
      [&](Scan& scan) {
        apply(scan.computed_event_time);
        apply(scan.watermark);
      },
      [](Rejected&) {}, [&](Filter& filter) { apply(filter.predicate); },
      [&](Project& project) {
        for (auto& expression : project.expressions) apply(expression);
      },
      [&](WindowAssign& assign) { apply(assign.time); }, [&](LateFilter& late) { apply(late.time); },
      [&](Aggregate& aggregate) {
        for (auto& key : aggregate.keys) apply(key);
        for (AggregateCall& call : aggregate.aggregates) {
          for (auto& argument : call.arguments) apply(argument);
          apply(call.filter);
        }
        apply(aggregate.time);
        apply(aggregate.attached_start);
        apply(aggregate.attached_end);
      },
      [](UnionAll&) {}, [](Sink&) {});
}

void visit_expressions(const Node& node, const std::function<void(const ExpressionPtr&)>& f) {
  Node copy = node;
  rewrite_expressions(copy, [&](const ExpressionPtr& expression) {
    f(expression);
    return expression;
  });
}

void compact(Plan& plan) {
  constexpr NodeId kUnplaced = std::numeric_limits<NodeId>::max();
  std::vector<NodeId> placed(plan.nodes.size(), kUnplaced);
  std::vector<Node> nodes;
  const std::function<NodeId(NodeId)> place = [&](NodeId id) {
    if (placed[id] != kUnplaced) return placed[id];
    Node node = plan.nodes[id];
    for (NodeId& input : node.inputs) input = place(input);
    nodes.push_back(std::move(node));
    return placed[id] = static_cast<NodeId>(nodes.size() - 1);
  };
  for (NodeId& sink : plan.sinks) sink = place(sink);
  // REJECTED(t) has no edge to t's scan, but is fed by it.
  for (NodeId id = 0; id < plan.nodes.size(); ++id) {
    const auto* scan = std::get_if<Scan>(&plan.nodes[id].kind);
    if (scan && scan->route_rejected) place(id);
  }
  plan.nodes = std::move(nodes);
}

}  // namespace weir::plan
