#include "compiler/analysis/typed.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/match.h"

namespace weir::typed {
namespace {

// Calls f for every operand.
template <typename F>
void visit_operands(const Expression& expression, F&& f) {
  match(
      expression.node, [](const Literal&) {}, [](const ColumnIndex&) {},
      [&](const Operation& node) {
        for (const auto& operand : node.operands) f(operand);
      },
      [&](const Cast& node) { f(node.operand); },
      [&](const Case& node) {
        for (const auto& when : node.whens) {
          f(when.condition);
          f(when.result);
        }
        f(node.otherwise);
      },
      [&](const Call& node) {
        for (const auto& argument : node.arguments) f(argument);
      },
      [](const ProcessingTime&) {}, [](const RecordWatermark&) {});
}

// The expression with each operand replaced by f(operand); itself if all stay the same.
template <typename F>
ExpressionPtr rebuild(const ExpressionPtr& expression, F&& f) {
  bool changed = false;
  const auto replace = [&](const ExpressionPtr& operand) {
    ExpressionPtr replaced = f(operand);
    changed |= replaced != operand;
    return replaced;
  };
  Expression result = *expression;
  match(
      result.node, [](Literal&) {}, [](ColumnIndex&) {},
      [&](Operation& node) {
        for (auto& operand : node.operands) operand = replace(operand);
      },
      [&](Cast& node) { node.operand = replace(node.operand); },
      [&](Case& node) {
        for (auto& when : node.whens) {
          when.condition = replace(when.condition);
          when.result = replace(when.result);
        }
        node.otherwise = replace(node.otherwise);
      },
      [&](Call& node) {
        for (auto& argument : node.arguments) argument = replace(argument);
      },
      [](ProcessingTime&) {}, [](RecordWatermark&) {});
  return changed ? make(std::move(result)) : expression;
}

bool equal_lists(const std::vector<ExpressionPtr>& a, const std::vector<ExpressionPtr>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) { return equal(*x, *y); });
}

std::string_view symbol(Operator op) {
  switch (op) {
    case Operator::Add: return "+";
    case Operator::Subtract:
    case Operator::Negate: return "-";
    case Operator::Multiply: return "*";
    case Operator::Divide: return "/";
    case Operator::Modulo: return "%";
    case Operator::Equal: return "=";
    case Operator::NotEqual: return "<>";
    case Operator::Less: return "<";
    case Operator::LessEqual: return "<=";
    case Operator::Greater: return ">";
    case Operator::GreaterEqual: return ">=";
    case Operator::And: return "AND";
    case Operator::Or: return "OR";
    case Operator::Not: return "NOT";
    case Operator::IsNull: return "IS NULL";
    case Operator::IsNotNull: return "IS NOT NULL";
    case Operator::IsTrue: return "IS TRUE";
    case Operator::IsNotTrue: return "IS NOT TRUE";
    case Operator::IsFalse: return "IS FALSE";
    case Operator::IsNotFalse: return "IS NOT FALSE";
    case Operator::IsDistinctFrom: return "IS DISTINCT FROM";
    case Operator::IsNotDistinctFrom: return "IS NOT DISTINCT FROM";
  }
  diagnostics::internal_error(__FILE__, __LINE__, "an operator out of range");
}

bool is_postfix(Operator op) { return op >= Operator::IsNull && op <= Operator::IsNotFalse; }

// How tightly an operation binds; 0 = never needs parentheses.
int binding(const Expression& expression) {
  const auto* operation = std::get_if<Operation>(&expression.node);
  if (operation == nullptr) return 0;
  switch (operation->op) {
    case Operator::Negate: return 1;
    case Operator::Multiply:
    case Operator::Divide:
    case Operator::Modulo: return 2;
    case Operator::Add:
    case Operator::Subtract: return 3;
    case Operator::Not: return 5;
    case Operator::And: return 6;
    case Operator::Or: return 7;
    default: return 4;
  }
}

// An operand of something that binds as tightly as `outer`; the right operand of - and / needs parentheses at the same level.
std::string operand_sql(const Expression& operand, int outer, bool right,
                        const std::vector<std::string>& columns) {
  const std::string text = to_sql(operand, columns);
  const int inner = binding(operand);
  return inner > outer || (inner == outer && inner != 0 && (right || outer == 4)) ? "(" + text + ")" : text;
}

std::string operation_sql(const Expression& expression, const Operation& node,
                          const std::vector<std::string>& columns) {
  const int outer = binding(expression);
  const std::string_view op = symbol(node.op);
  if (is_postfix(node.op))
    return fmt::format("{} {}", operand_sql(*node.operands[0], outer, false, columns), op);
  if (node.op == Operator::Not)
    return fmt::format("NOT {}", operand_sql(*node.operands[0], outer, false, columns));
  if (node.op == Operator::Negate)
    return fmt::format("-{}", operand_sql(*node.operands[0], outer, true, columns));
  std::string text;
  for (size_t i = 0; i < node.operands.size(); ++i) {
    if (i != 0) text += fmt::format(" {} ", op);
    const bool needs_right = i != 0 && node.op != Operator::And && node.op != Operator::Or;
    text += operand_sql(*node.operands[i], outer, needs_right, columns);
  }
  return text;
}

}  // namespace

ExpressionPtr make(Expression expression) {
  uint64_t terms = 1;
  visit_operands(expression, [&](const ExpressionPtr& operand) {
    expression.can_fail |= operand->can_fail;
    expression.deterministic &= operand->deterministic;
    terms += operand->terms;
  });
  expression.terms = static_cast<uint32_t>(std::min<uint64_t>(terms, UINT32_MAX));
  if (std::holds_alternative<ProcessingTime>(expression.node)) expression.deterministic = false;
  return std::make_shared<const Expression>(std::move(expression));
}

ExpressionPtr column(uint32_t index, const Type& type, Span span) {
  return make({.node = ColumnIndex{index}, .type = type, .span = span});
}

ExpressionPtr literal(types::Value value, Span span) {
  const Type type = value.type;
  return make({.node = Literal{std::move(value)}, .type = type, .span = span});
}

ExpressionPtr substitute(const ExpressionPtr& expression, const std::vector<ExpressionPtr>& columns) {
  if (const auto* index = std::get_if<ColumnIndex>(&expression->node)) {
    WEIR_CHECK(index->index < columns.size(), "a column outside of what replaces the columns");
    return columns[index->index];
  }
  return rebuild(expression, [&](const ExpressionPtr& operand) { return substitute(operand, columns); });
}

ExpressionPtr replace(const ExpressionPtr& expression,
                      const std::function<ExpressionPtr(const ExpressionPtr&)>& f) {
  if (ExpressionPtr replaced = f(expression)) return replaced;
  return rebuild(expression, [&](const ExpressionPtr& operand) { return replace(operand, f); });
}

void visit_columns(const Expression& expression, const std::function<void(uint32_t)>& f) {
  if (const auto* index = std::get_if<ColumnIndex>(&expression.node)) f(index->index);
  visit_operands(expression, [&](const ExpressionPtr& operand) { visit_columns(*operand, f); });
}

bool equal(const Expression& a, const Expression& b) {
  if (&a == &b) return true;
  if (a.node.index() != b.node.index() || !a.type.same_kind(b.type)) return false;
  return match(
      a.node, [&](const Literal& x) { return x.value.data == std::get<Literal>(b.node).value.data; },
      [&](const ColumnIndex& x) { return x.index == std::get<ColumnIndex>(b.node).index; },
      [&](const Operation& x) {
        const auto& y = std::get<Operation>(b.node);
        return x.op == y.op && equal_lists(x.operands, y.operands);
      },
      [&](const Cast& x) {
        const auto& y = std::get<Cast>(b.node);
        return x.try_cast == y.try_cast && equal(*x.operand, *y.operand);
      },
      [&](const Case& x) {
        const auto& y = std::get<Case>(b.node);
        return std::equal(x.whens.begin(), x.whens.end(), y.whens.begin(), y.whens.end(),
                          [](const Case::When& p, const Case::When& q) {
                            return equal(*p.condition, *q.condition) && equal(*p.result, *q.result);
                          }) &&
               equal(*x.otherwise, *y.otherwise);
      },
      [&](const Call& x) {
        const auto& y = std::get<Call>(b.node);
        return x.function == y.function && equal_lists(x.arguments, y.arguments);
      },
      [](const ProcessingTime&) { return true; }, [](const RecordWatermark&) { return true; });
}

std::string to_sql(const Expression& expression, const std::vector<std::string>& columns) {
  return match(
      expression.node, [](const Literal& node) { return types::to_sql(node.value); },
      [&](const ColumnIndex& node) {
        return node.index < columns.size() ? columns[node.index] : fmt::format("${}", node.index);
      },
      [&](const Operation& node) { return operation_sql(expression, node, columns); },
      [&](const Cast& node) {
        return fmt::format("{}({} AS {})", node.try_cast ? "TRY_CAST" : "CAST",
                           to_sql(*node.operand, columns), types::to_string(expression.type));
      },
      [&](const Case& node) {
        std::string text = "CASE";
        for (const auto& when : node.whens) {
          text += fmt::format(" WHEN {} THEN {}", to_sql(*when.condition, columns),
                              to_sql(*when.result, columns));
        }
        return text + fmt::format(" ELSE {} END", to_sql(*node.otherwise, columns));
      },
      [&](const Call& node) {
        std::string text = node.function->name + "(";
        for (size_t i = 0; i < node.arguments.size(); ++i) {
          text += (i == 0 ? "" : ", ") + to_sql(*node.arguments[i], columns);
        }
        return text + ")";
      },
      [](const ProcessingTime&) { return std::string{"PROCTIME()"}; },
      [](const RecordWatermark&) { return std::string{"late_watermark"}; });
}

}  // namespace weir::typed
