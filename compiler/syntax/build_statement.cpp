#include <utility>

#include "compiler/syntax/build.h"

namespace weir::syntax {
namespace {

WEIR_ERROR(NameWithDatabase, "`{}` names a database, and there is only one", std::string_view);

// The name of a table, view or function that is made or written: one part.
Name build_object(BuildContext& build, Parser::QualifiedNameContext* rule) {
  QualifiedName name = build_qualified_name(build, rule);
  if (name.parts.size() > 1)
    build.diagnostics.emit(NameWithDatabase{}, name.span, text_of(build, name.span))
        .hint("write `{}`", name.parts.back().text);
  return std::move(name.parts.back());
}

OptionPair build_option(BuildContext& build, Parser::OptionContext* rule) {
  return {build_string(build, rule->STRING(0)), build_string(build, rule->STRING(1)),
          span_of(rule->STRING(0)), span_of(rule->STRING(1))};
}

std::optional<std::string> build_comment(BuildContext& build, Parser::CommentContext* rule) {
  if (!rule) return std::nullopt;
  return build_string(build, rule->STRING());
}

Column build_column(BuildContext& build, Parser::ColumnContext* rule) {
  Column column;
  column.name = build_name(build, rule->identifier());
  column.span = span_of(rule);
  column.comment = build_comment(build, rule->comment());
  if (rule->expression()) {
    column.definition = ComputedColumn{build_expression(build, rule->expression())};
  } else if (Parser::MetadataContext* metadata = rule->metadata()) {
    MetadataColumn definition{build_type(build, rule->typeName()), std::nullopt,
                              metadata->VIRTUAL() != nullptr};
    if (metadata->STRING()) definition.key = build_string(build, metadata->STRING());
    column.definition = std::move(definition);
  } else {
    column.definition = PhysicalColumn{build_type(build, rule->typeName())};
  }
  return column;
}

void build_element(BuildContext& build, Parser::TableElementContext* rule, CreateTable& table) {
  if (Parser::WatermarkContext* watermark = rule->watermark()) {
    table.watermarks.push_back({build_name(build, watermark->identifier()),
                                build_expression(build, watermark->expression()), span_of(watermark)});
  } else if (Parser::PrimaryKeyContext* key = rule->primaryKey()) {
    table.primary_keys.push_back(
        {build_names(build, key->identifierList()), key->ENFORCED() != nullptr, span_of(key)});
  } else {
    table.columns.push_back(build_column(build, rule->column()));
    if (Parser::InlineKeyContext* inline_key = rule->column()->inlineKey()) {
      table.primary_keys.push_back(
          {{table.columns.back().name}, inline_key->ENFORCED() != nullptr, span_of(inline_key)});
    }
  }
}

CreateTable build_create_table(BuildContext& build, Parser::CreateTableContext* rule, bool temporary) {
  CreateTable table;
  table.name = build_object(build, rule->qualifiedName());
  table.temporary = temporary;
  table.if_not_exists = rule->ifNotExists() != nullptr;
  for (Parser::TableElementContext* element : rule->tableElement()) build_element(build, element, table);
  table.comment = build_comment(build, rule->comment());
  if (rule->partitionedBy()) table.partitioned_by = span_of(rule->partitionedBy());
  if (rule->tableLike()) table.like = span_of(rule->tableLike());
  if (rule->query()) table.as_query = build_query(build, rule->query());
  if (Parser::TableOptionsContext* options = rule->tableOptions()) {
    for (Parser::OptionContext* option : options->option())
      table.options.push_back(build_option(build, option));
    table.options_span = span_of(options);
  } else {
    table.options_span = table.name.span;
  }
  return table;
}

CreateView build_create_view(BuildContext& build, Parser::CreateViewContext* rule, bool temporary) {
  CreateView view;
  view.name = build_object(build, rule->qualifiedName());
  view.temporary = temporary;
  view.if_not_exists = rule->ifNotExists() != nullptr;
  if (rule->identifierList()) view.columns = build_names(build, rule->identifierList());
  view.query = build_query(build, rule->query());
  return view;
}

Insert build_insert(BuildContext& build, Parser::InsertContext* rule) {
  Insert insert;
  insert.table = build_object(build, rule->qualifiedName());
  insert.overwrite = rule->OVERWRITE() != nullptr;
  if (rule->identifierList()) insert.columns = build_names(build, rule->identifierList());
  insert.query = build_query(build, rule->query());
  return insert;
}

StatementSet build_set(BuildContext& build, Parser::StatementSetContext* rule) {
  StatementSet set;
  for (Parser::InsertContext* insert : rule->insert()) {
    const Span span = span_of(insert);
    set.inserts.push_back({build_insert(build, insert), span});
  }
  return set;
}

Explain build_explain(BuildContext& build, Parser::ExplainContext* rule) {
  Explain explain;
  if (rule->insert())
    explain.statement.push_back({build_insert(build, rule->insert()), span_of(rule->insert())});
  else if (rule->query())
    explain.statement.push_back({SelectStatement{build_query(build, rule->query())}, span_of(rule->query())});
  else
    explain.statement.push_back({build_set(build, rule->statementSet()), span_of(rule->statementSet())});
  return explain;
}

decltype(Statement::node) build_node(BuildContext& build, Parser::StatementBodyContext* rule) {
  if (Parser::CreateContext* create = rule->create()) {
    const bool temporary = create->TEMPORARY() != nullptr;
    if (create->createTable()) return build_create_table(build, create->createTable(), temporary);
    if (create->createView()) return build_create_view(build, create->createView(), temporary);
    return CreateFunction{build_object(build, create->createFunction()->qualifiedName())};
  }
  if (Parser::DropContext* drop = rule->drop()) {
    const ObjectKind kind = drop->TABLE()  ? ObjectKind::Table
                            : drop->VIEW() ? ObjectKind::View
                                           : ObjectKind::Function;
    return Drop{kind, build_object(build, drop->qualifiedName()), drop->ifExists() != nullptr};
  }
  if (rule->insert()) return build_insert(build, rule->insert());
  if (rule->query()) return SelectStatement{build_query(build, rule->query())};
  if (Parser::SetOptionContext* set = rule->setOption()) {
    if (!set->option()) return SetOption{};
    return SetOption{build_option(build, set->option())};
  }
  if (Parser::ResetOptionContext* reset = rule->resetOption()) {
    if (!reset->STRING()) return ResetOption{};
    return ResetOption{Name{build_string(build, reset->STRING()), span_of(reset->STRING())}};
  }
  if (rule->statementSet()) return build_set(build, rule->statementSet());
  if (rule->explain()) return build_explain(build, rule->explain());
  if (Parser::ShowContext* show = rule->show()) {
    if (show->TABLES()) return Show{ShowKind::Tables, std::nullopt};
    if (show->VIEWS()) return Show{ShowKind::Views, std::nullopt};
    if (show->FUNCTIONS()) return Show{ShowKind::Functions, std::nullopt};
    return Show{ShowKind::CreateTable, build_object(build, show->qualifiedName())};
  }
  return Describe{build_object(build, rule->describe()->qualifiedName())};
}

}  // namespace

Statement build_statement(BuildContext& build, Parser::StatementBodyContext* rule) {
  return {build_node(build, rule), span_of(rule)};
}

}  // namespace weir::syntax
