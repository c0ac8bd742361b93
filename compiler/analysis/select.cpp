#include <algorithm>

#include "compiler/analysis/aggregate.h"
#include "compiler/analysis/coercion.h"
#include "compiler/analysis/query.h"
#include "compiler/analysis/relation.h"
#include "compiler/analysis/stream_rules.h"
#include "compiler/analysis/window.h"

namespace weir::analysis {
namespace {

WEIR_ERROR(GroupingSetsNotBuilt, "GROUPING SETS, CUBE and ROLLUP are not built yet");
WEIR_ERROR(WindowClauseNotBuilt, "the clauses WINDOW and QUALIFY are not built yet");
WEIR_ERROR(SelectWithoutFrom, "SELECT without FROM is not built yet");
WEIR_ERROR(UnknownStarQualifier, "`{}` names no table of this query", std::string_view);
WEIR_ERROR(UntypedNull, "NULL alone has no type");
WEIR_ERROR(SessionPlace, "SESSION without GROUP BY is not built yet");
WEIR_ERROR(SessionFilter, "WHERE above SESSION may use the columns of PARTITION BY only");

// The name that a column of the result has without AS.
std::string natural_name(const syntax::Expression& expression, size_t position) {
  if (const auto* column = std::get_if<syntax::ColumnReference>(&expression.node)) {
    return column->name.parts.back().text;
  }
  return fmt::format("EXPR${}", position);
}

bool star_matches(const Context& context, const Scope& scope, const syntax::SelectItem& item) {
  if (!item.star_of || scope.broken) return true;
  const std::string name = to_text(*item.star_of);
  if (name == scope.qualifier) return true;
  auto emitted = context.diagnostics.emit(UnknownStarQualifier{}, context.at(item.star_of->span), name);
  if (!scope.qualifier.empty()) emitted.hint("here it is `{}`", scope.qualifier);
  return false;
}

// Nothing after an error.
std::optional<SelectList> analyze_items(const Place& place, const std::vector<syntax::SelectItem>& items) {
  SelectList list;
  bool good = true;
  for (const auto& item : items) {
    if (item.star) {
      good &= star_matches(place.context, place.scope, item) && !place.scope.broken;
      for (uint32_t i = 0; i < place.scope.visible; ++i) {
        const typed::Column& column = place.scope.columns[i];
        list.expressions.push_back(typed::column(i, column.type, place.context.at(item.span)));
        list.names.push_back(column.name);
      }
      continue;
    }
    ExpressionPtr expression = analyze_expression(place, *item.expression);
    if (expression && expression->type.kind == Kind::Null) {
      place.context.diagnostics.emit(UntypedNull{}, expression->span)
          .hint("write CAST(NULL AS …) with a type, such as BIGINT or STRING");
      expression = nullptr;
    }
    good &= expression != nullptr;
    list.names.push_back(item.alias ? item.alias->text : natural_name(*item.expression, list.names.size()));
    list.expressions.push_back(std::move(expression));
  }
  if (!good) return std::nullopt;
  return list;
}

void refuse_clauses(const Context& context, const syntax::Select& select, bool& good) {
  if (select.grouping_sets) {
    context.diagnostics.emit(GroupingSetsNotBuilt{}, context.at(*select.grouping_sets))
        .hint("write one GROUP BY for each set, joined by UNION ALL");
    good = false;
  }
  if (select.window_clause) {
    context.diagnostics.emit(WindowClauseNotBuilt{}, context.at(*select.window_clause));
    good = false;
  }
}

// A filter above SESSION is one below it if it looks at the partition only; then no session changes.
RelationPtr filter_session(const Context& context, const RelationPtr& input, const ExpressionPtr& condition) {
  const typed::WindowFunction& session = *as_session(*input);
  bool only_partition = true;
  typed::visit_columns(*condition, [&](uint32_t column) {
    only_partition &= std::find(session.partition_by.begin(), session.partition_by.end(), column) !=
                      session.partition_by.end();
  });
  if (!only_partition) {
    context.diagnostics.emit(SessionFilter{}, condition->span)
        .note("dropping rows after sessions are made is not dropping them before")
        .hint("filter in a view below SESSION, or in the aggregate: COUNT(*) FILTER (WHERE …)");
    return nullptr;
  }
  typed::Relation relation = *input;
  std::get<typed::WindowFunction>(relation.node).input = filter(session.input, condition);
  return std::make_shared<const typed::Relation>(std::move(relation));
}

}  // namespace

RelationPtr analyze_select(const Context& context, const syntax::Select& select, const CommonTables* common,
                           Span span) {
  bool good = true;
  refuse_clauses(context, select, good);
  if (!select.from) {
    context.diagnostics.emit(SelectWithoutFrom{}, context.at(span))
        .hint("select from a table of one row: 'connector' = 'datagen', 'number-of-rows' = '1'");
    return nullptr;
  }
  From from = analyze_from(context, *select.from, common);
  for (const auto& item : select.items) {
    if (item.alias) from.scope.aliases.push_back(item.alias->text);
  }
  RelationPtr input = from.relation;
  good &= input != nullptr;

  ExpressionPtr condition;
  if (select.where) {
    condition =
        analyze_condition({.context = context, .scope = from.scope, .clause = "WHERE"}, *select.where);
    good &= condition != nullptr;
  }
  Grouping grouping =
      analyze_group_by({.context = context, .scope = from.scope, .clause = "GROUP BY"}, select.group_by);
  good &= grouping.good;
  AggregateCollector collector;
  if (grouping.window && input) {
    place_group_window(grouping, *input);
    collector.window = &*grouping.window;
  }
  collector.window_broken = !grouping.good;
  const auto list = analyze_items(
      {.context = context, .scope = from.scope, .clause = "SELECT", .aggregates = &collector}, select.items);
  ExpressionPtr having;
  if (select.having) {
    having = analyze_condition(
        {.context = context, .scope = from.scope, .clause = "HAVING", .aggregates = &collector},
        *select.having);
    good &= having != nullptr;
  }
  if (!good || !list) return nullptr;

  if (condition) {
    if (!require_deterministic_updates(context, *input, {condition})) return nullptr;
    input = as_session(*input) != nullptr ? filter_session(context, input, condition)
                                          : filter(std::move(input), condition);
    if (!input) return nullptr;
  }
  const Span place = context.at(span);
  const bool aggregated = select.has_group_by || having || !collector.calls.empty();
  if (!aggregated) {
    if (select.distinct) return distinct(context, std::move(input), *list, place);
    if (as_session(*input) != nullptr) {
      context.diagnostics.emit(SessionPlace{}, context.at(select.from->span))
          .note("a session is known only when it has ended")
          .hint("aggregate it: GROUP BY window_start, window_end and the columns of PARTITION BY");
      return nullptr;
    }
    if (!require_deterministic_updates(context, *input, list->expressions)) return nullptr;
    return projection(std::move(input), list->expressions, list->names, place);
  }
  RelationPtr result =
      aggregate(context, std::move(input), std::move(grouping), std::move(collector), *list, having, place);
  if (!result || !select.distinct) return result;
  SelectList columns;
  for (uint32_t i = 0; i < result->columns.size(); ++i) {
    columns.expressions.push_back(typed::column(i, result->columns[i].type, place));
    columns.names.push_back(result->columns[i].name);
  }
  return distinct(context, std::move(result), columns, place);
}

}  // namespace weir::analysis
