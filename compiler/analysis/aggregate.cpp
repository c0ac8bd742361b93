#include "compiler/analysis/aggregate.h"

#include <algorithm>

#include "compiler/analysis/coercion.h"
#include "compiler/analysis/relation.h"
#include "compiler/analysis/stream_rules.h"
#include "compiler/analysis/window.h"
#include "compiler/analysis/window_keys.h"

namespace weir::analysis {
namespace {

using typed::TimeAttribute;
using typed::WindowKind;
using typed::WindowRole;

WEIR_ERROR(NotInGroupBy, "column `{}` is neither in GROUP BY nor in an aggregate", std::string_view);
WEIR_ERROR(PositionInGroupBy, "GROUP BY takes no positions");
WEIR_ERROR(TwoWindows, "GROUP BY has two windows");
WEIR_ERROR(SessionWithoutAggregate, "SESSION without GROUP BY window_start, window_end is not built yet");
WEIR_ERROR(NoKeyNoAggregate, "HAVING without GROUP BY and without an aggregate");

// Keys that equal an earlier one are one key.
void remove_duplicates(std::vector<ExpressionPtr>& keys) {
  std::vector<ExpressionPtr> result;
  for (const auto& key : keys) {
    const bool known = std::any_of(result.begin(), result.end(),
                                   [&](const ExpressionPtr& other) { return typed::equal(*key, *other); });
    if (!known) result.push_back(key);
  }
  keys = std::move(result);
}

RelationPtr make_aggregation(RelationPtr input, std::vector<ExpressionPtr> keys,
                             std::vector<typed::AggregateCall> calls, bool windowed, Span span) {
  std::vector<typed::Column> columns;
  for (const auto& key : keys) {
    typed::Column column = column_of(*input, *key, "");
    if (const typed::Column* source = as_column(*input, key)) column.name = source->name;
    if (!windowed || column.window_role != WindowRole::Time) column.time = TimeAttribute::None;
    if (!windowed) {
      column.window_role = WindowRole::None;
      column.window_id = 0;
    }
    columns.push_back(std::move(column));
  }
  for (const auto& call : calls) columns.push_back({.name = call.function->name, .type = call.type});
  const bool distinct_only = calls.empty() && !windowed;
  return std::make_shared<const typed::Relation>(typed::Relation{
      typed::Aggregation{std::move(input), std::move(keys), std::move(calls), windowed, distinct_only},
      std::move(columns), span});
}

// Window columns that SELECT or HAVING name follow from the bounds, so they are keys as well.
void add_named_window_columns(const typed::Relation& input, uint32_t window_id,
                              std::vector<ExpressionPtr>& keys,
                              const std::vector<ExpressionPtr>& expressions) {
  for (const auto& expression : expressions) {
    typed::visit_columns(*expression, [&](uint32_t index) {
      if (index >= input.columns.size()) return;
      const typed::Column& column = input.columns[index];
      if (column.window_id != window_id || column.window_role == WindowRole::None) return;
      keys.push_back(typed::column(index, column.type));
    });
  }
  remove_duplicates(keys);
}

// From columns of the input to columns of the aggregation: keys by equality, aggregates by number. Null after an error.
ExpressionPtr over_groups(const Context& context, const typed::Relation& input,
                          const std::vector<ExpressionPtr>& keys, const ExpressionPtr& expression) {
  bool good = true;
  const auto key_count = static_cast<uint32_t>(keys.size());
  ExpressionPtr result = typed::replace(expression, [&](const ExpressionPtr& part) -> ExpressionPtr {
    for (uint32_t i = 0; i < key_count; ++i) {
      if (typed::equal(*part, *keys[i])) return typed::column(i, keys[i]->type, part->span);
    }
    const auto* index = std::get_if<typed::ColumnIndex>(&part->node);
    if (index == nullptr) return nullptr;
    if (index->index >= kAggregateColumn) {
      return typed::column(key_count + (index->index - kAggregateColumn), part->type, part->span);
    }
    const std::string& name = input.columns[index->index].name;
    context.diagnostics.emit(NotInGroupBy{}, part->span, name)
        .hint("add `{}` to GROUP BY, or take an aggregate: MAX({})", name, name);
    good = false;
    return part;
  });
  return good ? result : nullptr;
}

// Sessions are kept by columns: keys that are expressions, and PROCTIME() as the time, become columns below the window.
RelationPtr with_group_window(const Context& context, RelationPtr input, Grouping& grouping,
                              std::vector<ExpressionPtr>& keys) {
  const GroupWindow& window = *grouping.window;
  const auto width = static_cast<uint32_t>(input->columns.size());
  std::vector<ExpressionPtr> expressions;
  std::vector<std::string> names;
  for (uint32_t i = 0; i < width; ++i) {
    expressions.push_back(typed::column(i, input->columns[i].type));
    names.push_back(input->columns[i].name);
  }
  std::vector<uint32_t> partition;
  const auto as_index = [&](const ExpressionPtr& expression) {
    if (const auto* index = std::get_if<typed::ColumnIndex>(&expression->node)) return index->index;
    expressions.push_back(expression);
    names.emplace_back("key");
    return static_cast<uint32_t>(expressions.size() - 1);
  };
  const uint32_t time = as_index(window.time);
  keys = grouping.keys;
  if (window.spec.kind == WindowKind::Session) {
    for (auto& key : keys) {
      const uint32_t index = as_index(key);
      partition.push_back(index);
      key = typed::column(index, key->type, key->span);
    }
  }
  WEIR_CHECK(window.start_column == expressions.size(), "a group window that is not behind its input");
  if (expressions.size() > width) {
    input = projection(std::move(input), std::move(expressions), std::move(names), window.span);
  }
  return window_function(context, std::move(input), window.spec, time, std::move(partition), window.span);
}

}  // namespace

Grouping analyze_group_by(const Place& place, const std::vector<syntax::ExpressionPtr>& expressions) {
  const Context& context = place.context;
  Grouping grouping;
  for (const auto& expression : expressions) {
    const auto* call = std::get_if<syntax::Call>(&expression->node);
    const auto kind = call == nullptr ? std::nullopt : window_kind(upper(call->name.text));
    if (kind) {
      if (grouping.window) {
        context.diagnostics.emit(TwoWindows{}, context.at(expression->span))
            .label(grouping.window->span, "the first window");
        grouping.good = false;
        continue;
      }
      auto window = group_window(place, *kind, *call, context.at(expression->span));
      grouping.good &= window.has_value();
      grouping.window = std::move(window);
      grouping.window_position = grouping.keys.size();
      continue;
    }
    if (std::holds_alternative<syntax::NumberLiteral>(expression->node)) {
      context.diagnostics.emit(PositionInGroupBy{}, context.at(expression->span))
          .hint("write the column itself");
      grouping.good = false;
      continue;
    }
    ExpressionPtr key = analyze_expression(place, *expression);
    if (key)
      grouping.keys.push_back(std::move(key));
    else
      grouping.good = false;
  }
  remove_duplicates(grouping.keys);
  return grouping;
}

void place_group_window(Grouping& grouping, const typed::Relation& input) {
  if (!grouping.window) return;
  GroupWindow& window = *grouping.window;
  const auto is_expression = [](const ExpressionPtr& e) {
    return !std::holds_alternative<typed::ColumnIndex>(e->node);
  };
  size_t below = is_expression(window.time) ? 1 : 0;
  if (window.spec.kind == WindowKind::Session) {
    below += static_cast<size_t>(std::count_if(grouping.keys.begin(), grouping.keys.end(), is_expression));
  }
  window.start_column = static_cast<uint32_t>(input.columns.size() + below);
}

RelationPtr aggregate(const Context& context, RelationPtr input, Grouping grouping,
                      AggregateCollector collector, const SelectList& select, const ExpressionPtr& having,
                      Span span) {
  const auto& calls = collector.calls;
  if (grouping.keys.empty() && !grouping.window && calls.empty()) {
    context.diagnostics.emit(NoKeyNoAggregate{}, context.at(having ? having->span : span)).hint("use WHERE");
    return nullptr;
  }
  if (!require_append_only(context, *input, "an aggregate", span)) return nullptr;
  // `keys` is what the aggregation groups by, `matched` what SELECT repeats: they differ where a key became a column.
  std::vector<ExpressionPtr> keys = grouping.keys;
  if (grouping.window) {
    if (has_open_window(*input)) {
      context.diagnostics.emit(TwoWindows{}, grouping.window->span)
          .note("the rows come from a window function already")
          .hint("GROUP BY window_start, window_end");
      return nullptr;
    }
    input = with_group_window(context, std::move(input), grouping, keys);
  }
  std::vector<ExpressionPtr> matched = grouping.keys;
  if (grouping.window) {
    const auto at = static_cast<ptrdiff_t>(grouping.window_position);
    const uint32_t start = grouping.window->start_column;
    const std::vector<ExpressionPtr> bounds{
        typed::column(start, input->columns[start].type, grouping.window->span),
        typed::column(start + 1, input->columns[start + 1].type, grouping.window->span)};
    keys.insert(keys.begin() + at, bounds.begin(), bounds.end());
    matched.insert(matched.begin() + at, bounds.begin(), bounds.end());
  }
  const size_t written = keys.size();
  const auto windowed = complete_window(context, *input, keys, true);
  if (!windowed) return nullptr;
  if (*windowed) {
    std::vector<ExpressionPtr> used = select.expressions;
    if (having) used.push_back(having);
    add_named_window_columns(*input, key_window(*input, keys).id, keys, used);
  }
  matched.insert(matched.end(), keys.begin() + static_cast<ptrdiff_t>(written), keys.end());
  if (as_session(*input) != nullptr && !*windowed) {
    context.diagnostics.emit(SessionWithoutAggregate{}, context.at(span));
    return nullptr;
  }
  if (!check_session_keys(context, *input, keys, span) || !check_session_calls(context, *input, calls)) {
    return nullptr;
  }
  if (!*windowed) warn_of_lost_window(context, *input, keys);
  if (!*windowed && !calls.empty()) warn_of_time_key(context, *input, keys);

  bool good = true;
  std::vector<ExpressionPtr> expressions;
  for (const auto& expression : select.expressions) {
    expressions.push_back(over_groups(context, *input, matched, expression));
    good &= expressions.back() != nullptr;
  }
  const ExpressionPtr condition = having ? over_groups(context, *input, matched, having) : nullptr;
  if (!good || (having && !condition)) return nullptr;

  RelationPtr result =
      make_aggregation(std::move(input), std::move(keys), std::move(collector.calls), *windowed, span);
  if (condition) {
    if (!require_deterministic_updates(context, *result, {condition})) return nullptr;
    result = filter(std::move(result), condition);
  }
  if (!require_deterministic_updates(context, *result, expressions)) return nullptr;
  return projection(std::move(result), std::move(expressions), select.names, span);
}

RelationPtr distinct(const Context& context, RelationPtr input, const SelectList& select, Span span) {
  if (!require_append_only(context, *input, "DISTINCT", span)) return nullptr;
  std::vector<ExpressionPtr> keys = select.expressions;
  remove_duplicates(keys);
  const auto windowed = complete_window(context, *input, keys, false);
  const std::vector<ExpressionPtr> matched = keys;
  if (as_session(*input) != nullptr) {
    if (!*windowed) {
      context.diagnostics.emit(SessionWithoutAggregate{}, context.at(span));
      return nullptr;
    }
    if (!check_session_keys(context, *input, keys, span)) return nullptr;
  }
  std::vector<ExpressionPtr> expressions;
  for (const auto& expression : select.expressions) {
    for (uint32_t i = 0; i < matched.size(); ++i) {
      if (!typed::equal(*expression, *matched[i])) continue;
      expressions.push_back(typed::column(i, expression->type, expression->span));
      break;
    }
  }
  RelationPtr result = make_aggregation(std::move(input), std::move(keys), {}, *windowed, span);
  return projection(std::move(result), std::move(expressions), select.names, span);
}

}  // namespace weir::analysis
