#include "compiler/analysis/window_keys.h"

#include <algorithm>

#include "compiler/analysis/window.h"

namespace weir::analysis {
namespace {

using typed::WindowKind;
using typed::WindowRole;

WEIR_ERROR(WindowBoundMissing, "GROUP BY has `{}` of a {} window, but not `{}`", std::string_view,
           std::string_view, std::string_view);
WEIR_ERROR(WindowBoundLost, "GROUP BY has `{}`, but the query below does not give `{}`", std::string_view,
           std::string_view);
WEIR_ERROR(WindowTimeAlone, "GROUP BY has `{}`, but neither bound of the window", std::string_view);
WEIR_ERROR(SessionKeys, "GROUP BY has {}, and the session is partitioned by {}", std::string_view,
           std::string_view);

WEIR_ERROR(SessionBoundInAggregate, "an aggregate over a session cannot take `{}`", std::string_view);

// "a, b"
std::string key_names(const typed::Relation& input, const std::vector<ExpressionPtr>& keys) {
  std::vector<std::string> columns;
  for (const auto& column : input.columns) columns.push_back(column.name);
  std::string text;
  for (const auto& key : keys) text += (text.empty() ? "" : ", ") + typed::to_sql(*key, columns);
  return text;
}

std::optional<uint32_t> find_bound(const typed::Relation& input, uint32_t window_id, WindowRole role) {
  for (uint32_t i = 0; i < input.columns.size(); ++i) {
    if (input.columns[i].window_id == window_id && input.columns[i].window_role == role) return i;
  }
  return std::nullopt;
}

std::string_view role_name(WindowRole role) {
  switch (role) {
    case WindowRole::Start: return "window_start";
    case WindowRole::End: return "window_end";
    default: return "window_time";
  }
}

}  // namespace

const typed::Column* as_column(const typed::Relation& input, const ExpressionPtr& key) {
  const auto* index = std::get_if<typed::ColumnIndex>(&key->node);
  return index != nullptr && index->index < input.columns.size() ? &input.columns[index->index] : nullptr;
}

KeyWindow key_window(const typed::Relation& input, const std::vector<ExpressionPtr>& keys) {
  KeyWindow window;
  for (const auto& key : keys) {
    const typed::Column* column = as_column(input, key);
    if (column == nullptr || column->window_role == WindowRole::None || column->window_id < window.id)
      continue;
    if (column->window_id > window.id) {
      window = {};
      window.id = column->window_id;
    }
    window.start |= column->window_role == WindowRole::Start;
    window.end |= column->window_role == WindowRole::End;
    window.time |= column->window_role == WindowRole::Time;
    window.written = column->name;
    window.span = key->span;
  }
  return window;
}

std::optional<bool> complete_window(const Context& context, const typed::Relation& input,
                                    std::vector<ExpressionPtr>& keys, bool strict) {
  const KeyWindow window = key_window(input, keys);
  if (window.id == 0) return false;
  if (window.start && window.end) return true;
  if (!window.start && !window.end) {
    if (!strict) return false;
    context.diagnostics.emit(WindowTimeAlone{}, window.span, window.written)
        .hint("GROUP BY window_start, window_end, {}", window.written);
    return std::nullopt;
  }
  const WindowRole missing = window.start ? WindowRole::End : WindowRole::Start;
  const typed::WindowSpec& spec = context.shared.windows[window.id];
  if (spec.kind == WindowKind::Cumulate || spec.kind == WindowKind::Session) {
    if (!strict) return false;
    context.diagnostics
        .emit(WindowBoundMissing{}, window.span, window.written, window_name(spec.kind), role_name(missing))
        .note("one bound does not tell such a window from others")
        .hint("GROUP BY window_start, window_end");
    return std::nullopt;
  }
  const auto index = find_bound(input, window.id, missing);
  if (!index) {
    if (!strict) return false;
    context.diagnostics.emit(WindowBoundLost{}, window.span, window.written, role_name(missing))
        .hint("add `{}` to the SELECT of the sub-query", role_name(missing));
    return std::nullopt;
  }
  keys.push_back(typed::column(*index, input.columns[*index].type, window.span));
  return true;
}

bool check_session_keys(const Context& context, const typed::Relation& input,
                        const std::vector<ExpressionPtr>& keys, Span span) {
  const typed::WindowFunction* session = as_session(input);
  if (session == nullptr) return true;
  const auto is_among = [](const std::vector<uint32_t>& columns, const ExpressionPtr& key) {
    const auto* index = std::get_if<typed::ColumnIndex>(&key->node);
    return index != nullptr && std::find(columns.begin(), columns.end(), index->index) != columns.end();
  };
  std::vector<ExpressionPtr> others,
      unknown;  // keys besides the window; those that are no columns of PARTITION BY
  for (const auto& key : keys) {
    const typed::Column* column = as_column(input, key);
    if (column != nullptr && column->window_role != WindowRole::None) continue;
    others.push_back(key);
    if (!is_among(session->partition_by, key)) unknown.push_back(key);
  }
  std::vector<ExpressionPtr> partition, missing;
  for (const uint32_t column : session->partition_by) {
    partition.push_back(typed::column(column, input.columns[column].type));
    const bool is_grouped = std::any_of(others.begin(), others.end(),
                                        [&](const ExpressionPtr& key) { return is_among({column}, key); });
    if (!is_grouped) missing.push_back(partition.back());
  }
  if (unknown.empty() && missing.empty()) return true;

  const auto said = [&](const std::vector<ExpressionPtr>& list, std::string_view none) {
    return list.empty() ? std::string(none) : fmt::format("({})", key_names(input, list));
  };
  // The keys that are too many; where some are missing, all that there are.
  Span place{};
  for (const ExpressionPtr& key : unknown.empty() ? keys : unknown) {
    if (key->span == Span{}) continue;  // a bound that only SELECT names
    place = place == Span{} ? key->span : diagnostics::cover(place, key->span);
  }
  if (place == Span{}) place = span;
  auto emitted =
      context.diagnostics
          .emit(SessionKeys{}, context.at(place), said(others, "no other key"), said(partition, "nothing"))
          .note("each key has its own sessions, so both lists must be the same");
  const auto written = std::find_if(unknown.begin(), unknown.end(), [](const ExpressionPtr& key) {
    return !std::holds_alternative<typed::ColumnIndex>(key->node);
  });
  if (unknown.empty())
    emitted.hint("add `{}` to GROUP BY, or leave it out of PARTITION BY", key_names(input, missing));
  else if (written == unknown.end())
    emitted.hint("write SESSION(TABLE t PARTITION BY {}, …)", key_names(input, others));
  else
    emitted.hint("make `{}` a column in a view, and partition by that", key_names(input, {*written}));
  return false;
}

bool check_session_calls(const Context& context, const typed::Relation& input,
                         const std::vector<typed::AggregateCall>& calls) {
  if (as_session(input) == nullptr) return true;
  for (const typed::AggregateCall& call : calls) {
    std::vector<ExpressionPtr> taken = call.arguments;
    if (call.filter) taken.push_back(call.filter);
    for (const auto& expression : taken) {
      std::optional<uint32_t> bound;
      typed::visit_columns(*expression, [&](uint32_t index) {
        if (input.columns[index].window_role != WindowRole::None) bound = index;
      });
      if (!bound) continue;
      context.diagnostics.emit(SessionBoundInAggregate{}, expression->span, input.columns[*bound].name)
          .note("a session's bounds are known only when it has ended")
          .hint("use the bounds beside the aggregate: TIMESTAMPDIFF(SECOND, window_start, MAX(t))");
      return false;
    }
  }
  return true;
}

}  // namespace weir::analysis
