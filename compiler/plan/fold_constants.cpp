#include "compiler/plan/fold_constants.h"

#include "compiler/match.h"
#include "compiler/plan/rewrite.h"

namespace weir::plan {
namespace {

using typed::Expression;
using typed::Operation;
using typed::Operator;
using types::Int128;
using types::Value;

const Value* constant(const ExpressionPtr& expression) {
  const auto* literal = std::get_if<typed::Literal>(&expression->node);
  return literal ? &literal->value : nullptr;
}

std::optional<Int128> integer(const ExpressionPtr& expression) {
  const Value* value = constant(expression);
  if (value == nullptr || value->is_null()) return std::nullopt;
  const auto* number = std::get_if<Int128>(&value->data);
  return number ? std::optional(*number) : std::nullopt;
}

ExpressionPtr boolean(bool value, const Expression& replaced) {
  return typed::literal({replaced.type, Int128{value}}, replaced.span);
}

bool fits(Int128 number, types::Kind kind) {
  const auto within = [&](int bits) {
    return number >= -(Int128{1} << (bits - 1)) && number < (Int128{1} << (bits - 1));
  };
  switch (types::carrier(types::simple(kind))) {
    case types::Carrier::I8: return within(8);
    case types::Carrier::I16: return within(16);
    case types::Carrier::I32: return within(32);
    case types::Carrier::I64: return within(64);
    default: return false;
  }
}

// AND: `absorbing` FALSE, `neutral` TRUE; OR the other way round.
ExpressionPtr fold_logic(const Operation& operation, const Expression& whole, bool absorbing) {
  std::vector<ExpressionPtr> kept;
  bool can_fail = false;
  for (const ExpressionPtr& operand : operation.operands) {
    const std::optional<Int128> value = integer(operand);
    if (value && (*value != 0) != absorbing) continue;  // neutral
    kept.push_back(operand);
    if (value) break;  // what follows is never evaluated
    can_fail |= operand->can_fail;
  }
  if (kept.empty()) return boolean(!absorbing, whole);
  const bool absorbed = integer(kept.back()).has_value();
  if (absorbed && !can_fail) return boolean(absorbing, whole);
  if (kept.size() == 1) return kept[0];
  Expression folded = whole;
  folded.node = Operation{operation.op, std::move(kept)};
  return typed::make(std::move(folded));
}

std::optional<bool> compare(Operator op, Int128 a, Int128 b) {
  switch (op) {
    case Operator::Equal: return a == b;
    case Operator::NotEqual: return a != b;
    case Operator::Less: return a < b;
    case Operator::LessEqual: return a <= b;
    case Operator::Greater: return a > b;
    case Operator::GreaterEqual: return a >= b;
    default: return std::nullopt;
  }
}

ExpressionPtr fold_binary(const Operation& operation, const ExpressionPtr& whole) {
  const ExpressionPtr& left = operation.operands[0];
  const ExpressionPtr& right = operation.operands[1];
  const std::optional<Int128> a = integer(left), b = integer(right);
  if (!a || !b || !left->type.same_kind(right->type)) return whole;
  if (const auto verdict = compare(operation.op, *a, *b)) return boolean(*verdict, *whole);
  if (!types::is_integer(whole->type) || !types::is_integer(left->type)) return whole;
  Int128 result;
  switch (operation.op) {
    case Operator::Add: result = *a + *b; break;
    case Operator::Subtract: result = *a - *b; break;
    case Operator::Multiply: result = *a * *b; break;
    default: return whole;
  }
  if (!fits(result, whole->type.kind)) return whole;  // fails at run time, where it is evaluated
  return typed::literal({whole->type, result}, whole->span);
}

ExpressionPtr fold_operation(const Operation& operation, const ExpressionPtr& whole) {
  const ExpressionPtr& first = operation.operands[0];
  switch (operation.op) {
    case Operator::And: return fold_logic(operation, *whole, false);
    case Operator::Or: return fold_logic(operation, *whole, true);
    case Operator::Not:
      if (const auto value = integer(first)) return boolean(*value == 0, *whole);
      return whole;
    case Operator::IsNull:
    case Operator::IsNotNull: {
      const bool asks_null = operation.op == Operator::IsNull;
      if (const Value* value = constant(first)) return boolean(value->is_null() == asks_null, *whole);
      // Where an expression that fails gives NULL, even a NOT NULL type may hold one.
      if (!first->type.nullable && !first->can_fail) return boolean(!asks_null, *whole);
      return whole;
    }
    default: return operation.operands.size() == 2 ? fold_binary(operation, whole) : whole;
  }
}

ExpressionPtr fold_case(const typed::Case& choice, const ExpressionPtr& whole) {
  typed::Case folded{{}, choice.otherwise};
  for (const typed::Case::When& when : choice.whens) {
    const Value* value = constant(when.condition);
    const bool known_true = value && !value->is_null() && std::get<Int128>(value->data) != 0;
    if (value && !known_true) continue;
    if (known_true) {
      folded.otherwise = when.result;
      break;
    }
    folded.whens.push_back(when);
  }
  if (folded.whens.empty()) return folded.otherwise->type.same_kind(whole->type) ? folded.otherwise : whole;
  Expression result = *whole;
  result.node = std::move(folded);
  return typed::make(std::move(result));
}

ExpressionPtr fold_cast(const typed::Cast& cast, const ExpressionPtr& whole) {
  const Value* value = constant(cast.operand);
  if (value == nullptr) return whole;
  if (value->is_null()) return typed::literal({whole->type, std::monostate{}}, whole->span);
  const auto* number = std::get_if<Int128>(&value->data);
  if (number && types::is_integer(value->type) && types::is_integer(whole->type) &&
      fits(*number, whole->type.kind))
    return typed::literal({whole->type, *number}, whole->span);
  return whole;
}

ExpressionPtr fold_children(const ExpressionPtr& expression) {
  const auto fold_all = [](std::vector<ExpressionPtr> operands) {
    for (ExpressionPtr& operand : operands) operand = fold(operand);
    return operands;
  };
  Expression copy = *expression;
  const bool has_children = match(
      copy.node, [](const typed::Literal&) { return false; }, [](const typed::ColumnIndex&) { return false; },
      [](const typed::ProcessingTime&) { return false; }, [](const typed::RecordWatermark&) { return false; },
      [&](Operation& operation) {
        operation.operands = fold_all(std::move(operation.operands));
        return true;
      },
      [&](typed::Cast& cast) {
        cast.operand = fold(cast.operand);
        return true;
      },
      [&](typed::Case& choice) {
        for (auto& when : choice.whens) {
          when.condition = fold(when.condition);
          when.result = fold(when.result);
        }
        choice.otherwise = fold(choice.otherwise);
        return true;
      },
      [&](typed::Call& call) {
        call.arguments = fold_all(std::move(call.arguments));
        return true;
      });
  return has_children ? typed::make(std::move(copy)) : expression;
}

}  // namespace

ExpressionPtr fold(const ExpressionPtr& expression) {
  const ExpressionPtr whole = fold_children(expression);
  return match(
      whole->node, [&](const Operation& operation) { return fold_operation(operation, whole); },
      [&](const typed::Case& choice) { return fold_case(choice, whole); },
      [&](const typed::Cast& cast) { return fold_cast(cast, whole); },
      [&](const typed::Literal&) { return whole; }, [&](const typed::ColumnIndex&) { return whole; },
      [&](const typed::Call&) { return whole; }, [&](const typed::ProcessingTime&) { return whole; },
      [&](const typed::RecordWatermark&) { return whole; });
}

void fold_constants(Plan& plan) {
  std::vector<NodeId> kept(plan.nodes.size());
  for (NodeId id = 0; id < plan.nodes.size(); ++id) {
    Node& node = plan.at(id);
    for (NodeId& input : node.inputs) input = kept[input];
    kept[id] = id;
    rewrite_expressions(node, fold);
    const auto* filter = std::get_if<Filter>(&node.kind);
    if (filter == nullptr) continue;
    const std::optional<Int128> verdict = integer(filter->predicate);
    if (verdict && *verdict != 0) kept[id] = node.inputs[0];
  }
  compact(plan);
}

}  // namespace weir::plan
