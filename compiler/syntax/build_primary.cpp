#include "compiler/syntax/build_primary.h"

#include <utility>

#include "compiler/syntax/build_unit.h"
#include "compiler/syntax/tokens.h"

namespace weir::syntax {
namespace {

WEIR_ERROR(TableArgumentInExpression, "`{}` is an argument of a function in FROM, not of `{}`",
           std::string_view, std::string_view);

ExpressionPtr make(decltype(Expression::node) node, Span span) {
  return std::make_unique<Expression>(Expression{std::move(node), span});
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return result;
}

// The first token of a special form as the name of a call: FLOOR, SUBSTRING, TRIM …
Name keyword_name(BuildContext& build, antlr4::Token* token) {
  const Span span = span_of(token);
  return {upper(text_of(build, span)), span};
}

ExpressionPtr make_call(Name name, std::vector<ExpressionPtr> arguments, Span span) {
  Call call{.name = std::move(name), .arguments = {}, .filter = nullptr, .over = std::nullopt};
  for (ExpressionPtr& argument : arguments) call.arguments.push_back({std::nullopt, std::move(argument)});
  return make(std::move(call), span);
}

ExpressionPtr build_literal(BuildContext& build, Parser::LiteralContext* rule) {
  const Span span = span_of(rule);
  if (rule->NUMBER()) return make(NumberLiteral{std::string(text_of(build, span))}, span);
  if (rule->NULL_()) return make(NullLiteral{}, span);
  if (rule->TRUE()) return make(BooleanLiteral{true}, span);
  if (rule->FALSE()) return make(BooleanLiteral{false}, span);
  std::string value = build_string(build, rule->STRING());
  if (rule->DATE()) return make(TypedLiteral{TypedLiteralKind::Date, std::move(value)}, span);
  if (rule->TIME()) return make(TypedLiteral{TypedLiteralKind::Time, std::move(value)}, span);
  if (rule->TIMESTAMP()) return make(TypedLiteral{TypedLiteralKind::Timestamp, std::move(value)}, span);
  return make(StringLiteral{std::move(value)}, span);
}

ExpressionPtr build_interval(BuildContext& build, Parser::IntervalContext* rule) {
  IntervalLiteral interval{build_string(build, rule->STRING()), rule->MINUS() != nullptr,
                           build_unit(build, rule->unit(0)->identifier()), std::nullopt};
  if (Parser::UnitContext* to = rule->unit(1)) interval.to = build_unit(build, to->identifier());
  return make(std::move(interval), span_of(rule));
}

ExpressionPtr build_case(BuildContext& build, Parser::CaseExpressionContext* rule) {
  Case result;
  // CASE [operand] WHEN … [ELSE otherwise] END: an expression before the first WHEN is the operand.
  for (Parser::ExpressionContext* expression : rule->expression()) {
    const bool is_operand = expression->start->getStartIndex() < rule->when(0)->start->getStartIndex();
    (is_operand ? result.operand : result.otherwise) = build_expression(build, expression);
  }
  for (Parser::WhenContext* when : rule->when()) {
    ExpressionPtr condition = build_expression(build, when->expression(0));
    result.whens.push_back({std::move(condition), build_expression(build, when->expression(1))});
  }
  return make(std::move(result), span_of(rule));
}

ExpressionPtr build_unit_call(BuildContext& build, Name name, Parser::IdentifierContext* unit,
                              const std::vector<Parser::ExpressionContext*>& arguments, Span span) {
  const TimeUnit built = build_unit(build, unit);
  return make(UnitCall{std::move(name), built, span_of(unit), build_expressions(build, arguments)}, span);
}

// TRIM(x), TRIM(BOTH c FROM x), TRIM(LEADING FROM x) -> TRIM(x) or TRIM('BOTH', c, x)
ExpressionPtr build_trim(BuildContext& build, Parser::TrimContext* rule) {
  const Span span = span_of(rule);
  Name name = keyword_name(build, rule->start);
  std::vector<ExpressionPtr> arguments = build_expressions(build, rule->expression());
  if (!rule->FROM()) return make_call(std::move(name), std::move(arguments), span);
  const std::string side = rule->LEADING() ? "LEADING" : rule->TRAILING() ? "TRAILING" : "BOTH";
  if (arguments.size() == 1)
    arguments.insert(arguments.begin(), make(StringLiteral{" "}, span_of(rule->FROM())));
  arguments.insert(arguments.begin(), make(StringLiteral{side}, name.span));
  return make_call(std::move(name), std::move(arguments), span);
}

// A word that is a call without parentheses.
bool is_call_without_parentheses(std::string_view upper_name) {
  return upper_name == "CURRENT_TIMESTAMP" || upper_name == "CURRENT_DATE" || upper_name == "CURRENT_TIME" ||
         upper_name == "LOCALTIMESTAMP" || upper_name == "LOCALTIME";
}

ExpressionPtr build_reference(BuildContext& build, Parser::PrimaryContext* rule) {
  const Span span = span_of(rule);
  QualifiedName name{{}, span};
  for (Parser::IdentifierContext* part : rule->identifier()) name.parts.push_back(build_name(build, part));
  const bool quoted = rule->identifier(0)->QUOTED_IDENTIFIER() != nullptr;
  if (name.parts.size() == 1 && !quoted && is_call_without_parentheses(upper(name.parts[0].text))) {
    name.parts[0].text = upper(name.parts[0].text);
    return make_call(std::move(name.parts[0]), {}, span);
  }
  return make(ColumnReference{std::move(name)}, span);
}

ExpressionPtr build_call(BuildContext& build, Parser::PrimaryContext* rule) {
  Parser::CallArgumentsContext* written = rule->callArguments();
  Call call{.name = build_name(build, rule->identifier(0)),
            .arguments = {},
            .filter = nullptr,
            .over = std::nullopt};
  call.distinct = written->DISTINCT() != nullptr;
  if (written->STAR()) call.arguments.push_back({std::nullopt, make(Star{}, span_of(written->STAR()))});
  for (Parser::ArgumentContext* argument : written->argument()) {
    std::optional<Name> name;
    if (argument->ARGUMENT_NAME()) {
      const Span span = span_of(argument->ARGUMENT_NAME());
      name = Name{std::string(text_of(build, span)), span};
    }
    if (argument->expression()) {
      call.arguments.push_back({std::move(name), build_expression(build, argument->expression())});
    } else {
      const Span span = span_of(argument);
      build.diagnostics
          .emit(TableArgumentInExpression{}, span, argument->tableArgument() ? "TABLE …" : "DESCRIPTOR(…)",
                call.name.text)
          .hint("window functions stand in FROM: `FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), …))`");
      call.arguments.push_back({std::move(name), make(NullLiteral{}, span)});
    }
  }
  if (rule->filter()) call.filter = build_expression(build, rule->filter()->expression());
  if (rule->over()) call.over = span_of(rule->over());
  return make(std::move(call), span_of(rule));
}

}  // namespace

ExpressionPtr build_primary(BuildContext& build, Parser::PrimaryContext* rule) {
  const Span span = span_of(rule);
  if (rule->literal()) return build_literal(build, rule->literal());
  if (rule->callArguments()) return build_call(build, rule);
  switch (rule->start->getType()) {
    case Parser::IDENTIFIER:
    case Parser::QUOTED_IDENTIFIER: return build_reference(build, rule);
    case Parser::INTERVAL: return build_interval(build, rule->interval());
    case Parser::CASE: return build_case(build, rule->caseExpression());
    case Parser::TRIM: return build_trim(build, rule->trim());
    case Parser::CAST:
    case Parser::TRY_CAST: {
      ExpressionPtr operand = build_expression(build, rule->expression(0));
      return make(Cast{rule->TRY_CAST() != nullptr, std::move(operand), build_type(build, rule->typeName())},
                  span);
    }
    case Parser::EXTRACT: {
      Parser::IdentifierContext* unit = rule->identifier(0);
      const TimeUnit built = build_unit(build, unit);
      return make(Extract{built, span_of(unit), build_expression(build, rule->expression(0))}, span);
    }
    case Parser::TIMESTAMPDIFF:
    case Parser::TIMESTAMPADD:
      return build_unit_call(build, keyword_name(build, rule->start), rule->identifier(0), rule->expression(),
                             span);
    case Parser::FLOOR:
    case Parser::CEIL:
    case Parser::CEILING: {
      Name name = keyword_name(build, rule->start);
      if (name.text == "CEILING") name.text = "CEIL";
      if (rule->TO())
        return build_unit_call(build, std::move(name), rule->identifier(0), rule->expression(), span);
      return make_call(std::move(name), build_expressions(build, rule->expression()), span);
    }
    case Parser::POSITION: {
      std::vector<ExpressionPtr> arguments;
      for (Parser::SumContext* argument : rule->sum()) arguments.push_back(build_sum(build, argument));
      return make_call(keyword_name(build, rule->start), std::move(arguments), span);
    }
    case Parser::EXISTS: return make(Exists{build_query(build, rule->query())}, span);
    case Parser::LEFT_PAREN: {
      if (rule->subQuery()) return make(ScalarQuery{build_query(build, rule->subQuery())}, span);
      std::vector<ExpressionPtr> expressions = build_expressions(build, rule->expression());
      if (expressions.size() > 1)
        return make_call({"ROW", span_of(rule->start)}, std::move(expressions), span);
      expressions[0]->span = span;
      return std::move(expressions[0]);
    }
    default:  // SUBSTRING
      return make_call(keyword_name(build, rule->start), build_expressions(build, rule->expression()), span);
  }
}

}  // namespace weir::syntax
