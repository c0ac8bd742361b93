#include "compiler/analysis/listing.h"

#include <algorithm>

#include "compiler/analysis/query.h"
#include "compiler/catalog/signature.h"
#include "compiler/match.h"
#include "compiler/syntax/print_ast.h"
#include "compiler/syntax/words_of.h"

namespace weir::analysis {
namespace {

WEIR_ERROR(ShowUnknownTable, "there is no table `{}`", std::string_view);

std::string option_text(std::string_view key, std::string_view value) {
  return fmt::format("{} = {}", syntax::quoted_string(key),
                     catalog::is_secret(key) ? "'******'" : syntax::quoted_string(value));
}

// METADATA FROM 'timestamp' VIRTUAL
std::string metadata_clause(const catalog::TableColumn& column) {
  std::string text = "METADATA";
  if (column.metadata_key != column.name) text += " FROM " + syntax::quoted_string(column.metadata_key);
  return column.is_virtual ? text + " VIRTUAL" : text;
}

// Rows of equal length as columns that line up.
std::string aligned(const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths(rows.front().size(), 0);
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) line += fmt::format("{:<{}}  ", row[i], widths[i]);
    while (!line.empty() && line.back() == ' ') line.pop_back();
    text += line + "\n";
  }
  return text;
}

std::string lines(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += name + "\n";
  return text;
}

std::string functions_listing(const catalog::FunctionCatalog& functions) {
  std::vector<std::vector<std::string>> rows;
  for (const auto* function : functions.all_functions())
    rows.push_back({catalog::to_string(*function), function->doc});
  for (const auto* aggregate : functions.all_aggregates()) {
    rows.push_back({catalog::to_string(*aggregate), aggregate->doc});
  }
  std::sort(rows.begin(), rows.end());
  return rows.empty() ? "" : aligned(rows);
}

}  // namespace

std::string table_ddl(const catalog::Table& table, const syntax::CreateTable& statement) {
  std::vector<std::string> parts;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    const catalog::TableColumn& column = table.columns[i];
    std::string part = syntax::quoted_name(column.name) + " ";
    if (const auto* computed = std::get_if<syntax::ComputedColumn>(&statement.columns[i].definition)) {
      part += "AS " + syntax::to_sql(*computed->expression);
    } else {
      part += types::to_string(column.type, true);
    }
    if (column.kind == catalog::ColumnKind::Metadata) part += " " + metadata_clause(column);
    if (!column.comment.empty()) part += " COMMENT " + syntax::quoted_string(column.comment);
    parts.push_back(std::move(part));
  }
  if (table.watermark) {
    parts.push_back(fmt::format("WATERMARK FOR {} AS {}",
                                syntax::quoted_name(table.columns[table.watermark->column].name),
                                syntax::to_sql(*statement.watermarks.front().expression)));
  }
  if (!table.primary_key.empty()) {
    std::string names;
    for (const uint32_t column : table.primary_key) {
      names += (names.empty() ? "" : ", ") + syntax::quoted_name(table.columns[column].name);
    }
    parts.push_back(fmt::format("PRIMARY KEY ({}) NOT ENFORCED", names));
  }
  std::string text = fmt::format("CREATE TABLE {} (\n", syntax::quoted_name(table.name));
  for (size_t i = 0; i < parts.size(); ++i) text += "  " + parts[i] + (i + 1 == parts.size() ? "\n" : ",\n");
  text += ") WITH (\n";
  size_t left = table.options.values().size();
  for (const auto& [key, value] : table.options.values()) {
    text += "  " + option_text(key, value) + (--left == 0 ? "\n" : ",\n");
  }
  return text + ");\n";
}

std::optional<std::string> show(const Context& context, const syntax::Show& statement, Span span) {
  switch (statement.kind) {
    case syntax::ShowKind::Tables: {
      // As in Flink a view is a table, too.
      auto names = context.catalog().table_names();
      for (auto& name : context.catalog().view_names()) names.push_back(std::move(name));
      std::sort(names.begin(), names.end());
      return lines(names);
    }
    case syntax::ShowKind::Views: return lines(context.catalog().view_names());
    case syntax::ShowKind::Functions: return functions_listing(context.shared.functions);
    case syntax::ShowKind::CreateTable: break;
  }
  const std::string name = statement.name ? statement.name->text : "";
  if (const auto* table = context.catalog().table(name)) return table->ddl;
  if (!context.shared.failed.contains(name)) {
    context.diagnostics.emit(ShowUnknownTable{}, context.at(statement.name ? statement.name->span : span),
                             name);
  }
  return std::nullopt;
}

std::optional<std::string> describe(const Context& context, const syntax::Describe& statement) {
  const catalog::Table* table = context.catalog().table(statement.name.text);
  std::vector<std::vector<std::string>> rows{{"name", "type", "null", "key", "watermark"}};
  if (table == nullptr) {
    const RelationPtr relation =
        named_relation(context, syntax::QualifiedName{{statement.name}, statement.name.span}, nullptr);
    if (!relation) return std::nullopt;
    for (const auto& column : relation->columns) {
      rows.push_back({column.name, types::to_string(column.type), column.type.nullable ? "TRUE" : "FALSE", "",
                      column.time == typed::TimeAttribute::EventTime ? "event time" : ""});
    }
    return aligned(rows);
  }
  std::vector<std::string> names;
  for (const auto& column : table->columns) names.push_back(column.name);
  for (uint32_t i = 0; i < table->columns.size(); ++i) {
    const catalog::TableColumn& column = table->columns[i];
    const bool in_key =
        std::find(table->primary_key.begin(), table->primary_key.end(), i) != table->primary_key.end();
    const bool is_time = table->watermark && table->watermark->column == i;
    std::string type = types::to_string(column.type);
    if (column.computed) type += " AS " + typed::to_sql(*column.computed, names);
    if (column.kind == catalog::ColumnKind::Metadata) type += " " + metadata_clause(column);
    rows.push_back({column.name, type, column.type.nullable ? "TRUE" : "FALSE", in_key ? "PRIMARY KEY" : "",
                    is_time ? typed::to_sql(*table->watermark->expression, names) : ""});
  }
  return aligned(rows);
}

std::string settings_listing(const catalog::Settings& settings) {
  std::string text;
  for (const auto& [key, value] : settings.values()) text += option_text(key, value) + "\n";
  return text;
}

}  // namespace weir::analysis
