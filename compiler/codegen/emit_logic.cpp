// AND, OR, NOT, IS …, and comparisons: SQL's three-valued logic.
#include "compiler/codegen/emit_constant_set.h"
#include "compiler/codegen/emit_expression.h"
#include "compiler/codegen/emit_row.h"
#include "compiler/diagnostics/check.h"
#include "compiler/match.h"

namespace weir::codegen {
namespace {

using typed::Operation;
using typed::Operator;

// Whether evaluating the expression where its value does not matter costs little and cannot be noticed.
bool is_cheap(const typed::Expression& expression) {
  if (expression.can_fail) return false;
  return match(
      expression.node, [](const typed::Literal&) { return true; },
      [](const typed::ColumnIndex&) { return true; },
      [](const Operation& node) {
        for (const typed::ExpressionPtr& operand : node.operands) {
          if (!is_cheap(*operand) || types::carrier(operand->type) == Carrier::String) return false;
        }
        return true;
      },
      [](const typed::Cast&) { return false; }, [](const typed::Case&) { return false; },
      [](const typed::Call&) { return false; }, [](const typed::ProcessingTime&) { return true; },
      [](const typed::RecordWatermark&) { return true; });
}

// One operand decides alone: FALSE for AND, TRUE for OR.
llvm::Value* decides(Emit& emit, const Value& value, bool is_and) {
  return emit.both(is_and ? emit.negate(value.data) : value.data, emit.negate(value.null));
}

Value combine(Emit& emit, const Value& a, const Value& c, bool is_and) {
  const auto* never_a = llvm::dyn_cast<llvm::ConstantInt>(a.null);
  const auto* never_c = llvm::dyn_cast<llvm::ConstantInt>(c.null);
  if (never_a && never_a->isZero() && never_c && never_c->isZero()) {
    return emit.not_null(is_and ? emit.both(a.data, c.data) : emit.either(a.data, c.data));
  }
  llvm::Value* decided = emit.either(decides(emit, a, is_and), decides(emit, c, is_and));
  llvm::Value* null = emit.both(emit.negate(decided), emit.either(a.null, c.null));
  // Not decided and not NULL: every operand is what does not decide.
  return {is_and ? emit.negate(decided) : decided, nullptr, null};
}

// So many cheap operands are evaluated without a branch between them; then it pays to leave, and a block that grows without
// bound takes LLVM a time that grows with its square.
constexpr size_t kOperandsPerBlock = 16;

Value emit_and_or(ExpressionScope& scope, const Operation& node) {
  Emit& emit = scope.emit;
  const bool is_and = node.op == Operator::And;
  const std::vector<LogicTerm> terms = combine_comparisons(node);
  const auto evaluate = [&](const LogicTerm& term) {
    if (!term.compared) return emit_expression(scope, *term.operand);
    Value found = emit_is_one_of(scope, term);
    if (is_and) found.data = emit.negate(found.data);  // x <> 1 AND x <> 2 …
    return found;
  };
  Value so_far = evaluate(terms.front());
  for (size_t next = 1; next < terms.size();) {
    const auto is_cheap_at = [&](size_t i) { return !terms[i].compared && is_cheap(*terms[i].operand); };
    if (is_cheap_at(next) && next % kOperandsPerBlock != 0) {
      so_far = combine(emit, so_far, evaluate(terms[next++]), is_and);
      continue;
    }
    llvm::Value* decided = decides(emit, so_far, is_and);
    if (const auto* constant = llvm::dyn_cast<llvm::ConstantInt>(decided); constant && constant->isOne()) {
      return emit.not_null(emit.i1(!is_and));
    }
    so_far = emit.branch(
        decided, [&] { return emit.not_null(emit.i1(!is_and)); },
        [&] {
          const bool cheap = is_cheap_at(next);
          Value value = combine(emit, so_far, evaluate(terms[next++]), is_and);
          while (cheap && next < terms.size() && is_cheap_at(next) && next % kOperandsPerBlock != 0) {
            value = combine(emit, value, evaluate(terms[next++]), is_and);
          }
          return value;
        });
  }
  return so_far;
}

// The value alone decides the comparison, as IEEE has it for FLOAT and DOUBLE.
llvm::Value* compare(Emit& emit, Operator op, const Type& type, const Value& a, const Value& c) {
  if (types::carrier(type) == Carrier::String) {
    if (op == Operator::Equal) return values_equal(emit, type, a, c);
    if (op == Operator::NotEqual) return emit.negate(values_equal(emit, type, a, c));
    llvm::Value* order = compare_values(emit, type, a, c);
    const Value zero = emit.not_null(emit.i32(0));
    return compare(emit, op, types::simple(Kind::Integer), emit.not_null(order), zero);
  }
  using Predicate = llvm::CmpInst::Predicate;
  const bool is_unsigned = a.data->getType()->isIntegerTy(1);
  const auto predicate = [&]() -> std::pair<Predicate, Predicate> {  // of floating point, of integers
    switch (op) {
      case Operator::Equal: return {Predicate::FCMP_OEQ, Predicate::ICMP_EQ};
      case Operator::NotEqual: return {Predicate::FCMP_UNE, Predicate::ICMP_NE};
      case Operator::Less:
        return {Predicate::FCMP_OLT, is_unsigned ? Predicate::ICMP_ULT : Predicate::ICMP_SLT};
      case Operator::LessEqual:
        return {Predicate::FCMP_OLE, is_unsigned ? Predicate::ICMP_ULE : Predicate::ICMP_SLE};
      case Operator::Greater:
        return {Predicate::FCMP_OGT, is_unsigned ? Predicate::ICMP_UGT : Predicate::ICMP_SGT};
      case Operator::GreaterEqual:
        return {Predicate::FCMP_OGE, is_unsigned ? Predicate::ICMP_UGE : Predicate::ICMP_SGE};
      default: WEIR_CHECK(false, "not a comparison");
    }
  }();
  return a.data->getType()->isFloatingPointTy() ? emit.b.CreateFCmp(predicate.first, a.data, c.data)
                                                : emit.b.CreateICmp(predicate.second, a.data, c.data);
}

}  // namespace

Value emit_comparison(ExpressionScope& scope, const Operation& node) {
  Emit& emit = scope.emit;
  const Type& type = node.operands[0]->type;
  const Value a = emit_expression(scope, *node.operands[0]);
  const Value c = emit_expression(scope, *node.operands[1]);
  if (node.op == Operator::IsDistinctFrom || node.op == Operator::IsNotDistinctFrom) {
    llvm::Value* same =
        emit.choose(a.null, c.null, emit.both(emit.negate(c.null), values_equal(emit, type, a, c)));
    return emit.not_null(node.op == Operator::IsDistinctFrom ? emit.negate(same) : same);
  }
  return {compare(emit, node.op, type, a, c), nullptr, emit.either(a.null, c.null)};
}

Value emit_logic(ExpressionScope& scope, const Operation& node) {
  Emit& emit = scope.emit;
  if (node.op == Operator::And || node.op == Operator::Or) return emit_and_or(scope, node);
  const Value value = emit_expression(scope, *node.operands.front());
  switch (node.op) {
    case Operator::Not: return {emit.negate(value.data), nullptr, value.null};
    case Operator::IsNull: return emit.not_null(value.null);
    case Operator::IsNotNull: return emit.not_null(emit.negate(value.null));
    case Operator::IsTrue: return emit.not_null(emit.is_true(value));
    case Operator::IsNotTrue: return emit.not_null(emit.negate(emit.is_true(value)));
    case Operator::IsFalse: return emit.not_null(decides(emit, value, true));
    case Operator::IsNotFalse: return emit.not_null(emit.negate(decides(emit, value, true)));
    default: WEIR_CHECK(false, "not a logical operator");
  }
}

}  // namespace weir::codegen
