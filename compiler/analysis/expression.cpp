#include "compiler/analysis/expression.h"

#include <algorithm>

#include "compiler/analysis/coercion.h"
#include "compiler/diagnostics/suggest.h"
#include "compiler/match.h"
#include "compiler/syntax/words_of.h"
#include "compiler/types/coerce.h"

namespace weir::analysis {
namespace {

using syntax::BinaryOperator;
using typed::Operator;

constexpr uint32_t kMostTerms = 20'000;  // beyond what is written
constexpr uint32_t kMostDepth = 400;     // of a typed tree: the stages behind walk it recursively

WEIR_ERROR(ExpressionTooDeep, "the expression is nested more than {} deep", uint32_t);
WEIR_ERROR(ExpressionTooLarge,
           "the expression has {} terms once its operands are put in wherever they are used", uint32_t);
WEIR_ERROR(ConditionType, "{} needs a BOOLEAN, not {}", std::string_view, std::string_view);
WEIR_ERROR(BooleanOperand, "`{}` takes BOOLEAN, not {}", std::string_view, std::string_view);
WEIR_ERROR(StarArgument, "`*` is an argument of COUNT only");
WEIR_ERROR(InQueryNotBuilt, "IN with a sub-query is not built yet");
WEIR_ERROR(ExistsNotBuilt, "EXISTS is not built yet");
WEIR_ERROR(ScalarQueryNotBuilt, "a query as a value is not built yet");
WEIR_ERROR(CastTypes, "{} cannot be cast to {}", std::string_view, std::string_view);
WEIR_ERROR(CastToBinary, "CAST to {} is not built yet", std::string_view);
WEIR_ERROR(OverNotBuilt, "OVER is not built yet");
WEIR_ERROR(DistinctArgument, "`{}` is no aggregate and takes no DISTINCT", std::string_view);
WEIR_ERROR(FilterOfFunction, "`{}` is no aggregate and takes no FILTER", std::string_view);
WEIR_ERROR(NamedArgument, "`{}` takes no named arguments", std::string_view);
WEIR_ERROR(WindowPlace, "{}(…) does not stand in {}", std::string_view, std::string_view);

bool is_arithmetic(BinaryOperator op) { return op <= BinaryOperator::Modulo; }

// The operands of a chain `a op b op c`, from the left; `belongs` says whether an operator continues it.
template <typename Belongs>
std::vector<const syntax::Expression*> chain(const syntax::Expression& expression, Belongs&& belongs,
                                             std::vector<const syntax::Binary*>* operators = nullptr) {
  std::vector<const syntax::Expression*> operands;
  const syntax::Expression* at = &expression;
  const auto* binary = std::get_if<syntax::Binary>(&at->node);
  while (binary != nullptr && belongs(binary->op)) {
    operands.push_back(binary->right.get());
    if (operators != nullptr) operators->push_back(binary);
    at = binary->left.get();
    binary = std::get_if<syntax::Binary>(&at->node);
  }
  operands.push_back(at);
  std::reverse(operands.begin(), operands.end());
  if (operators != nullptr) std::reverse(operators->begin(), operators->end());
  return operands;
}

ExpressionPtr analyze_connective(const Place& place, const syntax::Expression& expression,
                                 BinaryOperator op) {
  const std::string_view name = op == BinaryOperator::And ? "AND" : "OR";
  bool good = true;
  auto operands =
      analyze_all(deeper(place), chain(expression, [&](BinaryOperator other) { return other == op; }), good);
  for (auto& operand : operands) {
    operand = truth(place, operand, name);
    good &= operand != nullptr;
  }
  if (!good) return nullptr;
  return logical(op == BinaryOperator::And ? Operator::And : Operator::Or, std::move(operands),
                 place.context.at(expression.span));
}

ExpressionPtr analyze_concat(const Place& place, const syntax::Expression& expression, Span op_span) {
  bool good = true;
  auto operands = analyze_all(
      deeper(place), chain(expression, [](BinaryOperator other) { return other == BinaryOperator::Concat; }),
      good);
  if (!good) return nullptr;
  for (auto& operand : operands) operand = cast_to(operand, types::string());
  return call_function(place.context, "CONCAT", std::move(operands), op_span, expression.span);
}

ExpressionPtr analyze_arithmetic(const Place& place, const syntax::Expression& expression) {
  std::vector<const syntax::Binary*> operators;
  const auto written = chain(expression, is_arithmetic, &operators);
  if (place.depth + written.size() > kMostDepth) {
    place.context.diagnostics.emit(ExpressionTooDeep{}, place.context.at(expression.span), kMostDepth);
    return nullptr;
  }
  bool good = true;
  const auto operands = analyze_all(deeper(place, static_cast<uint32_t>(operators.size())), written, good);
  if (!good) return nullptr;
  ExpressionPtr result = operands.front();
  for (size_t i = 0; i < operators.size() && result; ++i) {
    const Span span = diagnostics::cover(written.front()->span, written[i + 1]->span);
    result = arithmetic(place.context, operators[i]->op, result, operands[i + 1], operators[i]->op_span,
                        place.context.at(span));
  }
  return result;
}

Operator comparison_operator(BinaryOperator op) {
  switch (op) {
    case BinaryOperator::Equal: return Operator::Equal;
    case BinaryOperator::NotEqual: return Operator::NotEqual;
    case BinaryOperator::Less: return Operator::Less;
    case BinaryOperator::LessEqual: return Operator::LessEqual;
    case BinaryOperator::Greater: return Operator::Greater;
    default: return Operator::GreaterEqual;
  }
}

ExpressionPtr analyze_binary(const Place& place, const syntax::Binary& node,
                             const syntax::Expression& expression) {
  if (node.op == BinaryOperator::And || node.op == BinaryOperator::Or) {
    return analyze_connective(place, expression, node.op);
  }
  if (node.op == BinaryOperator::Concat) return analyze_concat(place, expression, node.op_span);
  if (is_arithmetic(node.op)) return analyze_arithmetic(place, expression);
  ExpressionPtr left = analyze_expression(deeper(place), *node.left);
  ExpressionPtr right = analyze_expression(deeper(place), *node.right);
  if (!left || !right) return nullptr;
  return comparison(place.context, comparison_operator(node.op), left, right,
                    place.context.at(expression.span));
}

ExpressionPtr analyze_unary(const Place& place, const syntax::Unary& node, Span span) {
  if (node.op == syntax::UnaryOperator::Minus) {
    if (const auto* number = std::get_if<syntax::NumberLiteral>(&node.operand->node)) {
      return number_literal(place.context, number->digits, true, span);
    }
  }
  ExpressionPtr operand = analyze_expression(deeper(place), *node.operand);
  if (!operand) return nullptr;
  switch (node.op) {
    case syntax::UnaryOperator::Plus: return operand;
    case syntax::UnaryOperator::Minus: return negate(place.context, operand, place.context.at(span));
    case syntax::UnaryOperator::Not: break;
  }
  operand = truth(place, operand, "NOT");
  return operand ? operation(Operator::Not, {operand}, types::boolean(), place.context.at(span)) : nullptr;
}

// CAST to VARCHAR(n) keeps the first n characters, and CHAR(n) has always n, as in Flink; for columns a length is a remark.
ExpressionPtr cut(const Context& context, ExpressionPtr value, uint32_t length, bool is_padded, Span span) {
  const auto number = [&](uint32_t of) {
    return typed::literal({types::simple(Kind::Integer, false), types::Int128{of}}, span);
  };
  if (is_padded)
    return call_function(context, "RPAD", {std::move(value), number(length), text(" ", span)}, span, span);
  return call_function(context, "SUBSTRING", {std::move(value), number(1), number(length)}, span, span);
}

ExpressionPtr analyze_cast(const Place& place, const syntax::Cast& node, Span written) {
  const Span span = place.context.at(written);
  ExpressionPtr operand = analyze_expression(deeper(place), *node.operand);
  const auto type = analyze_type(place.context, node.type);
  if (!operand || !type) return nullptr;
  // It would cut the bytes to the length, and BINARY fill them up.
  const bool is_unbounded = node.type.arguments.empty() || node.type.arguments.front() == INT32_MAX;
  if (node.type.name == "BINARY" || (node.type.name == "VARBINARY" && !is_unbounded)) {
    place.context.diagnostics
        .emit(CastToBinary{}, place.context.at(node.type.span), syntax::to_sql(node.type))
        .hint("write CAST(… AS BYTES), which keeps all bytes");
    return nullptr;
  }
  if (is_null_literal(*operand)) return null_of(*type, span);
  const auto support = types::explicit_cast(operand->type, *type);
  if (support == types::CastSupport::None) {
    auto emitted = place.context.diagnostics.emit(CastTypes{}, span, types::to_string(operand->type),
                                                  types::to_string(*type));
    if (types::is_integer(operand->type) && types::is_timestamp(*type)) {
      emitted.hint("use TO_TIMESTAMP_LTZ({}, 3) for milliseconds since 1970",
                   place.context.inside ? "…" : place.context.source->text(node.operand->span));
    }
    return nullptr;
  }
  const bool can_fail = support == types::CastSupport::MayFail && !node.try_cast;
  const bool nullable = operand->type.nullable || support == types::CastSupport::MayFail;
  ExpressionPtr result = operand;
  if (!operand->type.same_kind(*type)) {
    result = typed::make({.node = typed::Cast{operand, node.try_cast},
                          .type = types::with_nullable(*type, nullable),
                          .span = span,
                          .can_fail = can_fail});
  }
  if (type->kind != Kind::String || type->length == 0) return result;
  return cut(place.context, std::move(result), type->length, node.type.name == "CHAR", span);
}

bool is_group_window(std::string_view name) {
  return name == "TUMBLE" || name == "HOP" || name == "SESSION" || name == "CUMULATE";
}

ExpressionPtr analyze_call(const Place& place, const syntax::Call& call, Span span) {
  const Context& context = place.context;
  const std::string name = upper(call.name.text);
  if (call.over) {
    context.diagnostics.emit(OverNotBuilt{}, context.at(*call.over))
        .hint("aggregate over a window: TUMBLE, HOP, CUMULATE or SESSION");
    return nullptr;
  }
  if (!context.shared.functions.aggregates(name).empty()) return aggregate_call(place, call, span);
  if (auto result = window_auxiliary(place, call, span)) return *result;
  if (is_group_window(name)) {
    context.diagnostics.emit(WindowPlace{}, context.at(call.name.span), name, place.clause)
        .hint("a window stands in GROUP BY or in FROM; {}_START(…) gives its start", name);
    return nullptr;
  }
  if (call.distinct) {
    context.diagnostics.emit(DistinctArgument{}, context.at(call.name.span), name);
    return nullptr;
  }
  if (call.filter) {
    context.diagnostics.emit(FilterOfFunction{}, context.at(call.filter->span), name);
    return nullptr;
  }
  for (const auto& argument : call.arguments) {
    if (!argument.name) continue;
    context.diagnostics.emit(NamedArgument{}, context.at(argument.name->span), name);
    return nullptr;
  }
  const Place inner = deeper(place);
  if (auto result = special_form(inner, call, span)) return *result;
  std::vector<ExpressionPtr> arguments;
  bool good = true;
  for (const auto& argument : call.arguments) {
    arguments.push_back(analyze_expression(inner, *argument.value));
    good &= arguments.back() != nullptr;
  }
  if (!good) return nullptr;
  return call_function(context, name, std::move(arguments), call.name.span, span);
}

ExpressionPtr analyze_node(const Place& place, const syntax::Expression& expression) {
  const Context& context = place.context;
  const Span span = context.at(expression.span);
  if (place.depth > kMostDepth) {
    context.diagnostics.emit(ExpressionTooDeep{}, span, kMostDepth);
    return nullptr;
  }
  const auto refuse = [&](auto diagnostic, std::string_view hint) -> ExpressionPtr {
    auto emitted = context.diagnostics.emit(diagnostic, span);
    if (!hint.empty()) emitted.hint("{}", hint);
    return nullptr;
  };
  return match(
      expression.node, [&](const syntax::NullLiteral&) { return null_of(types::null_type(), span); },
      [&](const syntax::BooleanLiteral& node) {
        return typed::literal({types::boolean(false), types::Int128{node.value}}, span);
      },
      [&](const syntax::NumberLiteral& node) {
        return number_literal(context, node.digits, false, expression.span);
      },
      [&](const syntax::StringLiteral& node) { return text(node.value, span); },
      [&](const syntax::TypedLiteral& node) { return typed_literal(context, node, expression.span); },
      [&](const syntax::IntervalLiteral& node) { return interval_literal(context, node, expression.span); },
      [&](const syntax::ColumnReference& node) {
        return resolve_column(context, place.scope, node.name, place.clause == "SELECT" ? "" : place.clause);
      },
      [&](const syntax::Star&) { return refuse(StarArgument{}, ""); },
      [&](const syntax::Unary& node) { return analyze_unary(place, node, expression.span); },
      [&](const syntax::Binary& node) { return analyze_binary(place, node, expression); },
      [&](const syntax::IsPredicate& node) { return analyze_is(place, node, expression.span); },
      [&](const syntax::IsDistinctFrom& node) -> ExpressionPtr {
        ExpressionPtr left = analyze_expression(deeper(place), *node.left);
        ExpressionPtr right = analyze_expression(deeper(place), *node.right);
        if (!left || !right) return nullptr;
        return comparison(context, node.negated ? Operator::IsNotDistinctFrom : Operator::IsDistinctFrom,
                          left, right, span);
      },
      [&](const syntax::Between& node) { return analyze_between(place, node, expression.span); },
      [&](const syntax::InList& node) { return analyze_in(place, node, expression.span); },
      [&](const syntax::InQuery&) { return refuse(InQueryNotBuilt{}, "list the values: IN (1, 2, 3)"); },
      [&](const syntax::Exists&) { return refuse(ExistsNotBuilt{}, ""); },
      [&](const syntax::ScalarQuery&) { return refuse(ScalarQueryNotBuilt{}, "put the query into FROM"); },
      [&](const syntax::Like& node) { return analyze_like(place, node, expression.span); },
      [&](const syntax::Case& node) { return analyze_case(deeper(place), node, expression.span); },
      [&](const syntax::Cast& node) { return analyze_cast(place, node, expression.span); },
      [&](const syntax::Extract& node) { return extract(deeper(place), node, expression.span); },
      [&](const syntax::UnitCall& node) { return unit_call(deeper(place), node, expression.span); },
      [&](const syntax::Call& node) { return analyze_call(place, node, expression.span); });
}

}  // namespace

Place deeper(const Place& place, uint32_t by) {
  Place inner = place;
  inner.depth += by;
  return inner;
}

std::vector<ExpressionPtr> analyze_all(const Place& place,
                                       const std::vector<const syntax::Expression*>& expressions,
                                       bool& good) {
  std::vector<ExpressionPtr> results;
  for (const auto* expression : expressions) {
    results.push_back(analyze_expression(place, *expression));
    good &= results.back() != nullptr;
  }
  return results;
}

ExpressionPtr truth(const Place& place, const ExpressionPtr& operand, std::string_view op) {
  if (!operand) return nullptr;
  if (operand->type.kind == Kind::Null) return null_of(types::boolean(), operand->span);
  if (operand->type.kind == Kind::Boolean) return operand;
  place.context.diagnostics.emit(BooleanOperand{}, operand->span, op, types::to_string(operand->type));
  return nullptr;
}

ExpressionPtr analyze_expression(const Place& place, const syntax::Expression& expression) {
  ExpressionPtr result = analyze_node(place, expression);
  // COALESCE and its like use an operand twice; nested, they double what is below each time.
  if (result && result->terms > kMostTerms + (expression.span.end - expression.span.begin)) {
    place.context.diagnostics.emit(ExpressionTooLarge{}, place.context.at(expression.span), result->terms)
        .note(
            "COALESCE, NULLIF, CASE x WHEN …, IN and BETWEEN use an operand more than once, and here they "
            "are nested")
        .hint("use fewer levels: COALESCE(a, b, c) is one");
    return nullptr;
  }
  return result;
}

ExpressionPtr analyze_condition(const Place& place, const syntax::Expression& expression) {
  ExpressionPtr condition = analyze_expression(place, expression);
  if (!condition) return nullptr;
  if (condition->type.kind == Kind::Null) return null_of(types::boolean(), condition->span);
  if (condition->type.kind == Kind::Boolean) return condition;
  place.context.diagnostics.emit(ConditionType{}, condition->span, place.clause,
                                 types::to_string(condition->type));
  return nullptr;
}

}  // namespace weir::analysis
