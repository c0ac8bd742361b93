// What the compiler calls for DECIMAL: arithmetic and conversion to and from DOUBLE. Results are exact, rounded half up once.
#include <cmath>

#include "runtime/abi/calendar.h"
#include "runtime/abi/decimal_text.h"
#include "runtime/abi/number_text.h"
#include "stdlib/function.h"

using namespace weir::stdlib;
namespace decimal = weir::abi::decimal;
namespace calendar = weir::abi::calendar;

namespace {
Status checked(bool fits) { return fits ? Status::Value : Status::Overflow; }
}  // namespace

extern "C" {

Status weir_decimal_add(Context*, Int128 a, int32_t a_scale, Int128 b, int32_t b_scale, int32_t precision,
                        int32_t scale, Int128* result) {
  return checked(decimal::add(a, a_scale, b, b_scale, scale, precision, result));
}
Status weir_decimal_subtract(Context*, Int128 a, int32_t a_scale, Int128 b, int32_t b_scale,
                             int32_t precision, int32_t scale, Int128* result) {
  return checked(decimal::subtract(a, a_scale, b, b_scale, scale, precision, result));
}
Status weir_decimal_multiply(Context*, Int128 a, int32_t a_scale, Int128 b, int32_t b_scale,
                             int32_t precision, int32_t scale, Int128* result) {
  return checked(decimal::multiply(a, a_scale, b, b_scale, scale, precision, result));
}
Status weir_decimal_divide(Context*, Int128 a, int32_t a_scale, Int128 b, int32_t b_scale, int32_t precision,
                           int32_t scale, Int128* result) {
  if (b == 0) return Status::DivisionByZero;
  return checked(decimal::divide(a, a_scale, b, b_scale, scale, precision, result));
}
Status weir_decimal_modulo(Context*, Int128 a, int32_t a_scale, Int128 b, int32_t b_scale, int32_t precision,
                           int32_t scale, Int128* result) {
  if (b == 0) return Status::DivisionByZero;
  const int32_t common = a_scale > b_scale ? a_scale : b_scale;
  return checked(decimal::rescale(decimal::modulo(a, a_scale, b, b_scale), common, scale, precision, result));
}
Status weir_decimal_rescale(Context*, Int128 value, int32_t from_scale, int32_t precision, int32_t scale,
                            Int128* result) {
  return checked(decimal::rescale(value, from_scale, scale, precision, result));
}

Status weir_cast_decimal_to_bigint(Context*, Int128 value, int32_t scale, int64_t* result) {
  const Int128 whole = value / decimal::kPowersOfTen[scale];
  *result = static_cast<int64_t>(whole);
  return checked(*result == whole);
}

// Correctly rounded: one division where both sides are exact in a double, else by way of the digits.
double weir_cast_decimal_to_double(Context*, Int128 value, int32_t scale) {
  constexpr int64_t kExact = int64_t{1} << 53;
  if (scale <= 22 && value <= kExact && value >= -kExact) {
    return static_cast<double>(static_cast<int64_t>(value)) /
           static_cast<double>(decimal::kPowersOfTen[scale]);
  }
  char text[decimal::kMaxTextBytes];
  double result = 0;
  weir_parse_double(text, static_cast<uint64_t>(decimal::print(value, scale, text) - text), &result);
  return result;
}

// The shortest digits of the double, rounded half up: 0.15 is 0.2 at scale 1, whatever its binary digits are.
Status weir_cast_double_to_decimal(Context*, double value, int32_t precision, int32_t scale, Int128* result) {
  char text[weir::abi::kMaxDoubleTextBytes];
  const char* const end = weir_print_double(text, value);
  switch (decimal::parse(text, static_cast<uint64_t>(end - text), precision, scale, result)) {
    case decimal::Parsed::Fine: return Status::Value;
    case decimal::Parsed::OutOfRange: return Status::Overflow;
    case decimal::Parsed::NotANumber: return Status::CastFailed;  // NaN and infinities
  }
  return Status::CastFailed;
}

// ---- months: the day is cut to the length of the month -----------------------------------------

Status weir_timestamp_add_months(Context*, int64_t us, int32_t months, int64_t* result) {
  const int64_t days = calendar::floor_divide(us, calendar::kDay);
  const int64_t later = calendar::add_months(days, months);
  int64_t at = 0;
  if (__builtin_mul_overflow(later, calendar::kDay, &at)) return Status::Overflow;
  return checked(!__builtin_add_overflow(at, us - days * calendar::kDay, result));
}

Status weir_date_add_months(Context*, int32_t days, int32_t months, int32_t* result) {
  const int64_t later = calendar::add_months(days, months);
  *result = static_cast<int32_t>(later);
  return checked(*result == later);
}
}
