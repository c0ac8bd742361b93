#include <utility>

#include "compiler/syntax/build.h"
#include "compiler/syntax/build_table.h"

namespace weir::syntax {
namespace {

WEIR_ERROR(StarOfExpression, "`.*` follows the name of a table");

QueryPtr make_query(decltype(Query::body) body, Span span) {
  auto query = std::make_unique<Query>();
  query->body = std::move(body);
  query->span = span;
  return query;
}

SelectItem build_item(BuildContext& build, Parser::SelectItemContext* rule) {
  SelectItem item;
  item.span = span_of(rule);
  if (rule->STAR()) {
    item.star = true;
    return item;
  }
  ExpressionPtr expression = build_expression(build, rule->expression());
  if (rule->DOT_STAR()) {
    item.star = true;
    if (auto* reference = std::get_if<ColumnReference>(&expression->node))
      item.star_of = std::move(reference->name);
    else
      build.diagnostics.emit(StarOfExpression{}, span_of(rule->DOT_STAR()));
    return item;
  }
  item.expression = std::move(expression);
  if (rule->identifier()) item.alias = build_name(build, rule->identifier());
  return item;
}

void build_group(BuildContext& build, Parser::GroupItemContext* rule, Select& select) {
  if (rule->GROUPING()) {
    select.grouping_sets = span_of(rule);
    return;
  }
  ExpressionPtr expression = build_expression(build, rule->expression());
  if (const auto* call = std::get_if<Call>(&expression->node)) {
    std::string name = call->name.text;
    for (char& c : name)
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (name == "ROLLUP" || name == "CUBE") {
      select.grouping_sets = span_of(rule);
      return;
    }
  }
  select.group_by.push_back(std::move(expression));
}

Select build_select(BuildContext& build, Parser::SelectContext* rule) {
  Select select;
  select.distinct = rule->DISTINCT() != nullptr;
  for (Parser::SelectItemContext* item : rule->selectItem()) select.items.push_back(build_item(build, item));
  select.from = build_from(build, rule->tableReference());
  // WHERE and HAVING: which is which, the keyword before it tells.
  for (size_t i = 1; i < rule->children.size(); ++i) {
    auto* expression = dynamic_cast<Parser::ExpressionContext*>(rule->children[i]);
    if (!expression) continue;
    auto* keyword = static_cast<antlr4::tree::TerminalNode*>(rule->children[i - 1]);
    (keyword->getSymbol()->getType() == Parser::WHERE ? select.where : select.having) =
        build_expression(build, expression);
  }
  select.has_group_by = rule->GROUP() != nullptr;
  for (Parser::GroupItemContext* item : rule->groupItem()) build_group(build, item, select);
  if (rule->windowClause()) select.window_clause = span_of(rule->windowClause());
  return select;
}

QueryPtr build_values(BuildContext& build, Parser::ValuesContext* rule) {
  Values values;
  for (Parser::ExpressionContext* written : rule->expression()) {
    ExpressionPtr row = build_expression(build, written);
    std::vector<ExpressionPtr> cells;
    // VALUES (1, 2): a row of two; VALUES 1: a row of one.
    if (auto* call = std::get_if<Call>(&row->node); call && call->name.text == "ROW") {
      for (Call::Argument& argument : call->arguments) cells.push_back(std::move(argument.value));
    } else {
      cells.push_back(std::move(row));
    }
    values.rows.push_back(std::move(cells));
  }
  return make_query(std::move(values), span_of(rule));
}

QueryPtr build_query_primary(BuildContext& build, Parser::QueryPrimaryContext* rule) {
  if (rule->select()) return make_query(build_select(build, rule->select()), span_of(rule));
  if (rule->values()) return build_values(build, rule->values());
  QueryPtr query = build_query(build, rule->query());
  query->span = span_of(rule);
  return query;
}

SetOperator set_operator(size_t keyword, bool all) {
  switch (keyword) {
    case Parser::UNION: return all ? SetOperator::UnionAll : SetOperator::Union;
    case Parser::INTERSECT: return all ? SetOperator::IntersectAll : SetOperator::Intersect;
    default: return all ? SetOperator::ExceptAll : SetOperator::Except;
  }
}

// Operands and set operators among a rule's children, from left to right.
template <typename Operand, typename Rule, typename Build>
QueryPtr build_set_operations(Rule* rule, QueryPtr result, const Build& build_operand) {
  size_t keyword = 0;
  bool all = false;
  Span op_span;
  for (antlr4::tree::ParseTree* child : rule->children) {
    if (auto* node = dynamic_cast<antlr4::tree::TerminalNode*>(child)) {
      const size_t type = node->getSymbol()->getType();
      if (type == Parser::ALL || type == Parser::DISTINCT) {
        all = type == Parser::ALL;
        op_span = diagnostics::cover(op_span, span_of(node));
      } else {
        keyword = type;
        all = false;
        op_span = span_of(node);
      }
      continue;
    }
    auto* operand = dynamic_cast<Operand*>(child);
    if (!operand) continue;
    QueryPtr right = build_operand(operand);
    if (!result) {
      result = std::move(right);
      continue;
    }
    const Span span = diagnostics::cover(result->span, right->span);
    result = make_query(
        SetOperation{set_operator(keyword, all), op_span, std::move(result), std::move(right)}, span);
  }
  return result;
}

QueryPtr build_intersection(BuildContext& build, Parser::IntersectionContext* rule) {
  return build_set_operations<Parser::QueryPrimaryContext>(
      rule, nullptr,
      [&](Parser::QueryPrimaryContext* operand) { return build_query_primary(build, operand); });
}

OrderItem build_order(BuildContext& build, Parser::OrderItemContext* rule) {
  return {build_expression(build, rule->expression()), rule->DESC() != nullptr, span_of(rule)};
}

void build_limit(BuildContext& build, Parser::LimitContext* rule, Query& query) {
  // LIMIT ALL asks for nothing.
  if (rule->expression()) query.limit = build_expression(build, rule->expression());
  if (rule->fetch()) {
    const Span span = span_of(rule->fetch());
    query.limit = std::make_unique<Expression>(Expression{NumberLiteral{"1"}, span});
    if (rule->fetch()->NUMBER())
      query.limit->node = NumberLiteral{std::string(text_of(build, span_of(rule->fetch()->NUMBER())))};
  }
  if (rule->offset()) query.offset = build_expression(build, rule->offset()->expression());
}

// WITH, ORDER BY and LIMIT around a body.
template <typename Rule>
QueryPtr with_clauses(BuildContext& build, Rule* rule, QueryPtr body) {
  // `(SELECT … LIMIT 1) ORDER BY x`: the body's own clauses are inside.
  const bool own_clauses = !body->with.empty() || !body->order_by.empty() || body->limit || body->offset;
  const bool adds = rule->withClause() || rule->orderBy() || rule->limit();
  if (own_clauses && adds) {
    Select all;
    all.items.emplace_back();
    all.items.back().star = true;
    all.items.back().span = body->span;
    const Span span = body->span;
    all.from = std::make_unique<TableReference>();
    all.from->node = SubQuery{std::move(body)};
    all.from->span = span;
    body = make_query(std::move(all), span);
  }
  if (Parser::WithClauseContext* with = rule->withClause()) {
    for (Parser::CommonTableContext* table : with->commonTable()) {
      CommonTable built{build_name(build, table->identifier()), {}, nullptr};
      if (table->identifierList()) built.columns = build_names(build, table->identifierList());
      built.query = build_query(build, table->query());
      body->with.push_back(std::move(built));
    }
  }
  if (rule->orderBy())
    for (Parser::OrderItemContext* item : rule->orderBy()->orderItem())
      body->order_by.push_back(build_order(build, item));
  if (rule->limit()) build_limit(build, rule->limit(), *body);
  body->span = span_of(rule);
  return body;
}

}  // namespace

QueryPtr build_query(BuildContext& build, Parser::QueryContext* rule) {
  QueryPtr body = build_set_operations<Parser::IntersectionContext>(
      rule->setOperation(), nullptr,
      [&](Parser::IntersectionContext* operand) { return build_intersection(build, operand); });
  return with_clauses(build, rule, std::move(body));
}

QueryPtr build_query(BuildContext& build, Parser::SubQueryContext* rule) {
  QueryPtr body = rule->select() ? make_query(build_select(build, rule->select()), span_of(rule->select()))
                                 : build_values(build, rule->values());
  body = build_set_operations<Parser::QueryPrimaryContext>(
      rule, std::move(body),
      [&](Parser::QueryPrimaryContext* operand) { return build_query_primary(build, operand); });
  return with_clauses(build, rule, std::move(body));
}

}  // namespace weir::syntax
