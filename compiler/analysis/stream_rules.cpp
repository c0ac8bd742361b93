#include "compiler/analysis/stream_rules.h"

#include <algorithm>

#include "compiler/analysis/relation.h"
#include "compiler/match.h"

namespace weir::analysis {
namespace {

WEIR_ERROR(AggregateOverUpdates, "{} over a query that updates its rows is not built yet", std::string_view);
WEIR_ERROR(VolatileInUpdate, "a row that is updated later cannot hold a value of the clock or of chance");
WEIR_WARNING(LostWindow, "`{}` is not the bound of one and the same window in all branches of UNION ALL",
             std::string_view);
WEIR_WARNING(UnboundedTimeKey, "GROUP BY `{}` without a window keeps a group for every moment",
             std::string_view);

// Any relation on the way down for which f is true; f says of an aggregation whether to look below it.
template <typename F>
bool any_input(const typed::Relation& relation, F&& f) {
  return match(
      relation.node, [](const typed::TableScan&) { return false; },
      [&](const typed::WindowFunction& node) { return f(*node.input); },
      [&](const typed::Late& node) { return f(*node.input); }, [](const typed::Rejected&) { return false; },
      [&](const typed::UnionAll& node) {
        return std::any_of(node.inputs.begin(), node.inputs.end(),
                           [&](const auto& input) { return f(*input); });
      },
      [&](const typed::Aggregation& node) { return f(*node.input); },
      [&](const typed::Filter& node) { return f(*node.input); },
      [&](const typed::Projection& node) { return f(*node.input); });
}

}  // namespace

bool is_updating(const typed::Relation& relation) {
  if (const auto* aggregation = std::get_if<typed::Aggregation>(&relation.node)) {
    return !aggregation->windowed && !aggregation->distinct_only;
  }
  return any_input(relation, is_updating);
}

bool has_open_window(const typed::Relation& relation) {
  if (std::holds_alternative<typed::WindowFunction>(relation.node)) return true;
  if (std::holds_alternative<typed::Aggregation>(relation.node)) return false;
  return any_input(relation, has_open_window);
}

const catalog::Table* find_table(const typed::Relation& relation,
                                 const std::function<bool(const catalog::Table&)>& wanted) {
  if (const auto* scan = std::get_if<typed::TableScan>(&relation.node)) {
    return wanted(*scan->table) ? scan->table : nullptr;
  }
  if (const auto* rejected = std::get_if<typed::Rejected>(&relation.node)) {
    return wanted(*rejected->table) ? rejected->table : nullptr;
  }
  const catalog::Table* found = nullptr;
  any_input(relation, [&](const typed::Relation& input) {
    found = find_table(input, wanted);
    return found != nullptr;
  });
  return found;
}

bool require_append_only(const Context& context, const typed::Relation& input, std::string_view what,
                         Span span) {
  if (!is_updating(input)) return true;
  context.diagnostics.emit(AggregateOverUpdates{}, context.at(span), what)
      .note("an aggregate without a window gives a new row for its group with every record")
      .hint("give the inner query a window, so that each of its rows is final");
  return false;
}

bool require_deterministic_updates(const Context& context, const typed::Relation& input,
                                   const std::vector<ExpressionPtr>& expressions) {
  if (!is_updating(input)) return true;
  for (const auto& expression : expressions) {
    if (expression->deterministic) continue;
    context.diagnostics.emit(VolatileInUpdate{}, context.at(expression->span))
        .note("the row is taken back later, and the value would not be the same again")
        .hint("compute it below the aggregate, or use a window");
    return false;
  }
  return true;
}

void warn_of_lost_window(const Context& context, const typed::Relation& input,
                         const std::vector<ExpressionPtr>& keys) {
  for (const auto& key : keys) {
    const auto* index = std::get_if<typed::ColumnIndex>(&key->node);
    if (index == nullptr || !lost_window(input.columns[index->index])) continue;
    context.diagnostics.emit(LostWindow{}, context.at(key->span), input.columns[index->index].name)
        .note(
            "as a plain column it says nothing of when a group is complete: groups live for ever, and update")
        .hint("aggregate each branch by its own window, and join the results by UNION ALL");
    return;  // the other bound is lost as well
  }
}

void warn_of_time_key(const Context& context, const typed::Relation& input,
                      const std::vector<ExpressionPtr>& keys) {
  for (const auto& key : keys) {
    const auto* index = std::get_if<typed::ColumnIndex>(&key->node);
    if (index == nullptr) continue;
    const typed::Column& column = input.columns[index->index];
    if (column.time != typed::TimeAttribute::EventTime) continue;
    context.diagnostics.emit(UnboundedTimeKey{}, context.at(key->span), column.name)
        .hint("group by a window: TUMBLE({}, INTERVAL '1' MINUTE)", column.name);
  }
}

}  // namespace weir::analysis
