#include "compiler/codegen/emit_cast.h"

#include <llvm/IR/Intrinsics.h>

#include <string>

#include "compiler/diagnostics/check.h"
#include "compiler/types/decimal.h"
#include "runtime/abi/abi.h"

namespace weir::codegen {
namespace {

constexpr int64_t kMicrosecondsPerDay = 86'400'000'000;

// One conversion under way.
struct Conversion {
  ExpressionScope& scope;
  Emit& emit;
  const Type& from;
  const Type& to;
  diagnostics::Span blamed;
  bool try_cast;

  // The value where it holds that `failing` is false.
  Value check(llvm::Value* failing, Value value,
              abi::FailureReason reason = abi::FailureReason::Overflow) const {
    if (try_cast) {
      value.null = emit.either(value.null, failing);
    } else {
      fail_when(scope, failing, emit.i32(static_cast<int64_t>(reason)), blamed, value);
    }
    return value;
  }
  Value with_status(const std::string& symbol, std::vector<Emit::Argument> arguments, llvm::Value* null,
                    const Type& type) const {
    return call_with_status(scope, emit.module.stdlib_function(symbol), std::move(arguments), null, type,
                            blamed, {.failure_is_null = try_cast});
  }
  Value convert(const Value& value, const Type& source, const Type& target) const {
    return Conversion{scope, emit, source, target, blamed, try_cast}.run(value);
  }

  Value run(const Value& value) const;
  Value to_text(const Value& value) const;
  Value from_text(const Value& value) const;
  Value narrow(const Value& value, llvm::Type* width) const;
  Value decimal_to_decimal(const Value& value, const Type& source) const;
  Value decimal_to_integer(const Value& value) const;
  Value decimal_to_floating(const Value& value) const;
  Value floating_to_integer(const Value& value) const;
  Value to_boolean(const Value& value) const;
  Value from_boolean(const Value& value) const;
  Value between_times(const Value& value) const;
};

llvm::Value* floor_to(Emit& emit, llvm::Value* value, int64_t unit) {
  llvm::Value* rest = emit.b.CreateSRem(value, emit.i64(unit));
  llvm::Value* floored = emit.b.CreateSub(value, rest);
  llvm::Value* below = emit.b.CreateICmpSLT(rest, emit.i64(0));
  return emit.choose(below, emit.b.CreateSub(floored, emit.i64(unit)), floored);
}

int64_t microseconds_of(int precision) {
  int64_t unit = 1;
  for (int digit = precision; digit < 6; ++digit) unit *= 10;
  return unit;
}

// Digits of a timestamp beyond the precision are cut.
llvm::Value* cut(Emit& emit, llvm::Value* microseconds, int from_precision, int to_precision) {
  if (to_precision >= from_precision) return microseconds;
  return floor_to(emit, microseconds, microseconds_of(to_precision));
}

const char* name_in_symbol(Kind kind) {
  switch (kind) {
    case Kind::Boolean: return "boolean";
    case Kind::TinyInt:
    case Kind::SmallInt:
    case Kind::Integer:
    case Kind::BigInt: return "bigint";
    case Kind::Float: return "float";
    case Kind::Double: return "double";
    case Kind::Decimal: return "decimal";
    case Kind::String: return "string";
    case Kind::Bytes: return "bytes";
    case Kind::Date: return "date";
    case Kind::Timestamp: return "timestamp";
    case Kind::TimestampLtz: return "timestamp_ltz";
    case Kind::IntervalYearMonth: return "interval_year";
    case Kind::IntervalDayTime: return "interval_day";
    case Kind::Null: break;
  }
  WEIR_CHECK(false, "NULL has no cast function");
}

// ---- STRING ------------------------------------------------------------------------------------------

Value Conversion::to_text(const Value& value) const {
  return emit.branch(
      value.null, [&] { return emit.null_value(to); },
      [&] {
        std::vector<Emit::Argument> arguments = {{scope.context}, {value.data, value.size}};
        if (types::is_integer(from)) arguments[1].data = emit.b.CreateSExt(value.data, emit.b.getInt64Ty());
        if (from.kind == Kind::Decimal) {
          arguments[1].data = widen_decimal(emit, value.data);
          arguments.push_back({emit.i32(from.scale)});
        }
        if (types::is_timestamp(from)) {
          if (from.kind == Kind::TimestampLtz) {
            arguments[1].data = emit.b.CreateAdd(value.data, emit.i64(scope.zone_offset_us));
          }
          arguments.push_back({emit.i32(from.precision)});
        }
        const std::string symbol = std::string("weir_cast_") + name_in_symbol(from.kind) + "_to_string";
        return emit.result(emit.call(emit.module.stdlib_function(symbol), arguments), to);
      });
}

Value Conversion::from_text(const Value& value) const {
  const std::string symbol = std::string("weir_cast_string_to_") + name_in_symbol(to.kind);
  std::vector<Emit::Argument> arguments = {{scope.context}, {value.data, value.size}};
  if (types::is_integer(to)) {
    const Type bigint = types::simple(Kind::BigInt);
    const Value wide = with_status(symbol, std::move(arguments), value.null, bigint);
    return convert(wide, bigint, to);
  }
  if (to.kind == Kind::Decimal || types::is_timestamp(to)) arguments.push_back({emit.i32(to.precision)});
  if (to.kind == Kind::Decimal) arguments.push_back({emit.i32(to.scale)});
  Value parsed = with_status(symbol, std::move(arguments), value.null, to);
  if (to.kind == Kind::TimestampLtz)
    parsed.data = emit.b.CreateSub(parsed.data, emit.i64(scope.zone_offset_us));
  return parsed;
}

// ---- numbers -----------------------------------------------------------------------------------------

Value Conversion::narrow(const Value& value, llvm::Type* width) const {
  llvm::Type* wide = value.data->getType();
  if (wide->getIntegerBitWidth() <= width->getIntegerBitWidth()) {
    return {emit.b.CreateSExt(value.data, width), nullptr, value.null};
  }
  llvm::Value* narrowed = emit.b.CreateTrunc(value.data, width);
  llvm::Value* lost = emit.b.CreateICmpNE(emit.b.CreateSExt(narrowed, wide), value.data);
  return check(lost, {narrowed, nullptr, value.null});
}

Value Conversion::decimal_to_decimal(const Value& value, const Type& source) const {
  const int carry = source.scale > to.scale ? 1 : 0;
  const bool fits = source.precision - source.scale + carry <= to.precision - to.scale;
  if (fits && to.scale >= source.scale) {
    llvm::Value* data = emit.b.CreateSExtOrTrunc(value.data, emit.register_type(to));
    if (to.scale > source.scale) {
      data =
          emit.b.CreateMul(data, emit.integer(data->getType(), types::power_of_ten(to.scale - source.scale)));
    }
    return {data, nullptr, value.null};
  }
  return with_status("weir_decimal_rescale",
                     {{scope.context},
                      {widen_decimal(emit, value.data)},
                      {emit.i32(source.scale)},
                      {emit.i32(to.precision)},
                      {emit.i32(to.scale)}},
                     value.null, to);
}

Value Conversion::decimal_to_integer(const Value& value) const {
  if (from.scale == 0) return narrow(value, emit.register_type(to));
  const Type bigint = types::simple(Kind::BigInt);
  const Value wide = with_status("weir_cast_decimal_to_bigint",
                                 {{scope.context}, {widen_decimal(emit, value.data)}, {emit.i32(from.scale)}},
                                 value.null, bigint);
  return convert(wide, bigint, to);
}

Value Conversion::decimal_to_floating(const Value& value) const {
  llvm::Value* data = emit.call("weir_cast_decimal_to_double",
                                {{scope.context}, {widen_decimal(emit, value.data)}, {emit.i32(from.scale)}});
  return {emit.b.CreateFPCast(data, emit.register_type(to)), nullptr, value.null};
}

Value Conversion::floating_to_integer(const Value& value) const {
  llvm::Value* data = emit.b.CreateFPExt(value.data, emit.b.getDoubleTy());
  llvm::Type* type = emit.register_type(to);
  const unsigned bits = type->getIntegerBitWidth();
  const double limit =
      static_cast<double>(static_cast<__int128>(1) << (bits - 1));  // first value that is too great
  // Values between MIN - 1 and MIN are cut to MIN; a DOUBLE can tell them from MIN - 1 for narrow types only.
  llvm::Value* above = bits < 64
                           ? emit.b.CreateFCmpOGT(data, llvm::ConstantFP::get(data->getType(), -limit - 1))
                           : emit.b.CreateFCmpOGE(data, llvm::ConstantFP::get(data->getType(), -limit));
  llvm::Value* below = emit.b.CreateFCmpOLT(data, llvm::ConstantFP::get(data->getType(), limit));
  llvm::Value* inside = emit.both(above, below);  // false for NaN
  llvm::Value* safe = emit.choose(inside, data, llvm::ConstantFP::get(data->getType(), 0));
  return check(emit.negate(inside), {emit.b.CreateFPToSI(safe, type), nullptr, value.null},
               abi::FailureReason::Cast);
}

Value Conversion::to_boolean(const Value& value) const {
  llvm::Value* zero = llvm::Constant::getNullValue(value.data->getType());
  llvm::Value* data = value.data->getType()->isFloatingPointTy() ? emit.b.CreateFCmpUNE(value.data, zero)
                                                                 : emit.b.CreateICmpNE(value.data, zero);
  return {data, nullptr, value.null};
}

Value Conversion::from_boolean(const Value& value) const {
  if (types::is_approximate(to))
    return {emit.b.CreateUIToFP(value.data, emit.register_type(to)), nullptr, value.null};
  const Type tinyint = types::simple(Kind::TinyInt);
  const Value number{emit.b.CreateZExt(value.data, emit.b.getInt8Ty()), nullptr, value.null};
  return convert(number, tinyint, to);
}

// ---- time --------------------------------------------------------------------------------------------

Value Conversion::between_times(const Value& value) const {
  llvm::Value* local = value.data;  // microseconds of the calendar
  int precision = 6;
  if (from.kind == Kind::Date) {
    local = emit.b.CreateMul(emit.b.CreateSExt(local, emit.b.getInt64Ty()), emit.i64(kMicrosecondsPerDay));
    precision = 0;
  } else {
    precision = from.precision;
  }
  const bool from_instant = from.kind == Kind::TimestampLtz;
  const bool to_instant = to.kind == Kind::TimestampLtz;
  if (from_instant && !to_instant) local = emit.b.CreateAdd(local, emit.i64(scope.zone_offset_us));
  if (!from_instant && to_instant) local = emit.b.CreateSub(local, emit.i64(scope.zone_offset_us));
  if (to.kind == Kind::Date) {
    llvm::Value* midnight = floor_to(emit, local, kMicrosecondsPerDay);
    llvm::Value* days = emit.b.CreateSDiv(midnight, emit.i64(kMicrosecondsPerDay));
    return {emit.b.CreateTrunc(days, emit.b.getInt32Ty()), nullptr, value.null};
  }
  return {cut(emit, local, precision, to.precision), nullptr, value.null};
}

Value Conversion::run(const Value& value) const {
  const auto is_time = [](const Type& type) { return type.kind == Kind::Date || types::is_timestamp(type); };
  if (from.kind == Kind::Null) return emit.null_value(to);
  if (from.kind == to.kind && from.kind != Kind::Decimal && !types::is_timestamp(from)) return value;
  if (is_time(from) && is_time(to)) return between_times(value);
  if (to.kind == Kind::String) return to_text(value);
  if (from.kind == Kind::String && to.kind == Kind::Bytes) return value;
  if (from.kind == Kind::String) return from_text(value);
  if (from.kind == Kind::Boolean) return from_boolean(value);
  if (to.kind == Kind::Boolean) return to_boolean(value);
  if (types::is_approximate(from)) {
    if (types::is_approximate(to))
      return {emit.b.CreateFPCast(value.data, emit.register_type(to)), nullptr, value.null};
    if (types::is_integer(to)) return floating_to_integer(value);
    WEIR_CHECK(to.kind == Kind::Decimal, "a cast that analysis should have refused");
    return with_status("weir_cast_double_to_decimal",
                       {{scope.context},
                        {emit.b.CreateFPExt(value.data, emit.b.getDoubleTy())},
                        {emit.i32(to.precision)},
                        {emit.i32(to.scale)}},
                       value.null, to);
  }
  if (from.kind == Kind::Decimal) {
    if (to.kind == Kind::Decimal) return decimal_to_decimal(value, from);
    if (types::is_approximate(to)) return decimal_to_floating(value);
    return decimal_to_integer(value);
  }
  if (types::is_approximate(to))
    return {emit.b.CreateSIToFP(value.data, emit.register_type(to)), nullptr, value.null};
  if (to.kind == Kind::Decimal) return decimal_to_decimal(value, types::as_decimal(from));
  return narrow(value, emit.register_type(to));  // integers, intervals
}

}  // namespace

namespace {

// The operand, which must not be NULL; NULL ends the run even where other failures are NULL.
Value emit_not_null_guard(ExpressionScope& scope, const typed::Expression& cast, const Value& operand) {
  Emit& emit = scope.emit;
  const OnFailure before = scope.on_failure;
  if (before == OnFailure::Null) scope.on_failure = OnFailure::Report;
  Value checked = emit.not_null(nullptr);
  fail_when(scope, operand.null, emit.i32(static_cast<int64_t>(abi::FailureReason::NotNull)), cast.span,
            checked);
  scope.on_failure = before;
  Value value = operand;
  value.null = emit.i1(false);
  return value;
}

}  // namespace

Value emit_cast(ExpressionScope& scope, const typed::Expression& cast, const Value& operand) {
  const auto& node = std::get<typed::Cast>(cast.node);
  const Type& from = node.operand->type;
  if (!node.try_cast && from.nullable && !cast.type.nullable && from.same_kind(cast.type)) {
    return emit_not_null_guard(scope, cast, operand);
  }
  return emit_conversion(scope, operand, node.operand->type, cast.type, cast, node.try_cast);
}

Value emit_conversion(ExpressionScope& scope, const Value& operand, const Type& from, const Type& to,
                      const typed::Expression& blamed, bool try_cast) {
  return Conversion{scope, scope.emit, from, to, blamed.span, try_cast}.run(operand);
}

}  // namespace weir::codegen
