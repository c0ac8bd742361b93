#include "compiler/analysis/table_window.h"

#include <algorithm>

#include "compiler/analysis/expression.h"
#include "compiler/analysis/stream_rules.h"
#include "compiler/analysis/window.h"
#include "compiler/diagnostics/suggest.h"

namespace weir::analysis {
namespace {

using typed::TimeAttribute;
using typed::WindowKind;

WEIR_ERROR(WindowParameter, "{} has no parameter `{}`", std::string_view, std::string_view);
WEIR_ERROR(WindowParameterTwice, "parameter `{}` of {} is given twice", std::string_view, std::string_view);
WEIR_ERROR(WindowTableArgument, "the first argument of {} is a table: TABLE orders", std::string_view);
WEIR_ERROR(WindowOverWindow, "{} over the rows of another window is not built yet", std::string_view);
WEIR_ERROR(PartitionByPlace, "PARTITION BY in {} is not built yet", std::string_view);

using Argument = syntax::TableFunction::Argument;

// The arguments by parameter, null where one is not given; nothing after an error.
std::optional<std::vector<const Argument*>> assign_arguments(const Context& context, std::string_view name,
                                                             const std::vector<Argument>& written,
                                                             const std::vector<std::string_view>& names,
                                                             std::string_view usage, Span span) {
  std::vector<const Argument*> assigned(names.size(), nullptr);
  const auto wrong_count = [&] {
    wrong_window_arguments(context, name, usage, span);
    return std::nullopt;
  };
  size_t position = 0;
  for (const Argument& argument : written) {
    if (!argument.name) {
      if (position >= names.size()) return wrong_count();
      assigned[position++] = &argument;
      continue;
    }
    const std::string wanted = upper(argument.name->text);
    const auto found = std::find(names.begin(), names.end(), wanted);
    if (found == names.end()) {
      auto emitted = context.diagnostics.emit(WindowParameter{}, context.at(argument.name->span), name,
                                              argument.name->text);
      const std::vector<std::string> candidates(names.begin(), names.end());
      if (const auto near = diagnostics::nearest(wanted, candidates))
        emitted.hint("did you mean `{}`?", *near);
      else
        emitted.note("it has {}", listed(candidates));
      return std::nullopt;
    }
    const auto index = static_cast<size_t>(found - names.begin());
    if (assigned[index] != nullptr) {
      context.diagnostics.emit(WindowParameterTwice{}, context.at(argument.name->span), wanted, name);
      return std::nullopt;
    }
    assigned[index] = &argument;
  }
  for (size_t i = 0; i < names.size(); ++i) {
    if (assigned[i] == nullptr && names[i] != "OFFSET") return wrong_count();
  }
  return assigned;
}

// `TABLE orders`, `orders`, a nested table function or a sub-query.
std::optional<From> table_argument(const Context& context, std::string_view name, const Argument& argument,
                                   const CommonTables* common) {
  if (const auto* table = std::get_if<syntax::TableFunction::TableArgument>(&argument.value)) {
    return analyze_from(context, *table->table, common);
  }
  if (const auto* expression = std::get_if<syntax::ExpressionPtr>(&argument.value)) {
    if (const auto* column = std::get_if<syntax::ColumnReference>(&(*expression)->node)) {
      RelationPtr relation = named_relation(context, column->name, common);
      return From{relation,
                  scope_of(relation, column->name.parts.back().text, "`" + to_text(column->name) + "`")};
    }
  }
  context.diagnostics.emit(WindowTableArgument{}, context.at(argument.span), name);
  return std::nullopt;
}

// The time column: DESCRIPTOR(ts).
std::optional<uint32_t> time_argument(const Context& context, std::string_view name, const Argument& argument,
                                      const Scope& scope) {
  const syntax::Name* column = nullptr;
  if (const auto* descriptor = std::get_if<syntax::TableFunction::Descriptor>(&argument.value)) {
    if (descriptor->columns.size() == 1) column = &descriptor->columns.front();
  }
  if (column == nullptr) {
    window_time_is_column(context, name, "write DESCRIPTOR(ts)", argument.span);
    return std::nullopt;
  }
  const auto index = resolve_name(context, scope, *column);
  if (!index) return std::nullopt;
  if (scope.columns[*index].time == TimeAttribute::None) {
    not_time_attribute(context, scope.columns, *index, column->span);
    return std::nullopt;
  }
  return index;
}

std::vector<uint32_t> partition_columns(const Context& context, const Argument& argument, const Scope& scope,
                                        bool& good) {
  std::vector<uint32_t> columns;
  const auto* table = std::get_if<syntax::TableFunction::TableArgument>(&argument.value);
  if (table == nullptr) return columns;
  for (const auto& name : table->partition_by) {
    if (const auto index = resolve_name(context, scope, name))
      columns.push_back(*index);
    else
      good = false;
  }
  return columns;
}

}  // namespace

std::optional<TableWindow> table_window(const Context& context, WindowKind kind,
                                        const syntax::TableFunction& function, const CommonTables* common,
                                        Span span) {
  const std::string_view name = window_name(kind);
  const WindowParameters lengths = window_parameters(kind, true);
  std::vector<std::string_view> names{"DATA", "TIMECOL"};
  names.insert(names.end(), lengths.names.begin(), lengths.names.end());
  const auto assigned = assign_arguments(context, name, function.arguments, names, lengths.usage, span);
  if (!assigned) return std::nullopt;

  auto from = table_argument(context, name, *(*assigned)[0], common);
  if (!from) return std::nullopt;
  bool good = from->relation != nullptr;
  TableWindow window{.input = from->relation, .spec = {}, .partition_by = {}};
  window.partition_by = partition_columns(context, *(*assigned)[0], from->scope, good);
  if (!window.partition_by.empty() && kind != WindowKind::Session) {
    context.diagnostics.emit(PartitionByPlace{}, context.at((*assigned)[0]->span), name)
        .hint("leave it out: GROUP BY the column together with the window");
    good = false;
  }
  const auto time = time_argument(context, name, *(*assigned)[1], from->scope);

  Scope nothing;
  nothing.description = "the arguments of a window";
  const Place place{.context = context, .scope = nothing, .clause = "the arguments of a window"};
  std::vector<ExpressionPtr> values;
  for (size_t i = 2; i < assigned->size(); ++i) {
    if ((*assigned)[i] == nullptr) {
      values.push_back(nullptr);
      continue;
    }
    const auto* expression = std::get_if<syntax::ExpressionPtr>(&(*assigned)[i]->value);
    if (expression == nullptr) {
      wrong_window_arguments(context, name, lengths.usage, span);
      return std::nullopt;
    }
    values.push_back(analyze_expression(place, **expression));
    good &= values.back() != nullptr;
  }
  if (!good || !time) {
    // The lengths are still looked at, so that their errors show as well.
    if (std::none_of(values.begin(), values.end() - (names.back() == "OFFSET" ? 1 : 0),
                     [](const auto& v) { return !v; })) {
      make_window_spec(context, kind, values, span);
    }
    return std::nullopt;
  }
  auto spec = make_window_spec(context, kind, values, span);
  if (!spec) return std::nullopt;
  const typed::Column& column = from->scope.columns[*time];
  set_window_time(context, *spec, column.type, column.time);
  window.spec = *spec;
  window.time_column = *time;
  if (has_open_window(*window.input)) {
    context.diagnostics.emit(WindowOverWindow{}, context.at(span), name)
        .hint("aggregate the inner window first: GROUP BY window_start, window_end");
    return std::nullopt;
  }
  if (!require_append_only(context, *window.input, name, span)) return std::nullopt;
  return window;
}

}  // namespace weir::analysis
