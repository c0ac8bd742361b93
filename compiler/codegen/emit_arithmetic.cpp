// + - * / % and unary minus over integers, DECIMAL, FLOAT and DOUBLE, intervals and points in time. Nothing wraps around:
// what does not fit its type fails.
#include <llvm/IR/Intrinsics.h>

#include <algorithm>

#include "compiler/codegen/emit_cast.h"
#include "compiler/codegen/emit_expression.h"
#include "compiler/diagnostics/check.h"
#include "compiler/types/decimal.h"
#include "runtime/abi/abi.h"

namespace weir::codegen {
namespace {

using typed::Expression;
using typed::Operator;

constexpr int64_t kMicrosecondsPerDay = 86'400'000'000;

llvm::Value* reason(Emit& emit, abi::FailureReason reason) { return emit.i32(static_cast<int64_t>(reason)); }

// a op c of one integer type, with the failure where the result does not fit.
Value checked(ExpressionScope& scope, llvm::Intrinsic::ID operation, const Value& a, const Value& c,
              diagnostics::Span blamed) {
  Emit& emit = scope.emit;
  llvm::Value* pair = emit.b.CreateBinaryIntrinsic(operation, a.data, c.data);
  Value result{emit.b.CreateExtractValue(pair, 0), nullptr, emit.either(a.null, c.null)};
  fail_when(scope, emit.b.CreateExtractValue(pair, 1), reason(emit, abi::FailureReason::Overflow), blamed,
            result);
  return result;
}

// Division and remainder of integers, cut towards zero.
Value divide_integers(ExpressionScope& scope, Operator op, const Value& a, const Value& c,
                      diagnostics::Span blamed) {
  Emit& emit = scope.emit;
  llvm::Type* type = a.data->getType();
  llvm::Constant* zero = emit.integer(type, 0);
  llvm::Constant* one = emit.integer(type, 1);
  llvm::Constant* minus_one = emit.integer(type, -1);
  llvm::Constant* minimum =
      llvm::ConstantInt::get(type, llvm::APInt::getSignedMinValue(type->getIntegerBitWidth()));
  Value result{nullptr, nullptr, emit.either(a.null, c.null)};

  llvm::Value* by_zero = emit.b.CreateICmpEQ(c.data, zero);
  llvm::Value* overflow =
      emit.both(emit.b.CreateICmpEQ(a.data, minimum), emit.b.CreateICmpEQ(c.data, minus_one));
  llvm::Value* divisor = emit.choose(emit.either(by_zero, overflow), one, c.data);
  if (op == Operator::Divide) {
    result.data = emit.b.CreateSDiv(a.data, divisor);
    fail_when(scope, overflow, reason(emit, abi::FailureReason::Overflow), blamed, result);
  } else {
    result.data = emit.b.CreateSRem(a.data, divisor);  // MIN % -1 = MIN % 1 = 0
  }
  fail_when(scope, by_zero, reason(emit, abi::FailureReason::DivisionByZero), blamed, result);
  return result;
}

Value floating_point(Emit& emit, Operator op, const Value& a, const Value& c) {
  llvm::Value* data = nullptr;
  switch (op) {
    case Operator::Add: data = emit.b.CreateFAdd(a.data, c.data); break;
    case Operator::Subtract: data = emit.b.CreateFSub(a.data, c.data); break;
    case Operator::Multiply: data = emit.b.CreateFMul(a.data, c.data); break;
    case Operator::Divide: data = emit.b.CreateFDiv(a.data, c.data); break;
    case Operator::Modulo: data = emit.b.CreateFRem(a.data, c.data); break;
    default: WEIR_CHECK(false, "not an operation of two numbers");
  }
  return {data, nullptr, emit.either(a.null, c.null)};
}

// Where the result type holds every sum and product exactly, plain 64- or 128-bit arithmetic does.
bool is_exact(Operator op, const Type& a, const Type& c, const Type& result) {
  const int integer_digits = std::max(a.precision - a.scale, c.precision - c.scale);
  switch (op) {
    case Operator::Add:
    case Operator::Subtract: {
      const int scale = std::max(a.scale, c.scale);
      return result.scale == scale && result.precision >= integer_digits + scale + 1;
    }
    case Operator::Multiply:
      return result.scale == a.scale + c.scale && result.precision >= a.precision + c.precision;
    default: return false;
  }
}

llvm::Value* scaled_up(Emit& emit, llvm::Value* data, int from_scale, const Type& to) {
  data = emit.b.CreateSExtOrTrunc(data, emit.register_type(to));
  if (from_scale == to.scale) return data;
  return emit.b.CreateMul(data, emit.integer(data->getType(), types::power_of_ten(to.scale - from_scale)));
}

Value decimals(ExpressionScope& scope, const Expression& expression, Operator op, const Value& a,
               const Type& a_type, const Value& c, const Type& c_type) {
  Emit& emit = scope.emit;
  const Type& type = expression.type;
  if (is_exact(op, a_type, c_type, type)) {
    llvm::Value* data = nullptr;
    if (op == Operator::Multiply) {
      llvm::Type* wide = emit.register_type(type);
      data = emit.b.CreateMul(emit.b.CreateSExt(a.data, wide), emit.b.CreateSExt(c.data, wide));
    } else {
      llvm::Value* left = scaled_up(emit, a.data, a_type.scale, type);
      llvm::Value* right = scaled_up(emit, c.data, c_type.scale, type);
      data = op == Operator::Add ? emit.b.CreateAdd(left, right) : emit.b.CreateSub(left, right);
    }
    return {data, nullptr, emit.either(a.null, c.null)};
  }
  const char* symbol = op == Operator::Add        ? "weir_decimal_add"
                       : op == Operator::Subtract ? "weir_decimal_subtract"
                       : op == Operator::Multiply ? "weir_decimal_multiply"
                       : op == Operator::Divide   ? "weir_decimal_divide"
                                                  : "weir_decimal_modulo";
  return call_with_status(scope, emit.module.stdlib_function(symbol),
                          {{scope.context},
                           {widen_decimal(emit, a.data)},
                           {emit.i32(a_type.scale)},
                           {widen_decimal(emit, c.data)},
                           {emit.i32(c_type.scale)},
                           {emit.i32(type.precision)},
                           {emit.i32(type.scale)}},
                          emit.either(a.null, c.null), type, expression.span);
}

// A point in time and an interval.
Value move_in_time(ExpressionScope& scope, const Expression& expression, Operator op, const Value& point,
                   const Type& point_type, Value interval, const Type& interval_type) {
  Emit& emit = scope.emit;
  if (interval_type.kind == Kind::IntervalYearMonth) {
    if (op == Operator::Subtract) interval.data = emit.b.CreateNeg(interval.data);
    const char* symbol = point_type.kind == Kind::Date ? "weir_date_add_months" : "weir_timestamp_add_months";
    return call_with_status(scope, emit.module.stdlib_function(symbol),
                            {{scope.context}, {point.data}, {interval.data}},
                            emit.either(point.null, interval.null), expression.type, expression.span);
  }
  const auto id =
      op == Operator::Add ? llvm::Intrinsic::sadd_with_overflow : llvm::Intrinsic::ssub_with_overflow;
  if (point_type.kind != Kind::Date) return checked(scope, id, point, interval, expression.span);
  if (expression.type.kind == Kind::Date) {  // whole days
    llvm::Value* days = emit.b.CreateSDiv(interval.data, emit.i64(kMicrosecondsPerDay));
    const Value sum =
        checked(scope, id, {emit.b.CreateSExt(point.data, emit.b.getInt64Ty()), nullptr, point.null},
                {days, nullptr, interval.null}, expression.span);
    return emit_conversion(scope, sum, types::simple(Kind::BigInt), types::simple(Kind::Integer), expression,
                           false);
  }
  const Value midnight = emit_conversion(scope, point, point_type, expression.type, expression, false);
  return checked(scope, id, midnight, interval, expression.span);
}

}  // namespace

Value emit_arithmetic(ExpressionScope& scope, const Expression& expression, const typed::Operation& node) {
  Emit& emit = scope.emit;
  const Type& type = expression.type;
  Value a = emit_expression(scope, *node.operands[0]);
  const Type& a_type = node.operands[0]->type;
  if (node.op == Operator::Negate) {
    if (types::is_approximate(type)) return {emit.b.CreateFNeg(a.data), nullptr, a.null};
    if (type.kind == Kind::Decimal) return {emit.b.CreateNeg(a.data), nullptr, a.null};
    const Value zero = emit.not_null(emit.integer(a.data->getType(), 0));
    return checked(scope, llvm::Intrinsic::ssub_with_overflow, zero, a, expression.span);
  }
  Value c = emit_expression(scope, *node.operands[1]);
  const Type& c_type = node.operands[1]->type;

  const auto is_point = [](const Type& of) { return of.kind == Kind::Date || types::is_timestamp(of); };
  if (is_point(a_type) && types::is_interval(c_type)) {
    return move_in_time(scope, expression, node.op, a, a_type, c, c_type);
  }
  if (types::is_interval(a_type) && is_point(c_type)) {
    return move_in_time(scope, expression, node.op, c, c_type, a, a_type);
  }
  if (types::is_approximate(type)) return floating_point(emit, node.op, a, c);
  if (type.kind == Kind::Decimal) {
    return decimals(scope, expression, node.op, a, types::as_decimal(a_type), c, types::as_decimal(c_type));
  }

  // Integers; an interval times or by an integer takes the interval's width.
  llvm::Type* width = emit.register_type(type);
  for (auto [value, from] : {std::pair{&a, &a_type}, std::pair{&c, &c_type}}) {
    if (value->data->getType() == width) continue;
    if (from->kind == Kind::Decimal || types::is_approximate(*from)) continue;
    if (value->data->getType()->getIntegerBitWidth() > width->getIntegerBitWidth()) {
      *value = emit_conversion(scope, *value, *from, types::simple(Kind::Integer), expression, false);
    } else {
      value->data = emit.b.CreateSExt(value->data, width);
    }
  }
  switch (node.op) {
    case Operator::Add: return checked(scope, llvm::Intrinsic::sadd_with_overflow, a, c, expression.span);
    case Operator::Subtract:
      return checked(scope, llvm::Intrinsic::ssub_with_overflow, a, c, expression.span);
    case Operator::Multiply:
      return checked(scope, llvm::Intrinsic::smul_with_overflow, a, c, expression.span);
    case Operator::Divide:
    case Operator::Modulo: return divide_integers(scope, node.op, a, c, expression.span);
    default: WEIR_CHECK(false, "not an operation of two numbers");
  }
}

}  // namespace weir::codegen
