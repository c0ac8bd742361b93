// Numbers. FLOAT and DOUBLE are IEEE; results of integers and DECIMAL that do not fit fail.
#include <cmath>
#include <limits>
#include <numbers>

#include "runtime/abi/decimal.h"
#include "stdlib/function.h"

using namespace weir::stdlib;
namespace decimal = weir::abi::decimal;

// ---- ABS, SIGN, MOD ----------------------------------------------------------------------------

#define WEIR_INTEGER_MATH(name, SQL, T)                                                                \
  WEIR_FUNCTION("ABS(" SQL ") -> " SQL " [fails]", "The absolute value; fails for the least integer.", \
                "ABS(-2) = 2")                                                                         \
  Status weir_fn_abs_##name(Context*, T value, T* result) {                                            \
    if (value == std::numeric_limits<T>::min()) return Status::Overflow;                               \
    *result = static_cast<T>(value < 0 ? -value : value);                                              \
    return Status::Value;                                                                              \
  }                                                                                                    \
  WEIR_FUNCTION("SIGN(" SQL ") -> " SQL, "-1, 0 or 1.", "SIGN(-2) = -1")                               \
  T weir_fn_sign_##name(Context*, T value) { return static_cast<T>((value > 0) - (value < 0)); }       \
  WEIR_FUNCTION("MOD(BIGINT, " SQL ") -> " SQL " [fails]",                                             \
                "The remainder of a division, with the sign of the first number; also written `%`.",   \
                "MOD(-29, 3) = -2")                                                                    \
  Status weir_fn_mod_##name(Context*, int64_t dividend, T divisor, T* result) {                        \
    if (divisor == 0) return Status::DivisionByZero;                                                   \
    *result = static_cast<T>(divisor == -1 ? 0 : dividend % divisor);                                  \
    return Status::Value;                                                                              \
  }

WEIR_INTEGER_MATH(tinyint, "TINYINT", int8_t)
WEIR_INTEGER_MATH(smallint, "SMALLINT", int16_t)
WEIR_INTEGER_MATH(int, "INT", int32_t)
WEIR_INTEGER_MATH(bigint, "BIGINT", int64_t)

WEIR_FUNCTION("ABS(DECIMAL) -> $1", "The absolute value.", "ABS(-2.50) = 2.50")
Int128 weir_fn_abs_decimal(Context*, Int128 value) { return value < 0 ? -value : value; }
WEIR_FUNCTION("ABS(FLOAT) -> FLOAT", "The absolute value.", "ABS(CAST(-2.5 AS FLOAT)) = 2.5")
float weir_fn_abs_float(Context*, float value) { return std::fabs(value); }
WEIR_FUNCTION("ABS(DOUBLE) -> DOUBLE", "The absolute value.", "ABS(-2.5E0) = 2.5E0")
double weir_fn_abs_double(Context*, double value) { return std::fabs(value); }

WEIR_FUNCTION("SIGN(DECIMAL) -> $1 [types, fails]", "-1, 0 or 1, in the type of the number.",
              "SIGN(-2.50) = -1")
Status weir_fn_sign_decimal(Context*, Int128 value, int32_t, int32_t scale, int32_t precision, int32_t,
                            Int128* result) {
  *result = value == 0 ? 0 : decimal::kPowersOfTen[scale] * (value < 0 ? -1 : 1);
  return decimal::fits(*result, precision) ? Status::Value : Status::Overflow;
}
WEIR_FUNCTION("SIGN(DOUBLE) -> DOUBLE", "-1, 0 or 1; NaN stays NaN.", "SIGN(-2.5E0) = -1")
double weir_fn_sign_double(Context*, double value) {
  return value != value ? value : static_cast<double>((value > 0) - (value < 0));
}

WEIR_FUNCTION("MOD(DECIMAL, DECIMAL) -> mod_decimal [types, fails]",
              "The remainder of a division, with the sign of the first number.", "MOD(7.5, 2) = 1.5")
Status weir_fn_mod_decimal(Context*, Int128 a, int32_t, int32_t a_scale, Int128 b, int32_t, int32_t b_scale,
                           int32_t precision, int32_t scale, Int128* result) {
  if (b == 0) return Status::DivisionByZero;
  const int32_t common = a_scale > b_scale ? a_scale : b_scale;
  const Int128 rest = decimal::modulo(a, a_scale, b, b_scale);
  return decimal::rescale(rest, common, scale, precision, result) ? Status::Value : Status::Overflow;
}
WEIR_FUNCTION("MOD(DOUBLE, DOUBLE) -> DOUBLE",
              "The remainder of a division, with the sign of the first number.", "MOD(7.5E0, 2E0) = 1.5E0")
double weir_fn_mod_double(Context*, double a, double b) { return std::fmod(a, b); }

// ---- powers, logarithms, angles ----------------------------------------------------------------

#define WEIR_DOUBLE_MATH(NAME, name, doc, example, expression) \
  WEIR_FUNCTION(NAME "(DOUBLE) -> DOUBLE", doc, example)       \
  double weir_fn_##name(Context*, double x) { return expression; }

WEIR_DOUBLE_MATH("SQRT", sqrt, "The square root; NaN of negative numbers.", "SQRT(4) = 2", std::sqrt(x))
WEIR_DOUBLE_MATH("EXP", exp, "e to the power of x.", "EXP(0) = 1", std::exp(x))
WEIR_DOUBLE_MATH("LN", ln, "The natural logarithm.", "LN(1) = 0", std::log(x))
WEIR_DOUBLE_MATH("LOG", log, "The natural logarithm.", "LOG(1) = 0", std::log(x))
WEIR_DOUBLE_MATH("LOG10", log10, "The logarithm to base 10.", "LOG10(1000) = 3", std::log10(x))
WEIR_DOUBLE_MATH("LOG2", log2, "The logarithm to base 2.", "LOG2(8) = 3", std::log2(x))
WEIR_DOUBLE_MATH("SIN", sin, "The sine of an angle in radians.", "SIN(0) = 0", std::sin(x))
WEIR_DOUBLE_MATH("COS", cos, "The cosine of an angle in radians.", "COS(0) = 1", std::cos(x))
WEIR_DOUBLE_MATH("TAN", tan, "The tangent of an angle in radians.", "TAN(0) = 0", std::tan(x))
WEIR_DOUBLE_MATH("COT", cot, "The cotangent of an angle in radians.", "ROUND(COT(PI() / 4), 10) = 1",
                 1 / std::tan(x))
WEIR_DOUBLE_MATH("ASIN", asin, "The angle whose sine is x.", "ASIN(0) = 0", std::asin(x))
WEIR_DOUBLE_MATH("ACOS", acos, "The angle whose cosine is x.", "ACOS(1) = 0", std::acos(x))
WEIR_DOUBLE_MATH("ATAN", atan, "The angle whose tangent is x.", "ATAN(0) = 0", std::atan(x))
WEIR_DOUBLE_MATH("SINH", sinh, "The hyperbolic sine.", "SINH(0) = 0", std::sinh(x))
WEIR_DOUBLE_MATH("COSH", cosh, "The hyperbolic cosine.", "COSH(0) = 1", std::cosh(x))
WEIR_DOUBLE_MATH("TANH", tanh, "The hyperbolic tangent.", "TANH(0) = 0", std::tanh(x))
WEIR_DOUBLE_MATH("DEGREES", degrees, "Radians as degrees.", "DEGREES(PI()) = 180", x * 180 / std::numbers::pi)
WEIR_DOUBLE_MATH("RADIANS", radians, "Degrees as radians.", "RADIANS(180) = PI()", x* std::numbers::pi / 180)

WEIR_FUNCTION("POWER(DOUBLE, DOUBLE) -> DOUBLE", "The first number to the power of the second.",
              "POWER(2, 10) = 1024")
double weir_fn_power(Context*, double base, double exponent) { return std::pow(base, exponent); }
WEIR_FUNCTION("LOG(DOUBLE, DOUBLE) -> DOUBLE", "The logarithm of the second number to the base of the first.",
              "LOG(2, 8) = 3")
double weir_fn_log_base(Context*, double base, double x) { return std::log(x) / std::log(base); }
WEIR_FUNCTION("ATAN2(DOUBLE, DOUBLE) -> DOUBLE", "The angle of the point (x, y): ATAN2(y, x).",
              "ATAN2(0, 1) = 0")
double weir_fn_atan2(Context*, double y, double x) { return std::atan2(y, x); }
WEIR_FUNCTION("PI() -> DOUBLE", "The number pi.", "ROUND(PI(), 5) = 3.14159E0")
double weir_fn_pi(Context*) { return std::numbers::pi; }
WEIR_FUNCTION("E() -> DOUBLE", "The base of natural logarithms.", "ROUND(E(), 5) = 2.71828E0")
double weir_fn_e(Context*) { return std::numbers::e; }

// ---- the greatest and the least ----------------------------------------------------------------

namespace {

template <typename T>
bool less(T a, T b) {
  if constexpr (std::numeric_limits<T>::is_iec559) {
    if (a != a || b != b) return a == a && b != b;  // NaN is the greatest
  }
  return a < b;
}
bool less(StringRef a, StringRef b) {
  const uint64_t common = a.size < b.size ? a.size : b.size;
  const int order = common == 0 ? 0 : __builtin_memcmp(a.data, b.data, common);
  return order != 0 ? order < 0 : a.size < b.size;
}

template <typename T>
T greatest(T first, const T* values, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) first = less(first, values[i]) ? values[i] : first;
  return first;
}
template <typename T>
T least(T first, const T* values, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) first = less(values[i], first) ? values[i] : first;
  return first;
}

}  // namespace

#define WEIR_EXTREMES(name, SQL, T, greatest_example, least_example)                                  \
  WEIR_FUNCTION("GREATEST(" SQL ", " SQL "...) -> $1", "The greatest; NULL if one is NULL.",          \
                greatest_example)                                                                     \
  T weir_fn_greatest_##name(Context*, T first, const T* rest, uint32_t count) {                       \
    return greatest(first, rest, count);                                                              \
  }                                                                                                   \
  WEIR_FUNCTION("LEAST(" SQL ", " SQL "...) -> $1", "The least; NULL if one is NULL.", least_example) \
  T weir_fn_least_##name(Context*, T first, const T* rest, uint32_t count) {                          \
    return least(first, rest, count);                                                                 \
  }

WEIR_EXTREMES(tinyint, "TINYINT", int8_t, "GREATEST(CAST(1 AS TINYINT), CAST(2 AS TINYINT)) = 2",
              "LEAST(CAST(1 AS TINYINT), CAST(2 AS TINYINT)) = 1")
WEIR_EXTREMES(smallint, "SMALLINT", int16_t, "GREATEST(CAST(1 AS SMALLINT), CAST(2 AS SMALLINT)) = 2",
              "LEAST(CAST(1 AS SMALLINT), CAST(2 AS SMALLINT)) = 1")
WEIR_EXTREMES(int, "INT", int32_t, "GREATEST(1, 3, 2) = 3", "LEAST(2, 1, 3) = 1")
WEIR_EXTREMES(bigint, "BIGINT", int64_t, "GREATEST(1, 30000000000) = 30000000000",
              "LEAST(1, 30000000000) = 1")
WEIR_EXTREMES(decimal, "DECIMAL", Int128, "GREATEST(1.5, 2.25) = 2.25", "LEAST(1.5, 2.25) = 1.5")
WEIR_EXTREMES(float, "FLOAT", float, "GREATEST(CAST(1 AS FLOAT), CAST(2 AS FLOAT)) = 2",
              "LEAST(CAST(1 AS FLOAT), CAST(2 AS FLOAT)) = 1")
WEIR_EXTREMES(double, "DOUBLE", double, "GREATEST(1E0, 2E0) = 2E0", "LEAST(1E0, 2E0) = 1E0")
WEIR_EXTREMES(string, "STRING", StringRef, "GREATEST('a', 'c', 'b') = 'c'", "LEAST('b', 'a', 'c') = 'a'")
WEIR_EXTREMES(date, "DATE", int32_t, "GREATEST(DATE '2026-01-01', DATE '2026-01-02') = DATE '2026-01-02'",
              "LEAST(DATE '2026-01-01', DATE '2026-01-02') = DATE '2026-01-01'")
WEIR_EXTREMES(timestamp, "TIMESTAMP", int64_t,
              "GREATEST(TIMESTAMP '2026-01-01 00:00:00', TIMESTAMP '2026-01-01 00:00:01') = TIMESTAMP "
              "'2026-01-01 00:00:01'",
              "LEAST(TIMESTAMP '2026-01-01 00:00:00', TIMESTAMP '2026-01-01 00:00:01') = TIMESTAMP "
              "'2026-01-01 00:00:00'")
WEIR_EXTREMES(timestamp_ltz, "TIMESTAMP_LTZ", int64_t,
              "GREATEST(TO_TIMESTAMP_LTZ(1, 3), TO_TIMESTAMP_LTZ(2, 3)) = TO_TIMESTAMP_LTZ(2, 3)",
              "LEAST(TO_TIMESTAMP_LTZ(1, 3), TO_TIMESTAMP_LTZ(2, 3)) = TO_TIMESTAMP_LTZ(1, 3)")
