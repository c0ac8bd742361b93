#include "compiler/analysis/relation.h"

#include <algorithm>
#include <set>

#include "compiler/analysis/coercion.h"
#include "compiler/types/coerce.h"

namespace weir::analysis {
namespace {

using typed::TimeAttribute;
using typed::WindowRole;

WEIR_ERROR(UnionColumns, "UNION ALL of {} and {}", std::string_view, std::string_view);
WEIR_ERROR(UnionTypes, "column {} of UNION ALL is {} and {}", size_t, std::string_view, std::string_view);

RelationPtr make_relation(decltype(typed::Relation::node) node, std::vector<typed::Column> columns,
                          Span span) {
  return std::make_shared<const typed::Relation>(typed::Relation{std::move(node), std::move(columns), span});
}

void make_unique(std::vector<std::string>& names) {
  std::set<std::string> used;
  for (std::string& name : names) {
    const std::string base = name;
    for (size_t i = 0; !used.insert(name).second; ++i) name = base + std::to_string(i);
  }
}

// Whether the column stands for the same bound of the same kind of window in both.
bool same_window(const Context& context, const typed::Column& a, const typed::Column& b) {
  if (a.window_role != b.window_role || a.window_role == WindowRole::None) return false;
  return a.window_id == b.window_id ||
         context.shared.windows[a.window_id] == context.shared.windows[b.window_id];
}

}  // namespace

RelationPtr table_relation(const catalog::Table& table, Span span) {
  std::vector<typed::Column> columns;
  for (uint32_t i = 0; i < table.columns.size(); ++i) {
    const catalog::TableColumn& column = table.columns[i];
    TimeAttribute time = TimeAttribute::None;
    if (table.watermark && table.watermark->column == i) time = TimeAttribute::EventTime;
    if (column.processing_time) time = TimeAttribute::ProcessingTime;
    columns.push_back({.name = column.name, .type = column.type, .time = time});
  }
  return make_relation(typed::TableScan{&table}, std::move(columns), span);
}

RelationPtr filter(RelationPtr input, ExpressionPtr predicate) {
  const Span span = predicate->span;
  auto columns = input->columns;
  return make_relation(typed::Filter{std::move(input), std::move(predicate)}, std::move(columns), span);
}

typed::Column column_of(const typed::Relation& input, const typed::Expression& expression, std::string name) {
  typed::Column column{.name = std::move(name), .type = expression.type};
  if (const auto* index = std::get_if<typed::ColumnIndex>(&expression.node)) {
    const typed::Column& source = input.columns[index->index];
    column.time = source.time;
    column.window_role = source.window_role;
    column.window_id = source.window_id;
  }
  if (std::holds_alternative<typed::ProcessingTime>(expression.node))
    column.time = TimeAttribute::ProcessingTime;
  return column;
}

RelationPtr projection(RelationPtr input, std::vector<ExpressionPtr> expressions,
                       std::vector<std::string> names, Span span) {
  make_unique(names);
  std::vector<typed::Column> columns;
  for (size_t i = 0; i < expressions.size(); ++i) {
    columns.push_back(column_of(*input, *expressions[i], std::move(names[i])));
  }
  return make_relation(typed::Projection{std::move(input), std::move(expressions)}, std::move(columns), span);
}

RelationPtr renamed(const RelationPtr& input, std::vector<std::string> names) {
  typed::Relation relation = *input;
  make_unique(names);
  for (size_t i = 0; i < names.size(); ++i) relation.columns[i].name = std::move(names[i]);
  return std::make_shared<const typed::Relation>(std::move(relation));
}

bool lost_window(const typed::Column& column) {
  return column.window_id != 0 && column.window_role == WindowRole::None;
}

RelationPtr union_all(const Context& context, std::vector<RelationPtr> inputs, Span span) {
  std::vector<typed::Column> columns = inputs.front()->columns;
  for (size_t k = 1; k < inputs.size(); ++k) {
    const auto& other = inputs[k]->columns;
    if (other.size() != columns.size()) {
      context.diagnostics.emit(UnionColumns{}, context.at(inputs[k]->span), counted(columns.size(), "column"),
                               counted(other.size(), "column"));
      return nullptr;
    }
    for (size_t i = 0; i < columns.size(); ++i) {
      typed::Column& column = columns[i];
      const auto type = types::common_type(column.type, other[i].type);
      if (!type) {
        context.diagnostics
            .emit(UnionTypes{}, context.at(inputs[k]->span), i + 1, types::to_string(column.type),
                  types::to_string(other[i].type))
            .hint("convert one of them: CAST({} AS {})", other[i].name, types::to_string(column.type));
        return nullptr;
      }
      if (column.time != other[i].time || !column.type.same_kind(other[i].type))
        column.time = TimeAttribute::None;
      if (!same_window(context, column, other[i])) {
        column.window_role = WindowRole::None;  // the id stays: lost_window
        column.window_id = std::max(column.window_id, other[i].window_id);
      }
      column.type = *type;
    }
  }
  for (RelationPtr& input : inputs) {
    std::vector<ExpressionPtr> expressions;
    std::vector<std::string> names;
    bool same = true;
    for (uint32_t i = 0; i < columns.size(); ++i) {
      ExpressionPtr expression = typed::column(i, input->columns[i].type, input->span);
      ExpressionPtr converted = cast_to(expression, columns[i].type);
      same &= converted == expression;
      expressions.push_back(std::move(converted));
      names.push_back(columns[i].name);
    }
    const Span place = input->span;
    if (!same) input = projection(std::move(input), std::move(expressions), std::move(names), place);
  }
  return make_relation(typed::UnionAll{std::move(inputs)}, std::move(columns), span);
}

}  // namespace weir::analysis
