#include "compiler/analysis/coercion.h"
#include "compiler/analysis/expression.h"

namespace weir::analysis {
namespace {

using typed::Operator;

WEIR_ERROR(SimilarNotBuilt, "SIMILAR TO is not built yet");

ExpressionPtr negated_if(bool negated, ExpressionPtr expression) {
  if (!negated || !expression) return expression;
  const Span span = expression->span;
  return operation(Operator::Not, {std::move(expression)}, types::boolean(), span);
}

}  // namespace

ExpressionPtr analyze_is(const Place& place, const syntax::IsPredicate& node, Span span) {
  using What = syntax::IsPredicate::What;
  ExpressionPtr operand = analyze_expression(deeper(place), *node.operand);
  if (!operand) return nullptr;
  if (node.what != What::Null) {
    operand = truth(place, operand, "IS");
    if (!operand) return nullptr;
  } else if (operand->type.kind == Kind::Null) {
    operand = null_of(types::boolean(), operand->span);
  }
  Operator op = Operator::IsNull;
  switch (node.what) {
    case What::Null:
    case What::Unknown: op = node.negated ? Operator::IsNotNull : Operator::IsNull; break;
    case What::True: op = node.negated ? Operator::IsNotTrue : Operator::IsTrue; break;
    case What::False: op = node.negated ? Operator::IsNotFalse : Operator::IsFalse; break;
  }
  return typed::make({.node = typed::Operation{op, {operand}},
                      .type = types::boolean(false),
                      .span = place.context.at(span)});
}

ExpressionPtr analyze_between(const Place& place, const syntax::Between& node, Span written) {
  const Context& context = place.context;
  const Span span = context.at(written);
  ExpressionPtr operand = analyze_expression(deeper(place), *node.operand);
  ExpressionPtr low = analyze_expression(deeper(place), *node.low);
  ExpressionPtr high = analyze_expression(deeper(place), *node.high);
  if (!operand || !low || !high) return nullptr;
  const auto between = [&](const ExpressionPtr& from, const ExpressionPtr& to) -> ExpressionPtr {
    ExpressionPtr above = comparison(context, Operator::GreaterEqual, operand, from, span);
    ExpressionPtr below = comparison(context, Operator::LessEqual, operand, to, span);
    return above && below ? logical(Operator::And, {above, below}, span) : nullptr;
  };
  ExpressionPtr result = between(low, high);
  if (node.symmetric && result) {
    ExpressionPtr other = between(high, low);
    result = other ? logical(Operator::Or, {result, other}, span) : nullptr;
  }
  return negated_if(node.negated, result);
}

ExpressionPtr analyze_in(const Place& place, const syntax::InList& node, Span span) {
  ExpressionPtr operand = analyze_expression(deeper(place), *node.operand);
  std::vector<ExpressionPtr> alternatives;
  bool good = operand != nullptr;
  for (const auto& item : node.list) {
    ExpressionPtr value = analyze_expression(deeper(place), *item);
    ExpressionPtr equal = value && operand ? comparison(place.context, Operator::Equal, operand, value,
                                                        place.context.at(item->span))
                                           : nullptr;
    good &= equal != nullptr;
    alternatives.push_back(equal);
  }
  if (!good) return nullptr;
  return negated_if(node.negated, logical(Operator::Or, std::move(alternatives), place.context.at(span)));
}

ExpressionPtr analyze_like(const Place& place, const syntax::Like& node, Span span) {
  if (node.similar) {
    place.context.diagnostics.emit(SimilarNotBuilt{}, place.context.at(span)).hint("use LIKE");
    return nullptr;
  }
  std::vector<const syntax::Expression*> written{node.operand.get(), node.pattern.get()};
  if (node.escape) written.push_back(node.escape.get());
  bool good = true;
  auto arguments = analyze_all(deeper(place), written, good);
  if (!good) return nullptr;
  return negated_if(node.negated, call_function(place.context, "LIKE", std::move(arguments), span, span));
}

}  // namespace weir::analysis
