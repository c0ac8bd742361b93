// Operators: one function per level of precedence.

#include <span>
#include <utility>

#include "compiler/syntax/build.h"
#include "compiler/syntax/build_primary.h"

namespace weir::syntax {
namespace {

// Longer chains of AND and OR become balanced trees, which mean the same and are not deep.
constexpr size_t kLongChain = 16;

ExpressionPtr make(decltype(Expression::node) node, Span span) {
  return std::make_unique<Expression>(Expression{std::move(node), span});
}

ExpressionPtr binary(BinaryOperator op, Span op_span, ExpressionPtr left, ExpressionPtr right) {
  const Span span = diagnostics::cover(left->span, right->span);
  return make(Binary{op, op_span, std::move(left), std::move(right)}, span);
}

// operands[0] op operands[1] op … ; op_spans[i] stands before operands[i + 1].
ExpressionPtr chain(BinaryOperator op, std::span<ExpressionPtr> operands, std::span<const Span> op_spans) {
  if (operands.size() <= kLongChain) {
    ExpressionPtr result = std::move(operands[0]);
    for (size_t i = 1; i < operands.size(); ++i)
      result = binary(op, op_spans[i - 1], std::move(result), std::move(operands[i]));
    return result;
  }
  const size_t half = operands.size() / 2;
  ExpressionPtr left = chain(op, operands.first(half), op_spans.first(half - 1));
  ExpressionPtr right = chain(op, operands.subspan(half), op_spans.subspan(half));
  return binary(op, op_spans[half - 1], std::move(left), std::move(right));
}

std::vector<Span> spans_of(const std::vector<antlr4::tree::TerminalNode*>& nodes) {
  std::vector<Span> spans;
  for (antlr4::tree::TerminalNode* node : nodes) spans.push_back(span_of(node));
  return spans;
}

ExpressionPtr build_factor(BuildContext& build, Parser::FactorContext* rule) {
  if (rule->primary()) return build_primary(build, rule->primary());
  const UnaryOperator op = rule->MINUS() ? UnaryOperator::Minus : UnaryOperator::Plus;
  return make(Unary{op, build_factor(build, rule->factor())}, span_of(rule));
}

// Operands and operators take turns among the children of a rule.
template <typename Operand, typename Rule, typename Build>
ExpressionPtr left_associative(Rule* rule, const Build& build_operand) {
  ExpressionPtr result;
  BinaryOperator op{};
  Span op_span;
  for (antlr4::tree::ParseTree* child : rule->children) {
    if (auto* node = dynamic_cast<antlr4::tree::TerminalNode*>(child)) {
      op_span = span_of(node);
      switch (node->getSymbol()->getType()) {
        case Parser::PLUS: op = BinaryOperator::Add; break;
        case Parser::MINUS: op = BinaryOperator::Subtract; break;
        case Parser::STAR: op = BinaryOperator::Multiply; break;
        case Parser::SLASH: op = BinaryOperator::Divide; break;
        case Parser::PERCENT: op = BinaryOperator::Modulo; break;
        default: op = BinaryOperator::Concat; break;
      }
      continue;
    }
    ExpressionPtr operand = build_operand(static_cast<Operand*>(child));
    result = result ? binary(op, op_span, std::move(result), std::move(operand)) : std::move(operand);
  }
  return result;
}

ExpressionPtr build_product(BuildContext& build, Parser::ProductContext* rule) {
  if (rule->children.size() == 1) return build_factor(build, rule->factor(0));
  return left_associative<Parser::FactorContext>(
      rule, [&](Parser::FactorContext* factor) { return build_factor(build, factor); });
}

BinaryOperator comparison_operator(Parser::ComparisonContext* rule) {
  switch (rule->start->getType()) {
    case Parser::EQUAL: return BinaryOperator::Equal;
    case Parser::NOT_EQUAL: return BinaryOperator::NotEqual;
    case Parser::LESS: return BinaryOperator::Less;
    case Parser::LESS_EQUAL: return BinaryOperator::LessEqual;
    case Parser::GREATER: return BinaryOperator::Greater;
    default: return BinaryOperator::GreaterEqual;
  }
}

ExpressionPtr build_tail(BuildContext& build, ExpressionPtr operand, Parser::PredicateTailContext* rule) {
  const Span span = diagnostics::cover(operand->span, span_of(rule));
  const bool negated = rule->NOT() != nullptr;
  if (Parser::ComparisonContext* comparison = rule->comparison())
    return binary(comparison_operator(comparison), span_of(comparison), std::move(operand),
                  build_sum(build, rule->sum(0)));
  if (rule->IS()) {
    if (rule->DISTINCT())
      return make(IsDistinctFrom{negated, std::move(operand), build_sum(build, rule->sum(0))}, span);
    const auto what = rule->NULL_()   ? IsPredicate::What::Null
                      : rule->TRUE()  ? IsPredicate::What::True
                      : rule->FALSE() ? IsPredicate::What::False
                                      : IsPredicate::What::Unknown;
    return make(IsPredicate{what, negated, std::move(operand)}, span);
  }
  if (rule->BETWEEN()) {
    ExpressionPtr low = build_sum(build, rule->sum(0));
    ExpressionPtr high = build_sum(build, rule->sum(1));
    return make(
        Between{negated, rule->SYMMETRIC() != nullptr, std::move(operand), std::move(low), std::move(high)},
        span);
  }
  if (rule->IN()) {
    if (rule->subQuery())
      return make(InQuery{negated, std::move(operand), build_query(build, rule->subQuery())}, span);
    return make(InList{negated, std::move(operand), build_expressions(build, rule->expression())}, span);
  }
  ExpressionPtr pattern = build_sum(build, rule->sum(0));
  ExpressionPtr escape;
  if (rule->STRING())
    escape = make(StringLiteral{build_string(build, rule->STRING())}, span_of(rule->STRING()));
  return make(
      Like{negated, rule->SIMILAR() != nullptr, std::move(operand), std::move(pattern), std::move(escape)},
      span);
}

ExpressionPtr build_predicate(BuildContext& build, Parser::PredicateContext* rule) {
  ExpressionPtr result = build_sum(build, rule->sum());
  if (rule->children.size() > 1)
    for (Parser::PredicateTailContext* tail : rule->predicateTail())
      result = build_tail(build, std::move(result), tail);
  return result;
}

ExpressionPtr build_negation(BuildContext& build, Parser::NegationContext* rule) {
  if (rule->predicate()) return build_predicate(build, rule->predicate());
  return make(Unary{UnaryOperator::Not, build_negation(build, rule->negation())}, span_of(rule));
}

ExpressionPtr build_conjunction(BuildContext& build, Parser::ConjunctionContext* rule) {
  if (rule->children.size() == 1) return build_negation(build, rule->negation(0));
  std::vector<ExpressionPtr> operands;
  for (Parser::NegationContext* operand : rule->negation())
    operands.push_back(build_negation(build, operand));
  return chain(BinaryOperator::And, operands, spans_of(rule->AND()));
}

}  // namespace

ExpressionPtr build_sum(BuildContext& build, Parser::SumContext* rule) {
  if (rule->children.size() == 1) return build_product(build, rule->product(0));
  return left_associative<Parser::ProductContext>(
      rule, [&](Parser::ProductContext* product) { return build_product(build, product); });
}

ExpressionPtr build_expression(BuildContext& build, Parser::ExpressionContext* rule) {
  if (rule->children.size() == 1) return build_conjunction(build, rule->conjunction(0));
  std::vector<ExpressionPtr> operands;
  for (Parser::ConjunctionContext* operand : rule->conjunction())
    operands.push_back(build_conjunction(build, operand));
  return chain(BinaryOperator::Or, operands, spans_of(rule->OR()));
}

std::vector<ExpressionPtr> build_expressions(BuildContext& build,
                                             const std::vector<Parser::ExpressionContext*>& rules) {
  std::vector<ExpressionPtr> expressions;
  for (Parser::ExpressionContext* rule : rules) expressions.push_back(build_expression(build, rule));
  return expressions;
}

Parser::PrimaryContext* sole_primary(Parser::ExpressionContext* rule) {
  if (rule->children.size() != 1) return nullptr;
  Parser::ConjunctionContext* conjunction = rule->conjunction(0);
  if (conjunction->children.size() != 1) return nullptr;
  Parser::PredicateContext* predicate = conjunction->negation(0)->predicate();
  if (!predicate || predicate->children.size() != 1) return nullptr;
  Parser::SumContext* sum = predicate->sum();
  if (sum->children.size() != 1) return nullptr;
  Parser::ProductContext* product = sum->product(0);
  return product->children.size() == 1 ? product->factor(0)->primary() : nullptr;
}

}  // namespace weir::syntax
