#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include "compiler/analysis/coercion.h"
#include "compiler/analysis/expression.h"
#include "compiler/types/calendar.h"

namespace weir::analysis {
namespace {

using types::Int128;

WEIR_ERROR(NumberOutOfRange, "the number `{}` has more than 38 digits", std::string_view);
WEIR_ERROR(BadDateLiteral, "`{}` is no {}", std::string_view, std::string_view);
WEIR_ERROR(TimeNotBuilt, "type TIME is not built yet");
WEIR_ERROR(BadInterval, "`{}` is no interval of {}", std::string_view, std::string_view);
WEIR_ERROR(IntervalUnit, "an interval cannot count {}", std::string_view);

std::optional<types::IntervalField> interval_field(syntax::TimeUnit unit) {
  switch (unit) {
    case syntax::TimeUnit::Year: return types::IntervalField::Year;
    case syntax::TimeUnit::Month: return types::IntervalField::Month;
    case syntax::TimeUnit::Day: return types::IntervalField::Day;
    case syntax::TimeUnit::Hour: return types::IntervalField::Hour;
    case syntax::TimeUnit::Minute: return types::IntervalField::Minute;
    case syntax::TimeUnit::Second: return types::IntervalField::Second;
    default: return std::nullopt;
  }
}

}  // namespace

std::string_view unit_name(syntax::TimeUnit unit) {
  switch (unit) {
    case syntax::TimeUnit::Millennium: return "MILLENNIUM";
    case syntax::TimeUnit::Century: return "CENTURY";
    case syntax::TimeUnit::Decade: return "DECADE";
    case syntax::TimeUnit::Year: return "YEAR";
    case syntax::TimeUnit::Quarter: return "QUARTER";
    case syntax::TimeUnit::Month: return "MONTH";
    case syntax::TimeUnit::Week: return "WEEK";
    case syntax::TimeUnit::Day: return "DAY";
    case syntax::TimeUnit::Dow: return "DOW";
    case syntax::TimeUnit::Isodow: return "ISODOW";
    case syntax::TimeUnit::Doy: return "DOY";
    case syntax::TimeUnit::Hour: return "HOUR";
    case syntax::TimeUnit::Minute: return "MINUTE";
    case syntax::TimeUnit::Second: return "SECOND";
    case syntax::TimeUnit::Millisecond: return "MILLISECOND";
    case syntax::TimeUnit::Microsecond: return "MICROSECOND";
    case syntax::TimeUnit::Epoch: return "EPOCH";
    case syntax::TimeUnit::Isoyear: return "ISOYEAR";
  }
  diagnostics::internal_error(__FILE__, __LINE__, "a time unit out of range");
}

std::string upper(std::string_view text) {
  std::string result{text};
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return result;
}

ExpressionPtr number_literal(const Context& context, std::string_view digits, bool negative, Span span) {
  if (digits.find_first_of("eE") != std::string_view::npos) {
    double number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error == std::errc::result_out_of_range) number = HUGE_VAL;
    return typed::literal({types::simple(Kind::Double, false), negative ? -number : number},
                          context.at(span));
  }
  Int128 value = 0;
  int precision = 0;
  int scale = 0;
  bool after_point = false;
  for (const char c : digits) {
    if (c == '.') {
      after_point = true;
      continue;
    }
    if (precision > 0 || c != '0') ++precision;
    if (after_point) ++scale;
    if (precision > 38 || scale > 38) {
      context.diagnostics.emit(NumberOutOfRange{}, context.at(span), digits)
          .hint("write it with an exponent to make it a DOUBLE");
      return nullptr;
    }
    value = value * 10 + (c - '0');
  }
  if (negative) value = -value;
  if (after_point && scale > 0) {
    return typed::literal({types::decimal(std::max({precision, scale, 1}), scale, false), value},
                          context.at(span));
  }
  Type type = types::decimal(std::max(precision, 1), 0, false);
  if (value >= INT64_MIN && value <= INT64_MAX) type = types::simple(Kind::BigInt, false);
  if (value >= INT32_MIN && value <= INT32_MAX) type = types::simple(Kind::Integer, false);
  return typed::literal({type, value}, context.at(span));
}

ExpressionPtr typed_literal(const Context& context, const syntax::TypedLiteral& literal, Span span) {
  if (literal.kind == syntax::TypedLiteralKind::Time) {
    context.diagnostics.emit(TimeNotBuilt{}, context.at(span)).hint("use TIMESTAMP or INTERVAL");
    return nullptr;
  }
  const bool is_date = literal.kind == syntax::TypedLiteralKind::Date;
  auto value = is_date ? types::parse_date(literal.value) : types::parse_timestamp(literal.value);
  if (!value) {
    context.diagnostics
        .emit(BadDateLiteral{}, context.at(span), literal.value, is_date ? "DATE" : "TIMESTAMP")
        .hint("write {}", is_date ? "DATE '2026-01-31'" : "TIMESTAMP '2026-01-31 08:00:00.123'");
    return nullptr;
  }
  return typed::literal(std::move(*value), context.at(span));
}

ExpressionPtr interval_literal(const Context& context, const syntax::IntervalLiteral& literal, Span span) {
  const auto unit_error = [&](syntax::TimeUnit unit) {
    context.diagnostics.emit(IntervalUnit{}, context.at(span), unit_name(unit))
        .hint("use YEAR, MONTH, DAY, HOUR, MINUTE or SECOND; INTERVAL '0.5' SECOND for parts of a second");
    return nullptr;
  };
  // Weeks and quarters are multiples of what an interval holds.
  const bool week = literal.from == syntax::TimeUnit::Week;
  const bool quarter = literal.from == syntax::TimeUnit::Quarter;
  const auto from = week      ? types::IntervalField::Day
                    : quarter ? types::IntervalField::Month
                              : interval_field(literal.from);
  if (!from) return unit_error(literal.from);
  const auto to = literal.to ? interval_field(*literal.to) : std::nullopt;
  if (literal.to && (!to || week || quarter)) return unit_error(to ? literal.from : *literal.to);
  auto value = types::parse_interval(literal.value, literal.negative, *from, to, week ? 7 : quarter ? 3 : 1);
  if (!value) {
    std::string units{unit_name(literal.from)};
    if (literal.to) units += fmt::format(" TO {}", unit_name(*literal.to));
    context.diagnostics.emit(BadInterval{}, context.at(span), literal.value, units)
        .hint("write INTERVAL '5' MINUTE or INTERVAL '1 02:30' DAY TO MINUTE");
    return nullptr;
  }
  return typed::literal(std::move(*value), context.at(span));
}

}  // namespace weir::analysis
