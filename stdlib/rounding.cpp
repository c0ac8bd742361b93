// FLOOR, CEIL, ROUND and TRUNCATE of numbers. ROUND goes half away from zero. A negative number of places is left of the point.
#include <cmath>
#include <limits>

#include "runtime/abi/decimal.h"
#include "runtime/abi/number_text.h"
#include "stdlib/function.h"

using namespace weir::stdlib;
namespace decimal = weir::abi::decimal;

namespace {

// `value` has `scale` digits behind the point, the result `result_scale`, and its digits behind `places` are 0.
Int128 round_decimal(Int128 value, int32_t scale, int32_t places, bool half_up) {
  if (places >= scale) return value;
  const int64_t drop = static_cast<int64_t>(scale) - places;
  if (drop > decimal::kMaxPrecision) return 0;
  const Int128 unit = decimal::kPowersOfTen[drop];
  return half_up ? decimal::drop_digits(value, static_cast<int>(drop)) : value / unit;
}

// Back to `scale` digits behind the point; false if that has more than `precision`.
bool put_back(Int128 rounded, int32_t scale, int32_t places, int32_t result_scale, int32_t precision,
              Int128* result) {
  const int32_t kept = places >= scale ? scale : places;
  if (kept < result_scale - decimal::kMaxPrecision) return *result = 0, rounded == 0;
  return decimal::rescale(rounded, kept, result_scale, precision, result);
}

template <typename T>
Status round_integer(T value, int32_t places, bool half_up, T* result) {
  *result = value;
  if (places >= 0) return Status::Value;
  *result = 0;
  if (places < -19) return Status::Value;
  const Int128 rounded = round_decimal(value, 0, places, half_up) * decimal::kPowersOfTen[-places];
  *result = static_cast<T>(rounded);
  return *result == rounded ? Status::Value : Status::Overflow;
}

}  // namespace

// ---- FLOOR and CEIL ----------------------------------------------------------------------------

#define WEIR_INTEGER_FLOOR(NAME, doc, function, name, SQL, T)  \
  WEIR_FUNCTION(NAME "(" SQL ") -> " SQL, doc, NAME "(5) = 5") \
  T weir_fn_##function##_##name(Context*, T value) { return value; }
#define WEIR_FLOOR(NAME, doc, function, decimal_example, double_example, rounding, away)                 \
  WEIR_INTEGER_FLOOR(NAME, doc, function, tinyint, "TINYINT", int8_t)                                    \
  WEIR_INTEGER_FLOOR(NAME, doc, function, smallint, "SMALLINT", int16_t)                                 \
  WEIR_INTEGER_FLOOR(NAME, doc, function, int, "INT", int32_t)                                           \
  WEIR_INTEGER_FLOOR(NAME, doc, function, bigint, "BIGINT", int64_t)                                     \
  WEIR_FUNCTION(NAME "(DECIMAL) -> integral_decimal [types, fails]", doc, decimal_example)               \
  Status weir_fn_##function##_decimal(Context*, Int128 value, int32_t, int32_t scale, int32_t precision, \
                                      int32_t, Int128* result) {                                         \
    const Int128 unit = decimal::kPowersOfTen[scale], cut = value / unit;                                \
    *result = value % unit == 0 || !(away) ? cut : cut + (value < 0 ? -1 : 1);                           \
    return decimal::fits(*result, precision) ? Status::Value : Status::Overflow;                         \
  }                                                                                                      \
  WEIR_FUNCTION(NAME "(FLOAT) -> FLOAT", doc, double_example)                                            \
  float weir_fn_##function##_float(Context*, float value) { return rounding(value); }                    \
  WEIR_FUNCTION(NAME "(DOUBLE) -> DOUBLE", doc, double_example)                                          \
  double weir_fn_##function##_double(Context*, double value) { return rounding(value); }

WEIR_FLOOR("FLOOR", "The greatest integer that is not greater.", floor, "FLOOR(-1.5) = -2",
           "FLOOR(-1.5E0) = -2", std::floor, value < 0)
WEIR_FLOOR("CEIL", "The least integer that is not less.", ceil, "CEIL(1.2) = 2", "CEIL(-1.5E0) = -1",
           std::ceil, value > 0)
WEIR_FLOOR("CEILING", "The least integer that is not less.", ceiling, "CEILING(1.2) = 2",
           "CEILING(-1.5E0) = -1", std::ceil, value > 0)

// ---- ROUND and TRUNCATE ------------------------------------------------------------------------

#define WEIR_INTEGER_ROUND(name, SQL, T)                                                                 \
  WEIR_FUNCTION("ROUND(" SQL ") -> " SQL, "Rounded half up, away from zero.", "ROUND(15) = 15")          \
  T weir_fn_round_##name(Context*, T value) { return value; }                                            \
  WEIR_FUNCTION(                                                                                         \
      "ROUND(" SQL ", INT) -> " SQL " [fails]",                                                          \
      "Rounded to so many places behind the point (before it where negative), half up, away from zero.", \
      "ROUND(15, -1) = 20")                                                                              \
  Status weir_fn_round_places_##name(Context*, T value, int32_t places, T* result) {                     \
    return round_integer(value, places, true, result);                                                   \
  }                                                                                                      \
  WEIR_FUNCTION("TRUNCATE(" SQL ", INT) -> " SQL,                                                        \
                "Cut to so many places behind the point (before it where negative).",                    \
                "TRUNCATE(19, -1) = 10")                                                                 \
  T weir_fn_truncate_##name(Context*, T value, int32_t places) {                                         \
    round_integer(value, places, false, &value);                                                         \
    return value;                                                                                        \
  }

WEIR_INTEGER_ROUND(tinyint, "TINYINT", int8_t)
WEIR_INTEGER_ROUND(smallint, "SMALLINT", int16_t)
WEIR_INTEGER_ROUND(int, "INT", int32_t)
WEIR_INTEGER_ROUND(bigint, "BIGINT", int64_t)

WEIR_FUNCTION("ROUND(DECIMAL) -> round_decimal [types, fails]", "Rounded half up, away from zero.",
              "ROUND(-2.5) = -3")
Status weir_fn_round_decimal(Context*, Int128 value, int32_t, int32_t scale, int32_t precision,
                             int32_t result_scale, Int128* result) {
  return put_back(round_decimal(value, scale, 0, true), scale, 0, result_scale, precision, result)
             ? Status::Value
             : Status::Overflow;
}

WEIR_FUNCTION(
    "ROUND(DECIMAL, INT) -> round_decimal [types, fails]",
    "Rounded to so many places behind the point (before it where negative), half up, away from zero.",
    "ROUND(2.345, 2) = 2.35 AND ROUND(155.5, -1) = 160")
Status weir_fn_round_places_decimal(Context*, Int128 value, int32_t, int32_t scale, int32_t places,
                                    int32_t precision, int32_t result_scale, Int128* result) {
  const Int128 rounded = round_decimal(value, scale, places, true);
  return put_back(rounded, scale, places, result_scale, precision, result) ? Status::Value : Status::Overflow;
}

WEIR_FUNCTION("ROUND(FLOAT) -> FLOAT", "Rounded half up, away from zero.", "ROUND(CAST(2.5 AS FLOAT)) = 3")
float weir_fn_round_float(Context*, float value) { return std::round(value); }
WEIR_FUNCTION("ROUND(FLOAT, INT) -> FLOAT", "Rounded to so many places, half up by its decimal digits.",
              "ROUND(CAST(2.25 AS FLOAT), 1) = CAST(2.3 AS FLOAT)")
float weir_fn_round_places_float(Context*, float value, int32_t places) {
  return weir_round_float(value, places, true);
}

WEIR_FUNCTION("ROUND(DOUBLE) -> DOUBLE", "Rounded half up, away from zero.", "ROUND(-2.5E0) = -3")
double weir_fn_round_double(Context*, double value) { return std::round(value); }
WEIR_FUNCTION("ROUND(DOUBLE, INT) -> DOUBLE", "Rounded to so many places, half up by its decimal digits.",
              "ROUND(1.005E0, 2) = 1.01E0")
double weir_fn_round_places_double(Context*, double value, int32_t places) {
  return weir_round_double(value, places, true);
}

WEIR_FUNCTION("TRUNCATE(DECIMAL, INT) -> $1 [types, fails]",
              "Cut to so many places behind the point (before it where negative).",
              "TRUNCATE(42.345, 2) = 42.34")
Status weir_fn_truncate_decimal(Context*, Int128 value, int32_t, int32_t scale, int32_t places,
                                int32_t precision, int32_t result_scale, Int128* result) {
  const Int128 cut = round_decimal(value, scale, places, false);
  return put_back(cut, scale, places, result_scale, precision, result) ? Status::Value : Status::Overflow;
}

WEIR_FUNCTION("TRUNCATE(FLOAT, INT) -> FLOAT", "Cut to so many places.",
              "TRUNCATE(CAST(2.29 AS FLOAT), 1) = CAST(2.2 AS FLOAT)")
float weir_fn_truncate_float(Context*, float value, int32_t places) {
  return weir_round_float(value, places, false);
}
WEIR_FUNCTION("TRUNCATE(DOUBLE, INT) -> DOUBLE", "Cut to so many places.",
              "TRUNCATE(-42.345E0, 2) = -42.34E0")
double weir_fn_truncate_double(Context*, double value, int32_t places) {
  return weir_round_double(value, places, false);
}
