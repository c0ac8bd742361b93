#include "compiler/plan/slice_panes.h"

#include <algorithm>
#include <ranges>

#include "compiler/diagnostics/check.h"
#include "compiler/plan/rewrite.h"

namespace weir::plan {
namespace {

bool uses_column_from(const ExpressionPtr& expression, uint32_t first) {
  bool uses = false;
  if (expression) typed::visit_columns(*expression, [&](uint32_t index) { uses |= index >= first; });
  return uses;
}

// Makes the WindowAssign below an Attached aggregate, through filters and projections, part of the aggregate. False, and
// nothing changed, if an expression on the way uses the window's bounds.
bool absorb_window(Plan& plan, NodeId aggregate_id, bool session) {
  std::vector<NodeId> chain;  // filters and projections, from the aggregate down
  NodeId at = plan.at(aggregate_id).inputs[0];
  while (std::holds_alternative<Filter>(plan.at(at).kind) ||
         std::holds_alternative<Project>(plan.at(at).kind)) {
    chain.push_back(at);
    at = plan.at(at).inputs[0];
  }
  const auto* assign = std::get_if<WindowAssign>(&plan.at(at).kind);
  if (assign == nullptr || (assign->spec.kind == typed::WindowKind::Session) != session) return false;
  const WindowSpec spec = assign->spec;
  const ExpressionPtr time = assign->time;
  const NodeId source = plan.at(at).inputs[0];
  const std::vector<Column> source_columns = plan.at(source).columns;
  const uint32_t first_bound = static_cast<uint32_t>(source_columns.size());

  // Every expression on the way, in terms of the window function's own columns.
  std::vector<ExpressionPtr> columns;
  for (uint32_t i = 0; i < plan.at(at).columns.size(); ++i)
    columns.push_back(typed::column(i, plan.at(at).columns[i].type));
  std::vector<Filter> filters;
  for (const NodeId id : std::ranges::reverse_view(chain)) {
    if (const auto* filter = std::get_if<Filter>(&plan.at(id).kind)) {
      filters.push_back({typed::substitute(filter->predicate, columns)});
      if (uses_column_from(filters.back().predicate, first_bound)) return false;
      continue;
    }
    std::vector<ExpressionPtr> projected;
    for (const auto& expression : std::get<Project>(plan.at(id).kind).expressions)
      projected.push_back(typed::substitute(expression, columns));
    columns = std::move(projected);
  }

  Node node = plan.at(aggregate_id);
  rewrite_expressions(
      node, [&](const ExpressionPtr& expression) { return typed::substitute(expression, columns); });
  auto& aggregate = std::get<Aggregate>(node.kind);
  const auto is_bound = [&](const ExpressionPtr& expression, uint32_t which) {
    const auto* column = std::get_if<typed::ColumnIndex>(&expression->node);
    return column != nullptr && column->index == first_bound + which;
  };
  if (!is_bound(aggregate.attached_start, 0) || !is_bound(aggregate.attached_end, 1)) return false;
  bool uses_bounds = false;
  for (const auto& key : aggregate.keys) uses_bounds |= uses_column_from(key, first_bound);
  for (const AggregateCall& call : aggregate.aggregates) {
    for (const auto& argument : call.arguments) uses_bounds |= uses_column_from(argument, first_bound);
    uses_bounds |= uses_column_from(call.filter, first_bound);
  }
  if (uses_bounds) return false;

  NodeId input = source;
  for (Filter& filter : filters) {
    plan.nodes.push_back(Node{std::move(filter), {input}, source_columns, {}, node.span});
    input = static_cast<NodeId>(plan.nodes.size() - 1);
  }
  aggregate.windowing = session ? Windowing::Session : Windowing::Sliced;
  aggregate.window = spec;
  aggregate.time = time;
  aggregate.attached_start = nullptr;
  aggregate.attached_end = nullptr;
  node.inputs = {input};
  plan.at(aggregate_id) = std::move(node);
  return true;
}

void absorb_windows(Plan& plan, bool session) {
  const size_t count = plan.nodes.size();
  for (NodeId id = 0; id < count; ++id) {
    const auto* aggregate = std::get_if<Aggregate>(&plan.at(id).kind);
    if (aggregate && aggregate->windowing == Windowing::Attached) absorb_window(plan, id, session);
  }
  compact(plan);
}

}  // namespace

void form_sessions(Plan& plan) {
  absorb_windows(plan, true);
  for (const Node& node : plan.nodes) {
    const auto* assign = std::get_if<WindowAssign>(&node.kind);
    WEIR_CHECK(!assign || assign->spec.kind != typed::WindowKind::Session, "a SESSION without its aggregate");
  }
}

void slice_panes(Plan& plan) { absorb_windows(plan, false); }

}  // namespace weir::plan
