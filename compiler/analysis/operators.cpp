#include "compiler/analysis/coercion.h"
#include "compiler/analysis/expression.h"
#include "compiler/types/coerce.h"
#include "compiler/types/decimal.h"

namespace weir::analysis {
namespace {

using syntax::BinaryOperator;
using typed::Operator;
using types::DecimalOperation;
using types::Int128;

constexpr Int128 kDayUs = Int128{86'400'000'000};

WEIR_ERROR(OperatorTypes, "`{}` does not take {} and {}", std::string_view, std::string_view,
           std::string_view);
WEIR_ERROR(NegateType, "`-` does not take {}", std::string_view);
WEIR_ERROR(ComparisonTypes, "{} and {} cannot be compared", std::string_view, std::string_view);
WEIR_ERROR(BranchTypes, "{} mixes {} and {}", std::string_view, std::string_view, std::string_view);
WEIR_ERROR(LiteralType, "the text `{}` is no {}", std::string_view, std::string_view);
WEIR_WARNING(ComparisonWithNull, "a comparison with NULL is never true");

std::string_view symbol(BinaryOperator op) {
  switch (op) {
    case BinaryOperator::Add: return "+";
    case BinaryOperator::Subtract: return "-";
    case BinaryOperator::Multiply: return "*";
    case BinaryOperator::Divide: return "/";
    default: return "%";
  }
}

Operator typed_operator(BinaryOperator op) {
  switch (op) {
    case BinaryOperator::Add: return Operator::Add;
    case BinaryOperator::Subtract: return Operator::Subtract;
    case BinaryOperator::Multiply: return Operator::Multiply;
    case BinaryOperator::Divide: return Operator::Divide;
    default: return Operator::Modulo;
  }
}

DecimalOperation decimal_operation(Operator op) {
  switch (op) {
    case Operator::Multiply: return DecimalOperation::Multiply;
    case Operator::Divide: return DecimalOperation::Divide;
    case Operator::Modulo: return DecimalOperation::Modulo;
    default: return DecimalOperation::Add;
  }
}

std::optional<Int128> constant(const typed::Expression& expression) {
  const auto* literal = std::get_if<typed::Literal>(&expression.node);
  const auto* number = literal == nullptr ? nullptr : std::get_if<Int128>(&literal->value.data);
  if (number == nullptr) return std::nullopt;
  return *number;
}

// Division by a constant other than 0 and -1 cannot fail.
bool integer_can_fail(Operator op, const typed::Expression& right) {
  if (op != Operator::Divide && op != Operator::Modulo) return true;
  const auto divisor = constant(right);
  return !divisor || *divisor == 0 || *divisor == -1;
}

bool decimal_can_fail(Operator op, const typed::Expression& right, const Type& result) {
  if (op == Operator::Divide || op == Operator::Modulo) {
    const auto divisor = constant(right);
    if (!divisor || *divisor == 0) return true;
  }
  return result.precision == types::kMaxDecimalPrecision;
}

ExpressionPtr numeric(Operator op, ExpressionPtr left, ExpressionPtr right, Span span) {
  if (types::is_approximate(left->type) || types::is_approximate(right->type)) {
    const Type type = *types::common_type(left->type, right->type);
    return operation(op, {cast_to(left, type), cast_to(right, type)}, type, span);
  }
  if (left->type.kind == Kind::Decimal || right->type.kind == Kind::Decimal) {
    left = cast_to(left, types::as_decimal(left->type));
    right = cast_to(right, types::as_decimal(right->type));
    const Type type = types::decimal_result(decimal_operation(op), left->type, right->type);
    const bool can_fail = decimal_can_fail(op, *right, type);
    return operation(op, {left, right}, type, span, can_fail);
  }
  const Type type = *types::common_type(left->type, right->type);
  const Type right_type = right->type;
  const bool can_fail = integer_can_fail(op, *right);
  ExpressionPtr result = operation(op, {cast_to(left, type), cast_to(right, type)}, type, span, can_fail);
  // As in Flink a remainder has the type of the divisor, which always holds it.
  return op == Operator::Modulo ? cast_to(result, right_type) : result;
}

// DATE, TIMESTAMP or INTERVAL on one side at least. Null: no such operation.
ExpressionPtr temporal(Operator op, ExpressionPtr left, ExpressionPtr right, Span span) {
  const bool additive = op == Operator::Add || op == Operator::Subtract;
  if (op == Operator::Add && types::is_interval(left->type) && !types::is_interval(right->type))
    std::swap(left, right);
  if (types::is_interval(left->type)) {
    if (additive && right->type.kind == left->type.kind) {
      return operation(op, {left, right}, left->type, span, true);
    }
    if (op == Operator::Multiply && types::is_integer(right->type)) {
      const bool months = left->type.kind == Kind::IntervalYearMonth;
      right = cast_to(right, types::simple(months ? Kind::Integer : Kind::BigInt));
      return operation(op, {left, right}, left->type, span, true);
    }
    return nullptr;
  }
  if (op == Operator::Multiply && types::is_integer(left->type) && types::is_interval(right->type)) {
    return temporal(op, right, left, span);
  }
  if (!additive || !types::is_interval(right->type)) return nullptr;
  if (types::is_timestamp(left->type)) {
    Type type = left->type;
    const auto interval = constant(*right);
    if (right->type.kind == Kind::IntervalDayTime && interval && *interval % 1'000'000 != 0) {
      type.precision = std::max<uint8_t>(type.precision, *interval % 1000 != 0 ? 6 : 3);
    }
    return operation(op, {cast_to(left, type), right}, type, span, true);
  }
  if (left->type.kind != Kind::Date) return nullptr;
  const auto interval = constant(*right);
  const bool whole_days =
      right->type.kind == Kind::IntervalYearMonth || (interval && *interval % kDayUs == 0);
  if (whole_days) return operation(op, {left, right}, left->type, span, true);
  const Type type = types::timestamp(3);
  return operation(op, {cast_to(left, type), right}, type, span, true);
}

// A text constant beside another type is a constant of that type. False after an error.
bool adapt_literal(const Context& context, ExpressionPtr& expression, const Type& other) {
  if (!is_text_literal(*expression) || is_null_literal(*expression)) return true;
  if (other.kind == Kind::String || other.kind == Kind::Bytes || types::is_interval(other)) return true;
  if (ExpressionPtr adapted = literal_as(context, expression, other)) {
    expression = adapted;
    return true;
  }
  const auto& written = std::get<std::string>(std::get<typed::Literal>(expression->node).value.data);
  auto emitted = context.diagnostics.emit(LiteralType{}, expression->span, written, types::to_string(other));
  if (other.kind == Kind::Date)
    emitted.hint("write DATE '2026-01-31'");
  else if (types::is_timestamp(other))
    emitted.hint("write '2026-01-31 08:00:00.123'");
  else if (other.kind == Kind::Boolean)
    emitted.hint("write TRUE or FALSE");
  else if (types::is_numeric(other))
    emitted.hint("write a number, or compare texts: CAST(… AS STRING)");
  return false;
}

bool is_temporal(const Type& type) { return type.kind == Kind::Date || types::is_timestamp(type); }

// Both sides as one type; nothing if there is none.
std::optional<Type> comparison_type(const Type& a, const Type& b) {
  if (a.kind == Kind::String && is_temporal(b)) return types::with_nullable(b, true);
  if (b.kind == Kind::String && is_temporal(a)) return types::with_nullable(a, true);
  return types::common_type(a, b);
}

// Whether a DECIMAL that holds both loses no digit.
bool is_exact_union(const Type& a, const Type& b) {
  if (a.kind != Kind::Decimal && b.kind != Kind::Decimal) return true;
  if (!types::is_exact_numeric(a) || !types::is_exact_numeric(b)) return true;
  const Type left = types::as_decimal(a), right = types::as_decimal(b);
  const int integer_digits = std::max(left.precision - left.scale, right.precision - right.scale);
  return integer_digits + std::max(left.scale, right.scale) <= types::kMaxDecimalPrecision;
}

}  // namespace

ExpressionPtr arithmetic(const Context& context, BinaryOperator binary, ExpressionPtr left,
                         ExpressionPtr right, Span op_span, Span span) {
  const Operator op = typed_operator(binary);
  const auto is_null = [](const ExpressionPtr& e) { return e->type.kind == Kind::Null; };
  if (is_null(left) && is_null(right)) left = null_of(types::simple(Kind::Integer), left->span);
  if (is_null(left)) left = null_of(right->type, left->span);
  if (is_null(right)) right = null_of(left->type, right->span);
  if (types::is_numeric(right->type) && !adapt_literal(context, left, right->type)) return nullptr;
  if (types::is_numeric(left->type) && !adapt_literal(context, right, left->type)) return nullptr;
  if (types::is_numeric(left->type) && types::is_numeric(right->type)) return numeric(op, left, right, span);
  if (ExpressionPtr result = temporal(op, left, right, span)) return result;
  auto emitted = context.diagnostics.emit(OperatorTypes{}, context.at(op_span), symbol(binary),
                                          types::to_string(left->type), types::to_string(right->type));
  if (op == Operator::Subtract && is_temporal(left->type) && is_temporal(right->type)) {
    emitted.hint("use TIMESTAMPDIFF(SECOND, from, to) for the time between them");
  } else if (is_temporal(left->type) && types::is_numeric(right->type)) {
    emitted.hint("add an interval: INTERVAL '1' SECOND");
  } else if (left->type.kind == Kind::String && right->type.kind == Kind::String && op == Operator::Add) {
    emitted.hint("texts are joined with `||`");
  } else if (left->type.kind == Kind::String || right->type.kind == Kind::String) {
    const Type& other = left->type.kind == Kind::String ? right->type : left->type;
    if (other.kind != Kind::String) emitted.hint("convert the text: CAST(… AS {})", types::to_string(other));
  }
  return nullptr;
}

ExpressionPtr negate(const Context& context, ExpressionPtr operand, Span span) {
  if (operand->type.kind == Kind::Null) return null_of(types::simple(Kind::Integer), span);
  if (!types::is_numeric(operand->type) && !types::is_interval(operand->type)) {
    context.diagnostics.emit(NegateType{}, context.at(span), types::to_string(operand->type));
    return nullptr;
  }
  const bool can_fail = types::is_integer(operand->type) || types::is_interval(operand->type);
  const Type type = operand->type;
  return operation(Operator::Negate, {std::move(operand)}, type, span, can_fail);
}

ExpressionPtr comparison(const Context& context, Operator op, ExpressionPtr left, ExpressionPtr right,
                         Span span) {
  const bool distinct = op == Operator::IsDistinctFrom || op == Operator::IsNotDistinctFrom;
  if (!distinct && (is_null_literal(*left) || is_null_literal(*right))) {
    if (left->type.kind == Kind::Null || right->type.kind == Kind::Null) {
      context.diagnostics.emit(ComparisonWithNull{}, context.at(span))
          .hint("use {}", op == Operator::NotEqual ? "IS NOT NULL" : "IS NULL");
    }
  }
  if (!adapt_literal(context, left, right->type) || !adapt_literal(context, right, left->type))
    return nullptr;
  const auto type = comparison_type(left->type, right->type);
  if (!type || !is_exact_union(left->type, right->type)) {
    auto emitted = context.diagnostics.emit(ComparisonTypes{}, context.at(span), types::to_string(left->type),
                                            types::to_string(right->type));
    if (type) {
      emitted.note("no DECIMAL of 38 digits holds both")
          .hint("convert one of them: CAST(… AS DECIMAL(p, s))");
    } else if (left->type.kind == Kind::String || right->type.kind == Kind::String) {
      const Type& other = left->type.kind == Kind::String ? right->type : left->type;
      emitted.hint("convert the text: CAST(… AS {})", types::to_string(other));
    } else if ((types::is_timestamp(left->type) && types::is_integer(right->type)) ||
               (types::is_timestamp(right->type) && types::is_integer(left->type))) {
      emitted.hint("use TO_TIMESTAMP_LTZ(…, 3) for milliseconds since 1970");
    }
    return nullptr;
  }
  const Type operand_type = type->kind == Kind::Null ? types::boolean() : *type;
  Type result = types::boolean();
  std::vector<ExpressionPtr> operands{cast_to(left, operand_type), cast_to(right, operand_type)};
  if (!distinct) return operation(op, std::move(operands), result, span);
  return typed::make(
      {.node = typed::Operation{op, std::move(operands)}, .type = types::boolean(false), .span = span});
}

bool unify(const Context& context, std::vector<ExpressionPtr>& branches, std::string_view what) {
  Type type = types::null_type();
  type.nullable = false;
  for (const auto& branch : branches) {
    const bool nullable = type.nullable || branch->type.nullable;
    const auto common = types::common_type(type, branch->type);
    if (!common) {
      context.diagnostics
          .emit(BranchTypes{}, branch->span, what, types::to_string(type), types::to_string(branch->type))
          .hint("convert one of them: CAST(… AS {})", types::to_string(type));
      return false;
    }
    type = types::with_nullable(*common, nullable);
  }
  for (auto& branch : branches) branch = cast_to(branch, type);
  return true;
}

}  // namespace weir::analysis
