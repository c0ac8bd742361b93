#include "compiler/analysis/coercion.h"

#include <charconv>

#include "compiler/types/calendar.h"
#include "compiler/types/coerce.h"
#include "compiler/types/decimal.h"

namespace weir::analysis {
namespace {

using types::Int128;
using types::Value;

bool fits(Int128 number, Kind kind) {
  switch (kind) {
    case Kind::TinyInt: return number >= INT8_MIN && number <= INT8_MAX;
    case Kind::SmallInt: return number >= INT16_MIN && number <= INT16_MAX;
    case Kind::Integer: return number >= INT32_MIN && number <= INT32_MAX;
    case Kind::BigInt: return number >= INT64_MIN && number <= INT64_MAX;
    default: return false;
  }
}

// A number constant as another number without loss; nothing where there would be one.
std::optional<Value> convert_number(const Value& value, const Type& to) {
  const auto* number = std::get_if<Int128>(&value.data);
  if (number == nullptr || !types::is_exact_numeric(value.type)) return std::nullopt;
  const int scale = value.type.kind == Kind::Decimal ? value.type.scale : 0;
  if (types::is_integer(to)) {
    if (scale != 0 || !fits(*number, to.kind)) return std::nullopt;
    return Value{to, *number};
  }
  if (to.kind == Kind::Decimal) {
    if (to.scale < scale || to.scale - scale > 37) return std::nullopt;
    const Int128 limit = types::power_of_ten(to.precision - (to.scale - scale));
    if (*number >= limit || *number <= -limit) return std::nullopt;
    return Value{to, *number * types::power_of_ten(to.scale - scale)};
  }
  if (to.kind == Kind::Double) {
    // Through text: exactly what the digits say, rounded once.
    const std::string digits = types::to_sql(value);
    double result = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), result);
    if (error == std::errc{} && end == digits.data() + digits.size()) return Value{to, result};
  }
  return std::nullopt;
}

}  // namespace

ExpressionPtr null_of(const Type& type, Span span) {
  return typed::literal({types::with_nullable(type, true), {}}, span);
}

ExpressionPtr text(std::string_view value, Span span) {
  return typed::literal({types::string(false), std::string{value}}, span);
}

bool is_text_literal(const typed::Expression& expression) {
  return std::holds_alternative<typed::Literal>(expression.node) && expression.type.kind == Kind::String;
}

bool is_null_literal(const typed::Expression& expression) {
  const auto* literal = std::get_if<typed::Literal>(&expression.node);
  return literal != nullptr && literal->value.is_null();
}

ExpressionPtr cast_to(const ExpressionPtr& expression, const Type& type) {
  if (is_null_literal(*expression)) return null_of(type, expression->span);
  const Type target = types::with_nullable(type, expression->type.nullable);
  if (expression->type.same_kind(target)) return expression;
  if (const auto* literal = std::get_if<typed::Literal>(&expression->node)) {
    if (auto converted = convert_number(literal->value, target)) {
      return typed::literal(std::move(*converted), expression->span);
    }
  }
  const auto support = types::explicit_cast(expression->type, target);
  WEIR_CHECK(support != types::CastSupport::None, "a conversion that does not exist");
  const bool can_fail = support == types::CastSupport::MayFail;
  return typed::make({.node = typed::Cast{expression, false},
                      .type = types::with_nullable(target, target.nullable || can_fail),
                      .span = expression->span,
                      .can_fail = can_fail});
}

ExpressionPtr literal_as(const Context& context, const ExpressionPtr& literal, const Type& type) {
  const std::string& written = std::get<std::string>(std::get<typed::Literal>(literal->node).value.data);
  std::optional<Value> value;
  switch (type.kind) {
    case Kind::Date: value = types::parse_date(written); break;
    case Kind::Timestamp: value = types::parse_timestamp(written); break;
    case Kind::TimestampLtz: {
      const auto zone = catalog::parse_zone_offset_ms(context.settings().get("table.local-time-zone", "UTC"));
      value = types::parse_timestamp_ltz(written, zone.value_or(0) * 1000);
      break;
    }
    case Kind::Boolean:
      if (written == "true" || written == "TRUE") value = Value{types::boolean(false), Int128{1}};
      if (written == "false" || written == "FALSE") value = Value{types::boolean(false), Int128{0}};
      break;
    case Kind::TinyInt:
    case Kind::SmallInt:
    case Kind::Integer:
    case Kind::BigInt: {
      int64_t number = 0;
      const auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), number);
      if (error == std::errc{} && end == written.data() + written.size()) {
        value =
            Value{types::simple(fits(number, type.kind) ? type.kind : Kind::BigInt, false), Int128{number}};
      }
      break;
    }
    case Kind::Float:
    case Kind::Double:
    case Kind::Decimal: {
      double number = 0;
      const auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), number);
      if (error == std::errc{} && end == written.data() + written.size()) {
        return cast_to(literal, type);
      }
      break;
    }
    default: break;
  }
  if (!value) return nullptr;
  return typed::literal(std::move(*value), literal->span);
}

ExpressionPtr operation(typed::Operator op, std::vector<ExpressionPtr> operands, const Type& type, Span span,
                        bool can_fail) {
  bool nullable = can_fail;
  for (const auto& operand : operands) nullable |= operand->type.nullable;
  return typed::make({.node = typed::Operation{op, std::move(operands)},
                      .type = types::with_nullable(type, nullable),
                      .span = span,
                      .can_fail = can_fail});
}

ExpressionPtr logical(typed::Operator op, std::vector<ExpressionPtr> operands, Span span) {
  if (operands.size() == 1) return operands.front();
  return operation(op, std::move(operands), types::boolean(), span);
}

}  // namespace weir::analysis
