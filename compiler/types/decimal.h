// Precision and scale of DECIMAL results: Flink's rules.
#pragma once

#include "compiler/types/type.h"

namespace weir::types {

constexpr int kMaxDecimalPrecision = 38;
// When digits must go, this many after the point stay as long as there are as many.
constexpr int kMinAdjustedScale = 6;

enum class DecimalOperation : uint8_t { Add, Multiply, Divide, Modulo };

constexpr __int128 power_of_ten(int exponent) {
  __int128 power = 1;
  while (exponent-- > 0) power *= 10;
  return power;
}

// The exact DECIMAL that holds every value of an exact numeric type: INT -> DECIMAL(10, 0).
Type as_decimal(const Type& exact);

// The result of an operation on two DECIMALs, cut to 38 digits. Subtraction is Add. Not nullable.
Type decimal_result(DecimalOperation operation, const Type& left, const Type& right);

// A DECIMAL that holds the values of both, cut to 38 digits at the cost of the scale.
Type decimal_union(const Type& left, const Type& right);

// SUM and AVG of DECIMAL.
Type decimal_sum(const Type& argument);
Type decimal_average(const Type& argument);

}  // namespace weir::types
