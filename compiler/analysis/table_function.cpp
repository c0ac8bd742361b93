#include "compiler/analysis/table_function.h"

#include "compiler/analysis/expression.h"
#include "compiler/analysis/table_window.h"
#include "compiler/analysis/window.h"
#include "compiler/diagnostics/suggest.h"
#include "compiler/match.h"

namespace weir::analysis {
namespace {

using typed::TimeAttribute;

WEIR_ERROR(UnknownTableFunction, "there is no table function `{}`", std::string_view);
WEIR_ERROR(LateArgument, "LATE takes a window: LATE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '5' MINUTE))");
WEIR_ERROR(LateProcessingTime, "no row is late for a window over processing time");
WEIR_ERROR(RejectedArgument, "REJECTED takes the name of a table: REJECTED(orders)");
WEIR_ERROR(RejectedFails, "`{}` has `on-error` = `fail`, so no row is ever routed to REJECTED",
           std::string_view);

RelationPtr late(const Context& context, const syntax::TableFunction& function, const CommonTables* common,
                 Span span) {
  const syntax::TableFunction* inner = nullptr;
  if (function.arguments.size() == 1) {
    if (const auto* table =
            std::get_if<syntax::TableFunction::TableArgument>(&function.arguments.front().value)) {
      if (table->partition_by.empty()) inner = std::get_if<syntax::TableFunction>(&table->table->node);
    }
  }
  const auto kind = inner == nullptr ? std::nullopt : window_kind(upper(inner->name.text));
  if (!kind) {
    context.diagnostics.emit(LateArgument{}, context.at(span));
    return nullptr;
  }
  const auto window = table_window(context, *kind, *inner, common, span);
  if (!window) return nullptr;
  if (window->spec.processing_time) {
    context.diagnostics.emit(LateProcessingTime{}, context.at(span)).hint("use a column with a WATERMARK");
    return nullptr;
  }
  auto columns = window->input->columns;
  for (auto& column : columns) {
    if (column.time == TimeAttribute::EventTime) column.time = TimeAttribute::None;
  }
  columns.push_back({.name = "late_watermark", .type = types::with_nullable(window->spec.time_type, true)});
  return std::make_shared<const typed::Relation>(typed::Relation{
      typed::Late{window->input, window->spec, window->time_column}, std::move(columns), span});
}

RelationPtr rejected(const Context& context, const syntax::TableFunction& function,
                     const CommonTables* common, Span span) {
  const syntax::QualifiedName* name = nullptr;
  if (function.arguments.size() == 1) {
    match(
        function.arguments.front().value,
        [&](const syntax::TableFunction::TableArgument& table) {
          if (const auto* named = std::get_if<syntax::NamedTable>(&table.table->node)) name = &named->name;
        },
        [](const syntax::TableFunction::Descriptor&) {},
        [&](const syntax::ExpressionPtr& expression) {
          if (const auto* column = std::get_if<syntax::ColumnReference>(&expression->node))
            name = &column->name;
        });
  }
  const RelationPtr relation = name == nullptr ? nullptr : named_relation(context, *name, common);
  const auto* scan = relation == nullptr ? nullptr : std::get_if<typed::TableScan>(&relation->node);
  if (name != nullptr && relation == nullptr) return nullptr;
  if (scan == nullptr) {
    auto emitted = context.diagnostics.emit(RejectedArgument{}, context.at(span));
    if (relation) emitted.note("`{}` is no table: only a table decodes rows", to_text(*name));
    return nullptr;
  }
  if (scan->table->options.find("on-error") == "fail") {
    context.diagnostics.emit(RejectedFails{}, context.at(span), scan->table->name)
        .hint("leave `on-error` out: REJECTED routes the rows");
    return nullptr;
  }
  const Type text = types::string();
  const Type bigint = types::simple(Kind::BigInt);
  std::vector<typed::Column> columns{
      {.name = "raw", .type = types::simple(Kind::Bytes)},
      {.name = "reason", .type = text},
      {.name = "field", .type = text},
      {.name = "source", .type = text},
      {.name = "partition", .type = types::simple(Kind::Integer)},
      {.name = "offset", .type = bigint},
      {.name = "line", .type = bigint},
  };
  return std::make_shared<const typed::Relation>(
      typed::Relation{typed::Rejected{scan->table}, std::move(columns), span});
}

}  // namespace

RelationPtr table_function(const Context& context, const syntax::TableFunction& function,
                           const CommonTables* common, Span span) {
  const std::string name = upper(function.name.text);
  if (name == "LATE") return late(context, function, common, span);
  if (name == "REJECTED") return rejected(context, function, common, span);
  const auto kind = window_kind(name);
  if (!kind) {
    auto emitted =
        context.diagnostics.emit(UnknownTableFunction{}, context.at(function.name.span), function.name.text);
    const std::vector<std::string> names{"TUMBLE", "HOP", "CUMULATE", "SESSION", "LATE", "REJECTED"};
    if (const auto near = diagnostics::nearest(name, names))
      emitted.hint("did you mean `{}`?", *near);
    else
      emitted.hint("there are {}", listed(names));
    return nullptr;
  }
  auto window = table_window(context, *kind, function, common, span);
  if (!window) return nullptr;
  return window_function(context, window->input, window->spec, window->time_column,
                         std::move(window->partition_by), context.at(span));
}

}  // namespace weir::analysis
