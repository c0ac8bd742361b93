// An expression as SQL that parses back to what means the same.

#include "compiler/match.h"
#include "compiler/syntax/print_ast.h"
#include "compiler/syntax/words_of.h"

namespace weir::syntax {
namespace {

// What binds tighter has the higher number; an operand that binds looser than its place allows gets parentheses.
enum Strength : int { kOr = 1, kAnd, kNot, kPredicate, kSum, kProduct, kSign, kPrimary };

Strength strength_of(BinaryOperator op) {
  switch (op) {
    case BinaryOperator::Or: return kOr;
    case BinaryOperator::And: return kAnd;
    case BinaryOperator::Add:
    case BinaryOperator::Subtract: return kSum;
    case BinaryOperator::Multiply:
    case BinaryOperator::Divide:
    case BinaryOperator::Modulo:
    case BinaryOperator::Concat: return kProduct;
    case BinaryOperator::Equal:
    case BinaryOperator::NotEqual:
    case BinaryOperator::Less:
    case BinaryOperator::LessEqual:
    case BinaryOperator::Greater:
    case BinaryOperator::GreaterEqual: break;
  }
  return kPredicate;
}

Strength strength_of(const Expression& expression) {
  if (const auto* binary = std::get_if<Binary>(&expression.node)) return strength_of(binary->op);
  if (const auto* unary = std::get_if<Unary>(&expression.node))
    return unary->op == UnaryOperator::Not ? kNot : kSign;
  const bool predicate =
      std::holds_alternative<IsPredicate>(expression.node) ||
      std::holds_alternative<IsDistinctFrom>(expression.node) ||
      std::holds_alternative<Between>(expression.node) || std::holds_alternative<InList>(expression.node) ||
      std::holds_alternative<InQuery>(expression.node) || std::holds_alternative<Like>(expression.node);
  return predicate ? kPredicate : kPrimary;
}

std::string at_least(const Expression& expression, int strength) {
  const std::string text = to_sql(expression);
  return strength_of(expression) < strength ? "(" + text + ")" : text;
}

std::string list(const std::vector<ExpressionPtr>& expressions) {
  std::string out;
  for (const ExpressionPtr& expression : expressions) {
    if (!out.empty()) out += ", ";
    out += to_sql(*expression);
  }
  return out;
}

std::string not_if(bool negated) { return negated ? "NOT " : ""; }

std::string call_to_sql(const Call& call) {
  const std::string& name = call.name.text;
  if (call.arguments.empty() && (name == "CURRENT_TIMESTAMP" || name == "CURRENT_DATE" ||
                                 name == "CURRENT_TIME" || name == "LOCALTIMESTAMP" || name == "LOCALTIME"))
    return name;
  std::string out = quoted_name(name) + "(" + (call.distinct ? "DISTINCT " : "");
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    if (i > 0) out += ", ";
    if (call.arguments[i].name) out += call.arguments[i].name->text + " => ";
    out += to_sql(*call.arguments[i].value);
  }
  out += ")";
  if (call.filter) out += " FILTER (WHERE " + to_sql(*call.filter) + ")";
  if (call.over) out += " OVER (…)";
  return out;
}

std::string case_to_sql(const Case& expression) {
  std::string out = "CASE";
  if (expression.operand) out += " " + to_sql(*expression.operand);
  for (const Case::When& when : expression.whens)
    out += " WHEN " + to_sql(*when.condition) + " THEN " + to_sql(*when.result);
  if (expression.otherwise) out += " ELSE " + to_sql(*expression.otherwise);
  return out + " END";
}

}  // namespace

std::string to_sql(const Expression& expression) {
  return match(
      expression.node, [](const NullLiteral&) -> std::string { return "NULL"; },
      [](const BooleanLiteral& x) -> std::string { return x.value ? "TRUE" : "FALSE"; },
      [](const NumberLiteral& x) { return x.digits; },
      [](const StringLiteral& x) { return quoted_string(x.value); },
      [](const TypedLiteral& x) { return std::string(word_of(x.kind)) + " " + quoted_string(x.value); },
      [](const IntervalLiteral& x) {
        std::string out = "INTERVAL " + std::string(x.negative ? "-" : "") + quoted_string(x.value) + " ";
        out += word_of(x.from);
        if (x.to) out += " TO " + std::string(word_of(*x.to));
        return out;
      },
      [](const ColumnReference& x) { return to_sql(x.name); }, [](const Star&) -> std::string { return "*"; },
      [](const Unary& x) {
        const std::string space =
            x.op == UnaryOperator::Not || std::holds_alternative<Unary>(x.operand->node) ? " " : "";
        return std::string(word_of(x.op)) + space +
               at_least(*x.operand, x.op == UnaryOperator::Not ? kNot : kSign);
      },
      [](const Binary& x) {
        const int strength = strength_of(x.op);
        // AND and OR mean the same however they are grouped; long chains of them are balanced trees.
        const bool groups_freely = x.op == BinaryOperator::And || x.op == BinaryOperator::Or;
        return at_least(*x.left, strength) + " " + std::string(word_of(x.op)) + " " +
               at_least(*x.right, groups_freely ? strength : strength + 1);
      },
      [](const IsPredicate& x) {
        return at_least(*x.operand, kPredicate) + " IS " + not_if(x.negated) + std::string(word_of(x.what));
      },
      [](const IsDistinctFrom& x) {
        return at_least(*x.left, kPredicate) + " IS " + not_if(x.negated) + "DISTINCT FROM " +
               at_least(*x.right, kSum);
      },
      [](const Between& x) {
        return at_least(*x.operand, kPredicate) + " " + not_if(x.negated) + "BETWEEN " +
               (x.symmetric ? "SYMMETRIC " : "") + at_least(*x.low, kSum) + " AND " + at_least(*x.high, kSum);
      },
      [](const InList& x) {
        return at_least(*x.operand, kPredicate) + " " + not_if(x.negated) + "IN (" + list(x.list) + ")";
      },
      [](const InQuery& x) {
        return at_least(*x.operand, kPredicate) + " " + not_if(x.negated) + "IN (SELECT …)";
      },
      [](const Exists&) -> std::string { return "EXISTS (SELECT …)"; },
      [](const ScalarQuery&) -> std::string { return "(SELECT …)"; },
      [](const Like& x) {
        std::string out = at_least(*x.operand, kPredicate) + " " + not_if(x.negated) +
                          (x.similar ? "SIMILAR TO " : "LIKE ") + at_least(*x.pattern, kSum);
        if (x.escape) out += " ESCAPE " + to_sql(*x.escape);
        return out;
      },
      [](const Case& x) { return case_to_sql(x); },
      [](const Cast& x) {
        return std::string(x.try_cast ? "TRY_CAST(" : "CAST(") + to_sql(*x.operand) + " AS " +
               to_sql(x.type) + ")";
      },
      [](const Extract& x) {
        return "EXTRACT(" + std::string(word_of(x.unit)) + " FROM " + to_sql(*x.operand) + ")";
      },
      [](const UnitCall& x) {
        if (x.name.text == "FLOOR" || x.name.text == "CEIL")
          return x.name.text + "(" + list(x.arguments) + " TO " + std::string(word_of(x.unit)) + ")";
        return x.name.text + "(" + std::string(word_of(x.unit)) + ", " + list(x.arguments) + ")";
      },
      [](const Call& x) { return call_to_sql(x); });
}

}  // namespace weir::syntax
