#include "compiler/analysis/insert.h"

#include <algorithm>

#include "compiler/analysis/coercion.h"
#include "compiler/analysis/query.h"
#include "compiler/analysis/relation.h"
#include "compiler/analysis/scope.h"
#include "compiler/analysis/sink_rules.h"
#include "compiler/diagnostics/suggest.h"
#include "compiler/types/coerce.h"

namespace weir::analysis {
namespace {

WEIR_ERROR(UnknownSink, "there is no table `{}`", std::string_view);
WEIR_ERROR(InsertIntoView, "`{}` is a view and cannot be written", std::string_view);
WEIR_ERROR(InsertOverwrite, "INSERT OVERWRITE is not built yet");
WEIR_ERROR(InsertColumnCount, "the query gives {}, and `{}` takes {}", std::string_view, std::string_view,
           std::string_view);
WEIR_ERROR(InsertColumnType, "column `{}` is {}, and the query gives {}", std::string_view, std::string_view,
           std::string_view);
WEIR_ERROR(InsertColumnTwice, "column `{}` is named twice", std::string_view);
WEIR_ERROR(InsertComputedColumn, "column `{}` is {} and cannot be written", std::string_view,
           std::string_view);
WEIR_ERROR(InsertMissingColumn, "column `{}` is NOT NULL and gets no value", std::string_view);
WEIR_ERROR(InsertNull, "column `{}` is NOT NULL, and the query gives NULL", std::string_view);

const catalog::Table* find_sink(const Context& context, const syntax::Name& name) {
  if (const catalog::Table* table = context.catalog().table(name.text)) return table;
  if (context.shared.failed.contains(name.text)) return nullptr;
  if (context.catalog().view(name.text) != nullptr) {
    context.diagnostics.emit(InsertIntoView{}, context.at(name.span), name.text).hint("INSERT INTO a table");
    return nullptr;
  }
  auto emitted = context.diagnostics.emit(UnknownSink{}, context.at(name.span), name.text);
  const auto names = context.catalog().table_names();
  if (const auto near = diagnostics::nearest(name.text, names))
    emitted.hint("did you mean `{}`?", *near);
  else
    emitted.hint("declare it with CREATE TABLE");
  return nullptr;
}

// Computed columns and metadata that is VIRTUAL are read only.
bool is_written(const catalog::TableColumn& column) {
  return column.kind == catalog::ColumnKind::Physical ||
         (column.kind == catalog::ColumnKind::Metadata && !column.is_virtual);
}

// Which column of the sink each column of the query goes to; nothing after an error.
std::optional<std::vector<uint32_t>> target_columns(const Context& context, const catalog::Table& sink,
                                                    const std::vector<syntax::Name>& written) {
  std::vector<uint32_t> targets;
  if (written.empty()) {
    for (uint32_t i = 0; i < sink.columns.size(); ++i) {
      if (is_written(sink.columns[i])) targets.push_back(i);
    }
    return targets;
  }
  const Scope scope = scope_of(table_relation(sink, {}), sink.name, "`" + sink.name + "`");
  bool good = true;
  for (const auto& name : written) {
    const auto index = resolve_name(context, scope, name);
    if (!index) {
      good = false;
    } else if (!is_written(sink.columns[*index])) {
      const bool computed = sink.columns[*index].kind == catalog::ColumnKind::Computed;
      context.diagnostics.emit(InsertComputedColumn{}, context.at(name.span), name.text,
                               computed ? "computed" : "VIRTUAL metadata");
      good = false;
    } else if (std::find(targets.begin(), targets.end(), *index) != targets.end()) {
      context.diagnostics.emit(InsertColumnTwice{}, context.at(name.span), name.text);
      good = false;
    } else {
      targets.push_back(*index);
    }
  }
  for (uint32_t i = 0; good && i < sink.columns.size(); ++i) {
    const auto& column = sink.columns[i];
    const bool needed = is_written(column) && !column.type.nullable;
    if (!needed || std::find(targets.begin(), targets.end(), i) != targets.end()) continue;
    const Span span = diagnostics::cover(written.front().span, written.back().span);
    context.diagnostics.emit(InsertMissingColumn{}, context.at(span), column.name);
    good = false;
  }
  if (!good) return std::nullopt;
  return targets;
}

// A value for a column of the sink; null after an error.
ExpressionPtr assigned(const Context& context, const catalog::TableColumn& column, ExpressionPtr value,
                       Span span) {
  if (!types::assignable(value->type, column.type)) {
    context.diagnostics
        .emit(InsertColumnType{}, context.at(span), column.name, types::to_string(column.type),
              types::to_string(value->type))
        .hint("convert it: CAST(… AS {})", types::to_string(column.type));
    return nullptr;
  }
  value = cast_to(value, column.type);
  if (column.type.nullable || !value->type.nullable) return value;
  // NULL ends the run here rather than being written.
  return typed::make({.node = typed::Cast{value, false},
                      .type = types::with_nullable(value->type, false),
                      .span = value->span,
                      .can_fail = true});
}

// Whether the query writes NULL itself.
bool gives_null(const typed::Relation& query, uint32_t index) {
  const auto* projection = std::get_if<typed::Projection>(&query.node);
  return projection != nullptr && is_null_literal(*projection->expressions[index]);
}

// The place of a column in the text, where the query is a plain SELECT without stars.
Span item_span(const Context& context, const syntax::Query& query, size_t index) {
  const auto* select = std::get_if<syntax::Select>(&query.body);
  if (select == nullptr) return context.at(query.span);
  const bool has_star =
      std::any_of(select->items.begin(), select->items.end(), [](const auto& item) { return item.star; });
  if (has_star || index >= select->items.size()) return context.at(query.span);
  return context.at(select->items[index].span);
}

// The columns of the SELECT list, or the whole query if they cannot be told.
Span list_span(const Context& context, const syntax::Query& query) {
  const auto* select = std::get_if<syntax::Select>(&query.body);
  if (select == nullptr || select->items.empty()) return context.at(query.span);
  return context.at(diagnostics::cover(select->items.front().span, select->items.back().span));
}

}  // namespace

std::optional<typed::Insert> analyze_insert(const Context& context, const syntax::Insert& statement,
                                            Span span) {
  const catalog::Table* sink = find_sink(context, statement.table);
  if (statement.overwrite) {
    context.diagnostics.emit(InsertOverwrite{}, context.at(statement.table.span))
        .hint("use INSERT INTO: a single file is replaced when the run ends");
  }
  RelationPtr query = analyze_query(context, *statement.query);
  if (sink == nullptr) return std::nullopt;
  const auto targets = target_columns(context, *sink, statement.columns);
  if (!targets || !query || statement.overwrite) return std::nullopt;
  if (sink->options.get("connector") == "datagen") {
    check_sink(context, sink, *query, *targets, statement.table.span);
    return std::nullopt;
  }
  bool good = check_sink(context, sink, *query, *targets, statement.table.span);
  if (targets->size() != query->columns.size()) {
    std::vector<std::string> takes, gives;
    for (const uint32_t target : *targets) takes.push_back(sink->columns[target].name);
    for (const auto& column : query->columns) gives.push_back(column.name);
    context.diagnostics
        .emit(InsertColumnCount{}, list_span(context, *statement.query),
              counted(query->columns.size(), "column"), sink->name, fmt::format("{}", targets->size()))
        .note("`{}` takes {}", sink->name, listed(takes))
        .note("the query gives {}", listed(gives));
    return std::nullopt;
  }
  std::vector<ExpressionPtr> expressions;
  std::vector<std::string> names;
  for (uint32_t i = 0; i < sink->columns.size(); ++i) {
    const catalog::TableColumn& column = sink->columns[i];
    if (!is_written(column)) continue;
    names.push_back(column.name);
    const auto source = std::find(targets->begin(), targets->end(), i);
    if (source == targets->end()) {
      expressions.push_back(null_of(column.type, context.at(span)));
      continue;
    }
    const auto index = static_cast<uint32_t>(source - targets->begin());
    const Span place = item_span(context, *statement.query, index);
    if (!column.type.nullable && gives_null(*query, index)) {
      context.diagnostics.emit(InsertNull{}, place, column.name);
      good = false;
      continue;
    }
    expressions.push_back(
        assigned(context, column, typed::column(index, query->columns[index].type, place), place));
    good &= expressions.back() != nullptr;
  }
  if (!good) return std::nullopt;
  query = projection(std::move(query), std::move(expressions), std::move(names),
                     context.at(statement.query->span));
  return typed::Insert{{sink}, std::move(query), "INSERT INTO " + sink->name, context.at(span)};
}

std::optional<typed::Insert> analyze_select_statement(const Context& context, const syntax::Query& query,
                                                      Span span) {
  RelationPtr relation = analyze_query(context, query);
  if (!relation || !check_sink(context, nullptr, *relation, {}, list_span(context, query)))
    return std::nullopt;
  // Neither JSON nor a table has a form of its own for intervals.
  const auto is_interval = [](const typed::Column& column) { return types::is_interval(column.type); };
  if (std::any_of(relation->columns.begin(), relation->columns.end(), is_interval)) {
    std::vector<ExpressionPtr> expressions;
    std::vector<std::string> names;
    for (uint32_t i = 0; i < relation->columns.size(); ++i) {
      ExpressionPtr value = typed::column(i, relation->columns[i].type, context.at(span));
      expressions.push_back(is_interval(relation->columns[i]) ? cast_to(value, types::string()) : value);
      names.push_back(relation->columns[i].name);
    }
    relation = projection(std::move(relation), std::move(expressions), std::move(names), context.at(span));
  }
  return typed::Insert{{nullptr}, std::move(relation), "SELECT", context.at(span)};
}

}  // namespace weir::analysis
