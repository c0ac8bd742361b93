// What stands in FROM: tables, sub-queries, table functions, joins.

#include "compiler/syntax/build_table.h"

#include <utility>

namespace weir::syntax {
namespace {

WEIR_ERROR(StarInTableFunction, "`*` is no argument of a function in FROM");

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return result;
}

TableReferencePtr make_table(decltype(TableReference::node) node, Span span) {
  auto table = std::make_unique<TableReference>();
  table->node = std::move(node);
  table->span = span;
  return table;
}

TableFunction build_table_function(BuildContext& build, Parser::IdentifierContext* name,
                                   Parser::CallArgumentsContext* arguments);

// `f(TABLE t, …)`, and the functions whose value is a table whatever their arguments.
bool is_table_function(BuildContext& build, Parser::PrimaryContext* call) {
  for (Parser::ArgumentContext* argument : call->callArguments()->argument())
    if (argument->tableArgument() || argument->descriptor()) return true;
  const std::string name = upper(build_name(build, call->identifier(0)).text);
  return name == "TUMBLE" || name == "HOP" || name == "CUMULATE" || name == "SESSION" || name == "LATE" ||
         name == "REJECTED";
}

// A nested function or sub-query as the argument of a table function; null if it is an ordinary expression.
TableReferencePtr build_nested_table(BuildContext& build, Parser::ExpressionContext* rule) {
  Parser::PrimaryContext* primary = sole_primary(rule);
  if (!primary) return nullptr;
  if (primary->subQuery())
    return make_table(SubQuery{build_query(build, primary->subQuery())}, span_of(primary));
  if (primary->callArguments() && !primary->filter() && !primary->over() && is_table_function(build, primary))
    return make_table(build_table_function(build, primary->identifier(0), primary->callArguments()),
                      span_of(primary));
  return nullptr;
}

TableFunction::TableArgument build_table_argument(BuildContext& build, Parser::TableArgumentContext* rule) {
  TableFunction::TableArgument argument;
  if (rule->query())
    argument.table = make_table(SubQuery{build_query(build, rule->query())}, span_of(rule->query()));
  else
    argument.table = make_table(NamedTable{build_qualified_name(build, rule->qualifiedName())},
                                span_of(rule->qualifiedName()));
  if (Parser::PartitionColumnsContext* columns = rule->partitionColumns()) {
    if (columns->identifierList())
      argument.partition_by = build_names(build, columns->identifierList());
    else
      for (Parser::IdentifierContext* column : columns->identifier())
        argument.partition_by.push_back(build_name(build, column));
  }
  return argument;
}

TableFunction build_table_function(BuildContext& build, Parser::IdentifierContext* name,
                                   Parser::CallArgumentsContext* arguments) {
  TableFunction function{build_name(build, name), {}};
  if (arguments->STAR()) build.diagnostics.emit(StarInTableFunction{}, span_of(arguments->STAR()));
  for (Parser::ArgumentContext* written : arguments->argument()) {
    TableFunction::Argument argument;
    argument.span = span_of(written);
    if (written->ARGUMENT_NAME()) {
      const Span span = span_of(written->ARGUMENT_NAME());
      argument.name = Name{std::string(text_of(build, span)), span};
    }
    if (written->tableArgument())
      argument.value = build_table_argument(build, written->tableArgument());
    else if (written->descriptor())
      argument.value = TableFunction::Descriptor{build_names(build, written->descriptor()->identifierList())};
    else if (TableReferencePtr table = build_nested_table(build, written->expression()))
      argument.value = TableFunction::TableArgument{std::move(table), {}};
    else
      argument.value = build_expression(build, written->expression());
    function.arguments.push_back(std::move(argument));
  }
  return function;
}

TableReferencePtr build_reference(BuildContext& build, Parser::TableReferenceContext* rule);

TableReferencePtr build_source(BuildContext& build, Parser::TableSourceContext* rule) {
  const Span span = span_of(rule);
  if (rule->query()) return make_table(SubQuery{build_query(build, rule->query())}, span);
  if (rule->tableReference()) return build_reference(build, rule->tableReference());
  if (rule->callArguments())
    return make_table(build_table_function(build, rule->identifier(0), rule->callArguments()), span);
  if (rule->LATERAL()) {
    TableReferencePtr table = make_table(NamedTable{{{Name{"LATERAL", span}}, span}}, span);
    table->unsupported = span;
    table->unsupported_name = "LATERAL";
    return table;
  }
  QualifiedName name{{}, span};
  for (Parser::IdentifierContext* part : rule->identifier()) name.parts.push_back(build_name(build, part));
  return make_table(NamedTable{std::move(name)}, span);
}

TableReferencePtr build_primary_table(BuildContext& build, Parser::TablePrimaryContext* rule) {
  TableReferencePtr table = build_source(build, rule->tableSource());
  if (Parser::UnsupportedTableContext* unsupported = rule->unsupportedTable()) {
    table->unsupported = span_of(unsupported);
    table->unsupported_name = unsupported->FOR()           ? "FOR SYSTEM_TIME AS OF"
                              : unsupported->TABLESAMPLE() ? "TABLESAMPLE"
                                                           : "MATCH_RECOGNIZE";
  }
  if (rule->identifier()) table->alias = build_name(build, rule->identifier());
  if (rule->identifierList()) table->column_aliases = build_names(build, rule->identifierList());
  table->span = span_of(rule);
  return table;
}

TableReferencePtr build_reference(BuildContext& build, Parser::TableReferenceContext* rule) {
  TableReferencePtr result = build_primary_table(build, rule->tablePrimary());
  for (Parser::JoinContext* written : rule->join()) {
    Parser::JoinKindContext* kind = written->joinKind();
    Join join{};
    join.kind = kind->CROSS()   ? JoinKind::Cross
                : kind->LEFT()  ? JoinKind::Left
                : kind->RIGHT() ? JoinKind::Right
                : kind->FULL()  ? JoinKind::Full
                                : JoinKind::Inner;
    join.kind_span = diagnostics::cover(span_of(written->start), span_of(written->JOIN()));
    join.left = std::move(result);
    join.right = build_primary_table(build, written->tablePrimary());
    if (written->expression()) join.condition = build_expression(build, written->expression());
    if (written->identifierList()) join.using_columns = build_names(build, written->identifierList());
    const Span span = diagnostics::cover(join.left->span, span_of(written));
    result = make_table(std::move(join), span);
  }
  return result;
}

}  // namespace

TableReferencePtr build_from(BuildContext& build, const std::vector<Parser::TableReferenceContext*>& rules) {
  TableReferencePtr result;
  for (Parser::TableReferenceContext* rule : rules) {
    TableReferencePtr table = build_reference(build, rule);
    if (!result) {
      result = std::move(table);
      continue;
    }
    const Span comma{result->span.end, table->span.begin};
    const Span span = diagnostics::cover(result->span, table->span);
    result = make_table(Join{JoinKind::Comma, comma, std::move(result), std::move(table), nullptr, {}}, span);
  }
  return result;
}

}  // namespace weir::syntax
