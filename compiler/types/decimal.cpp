#include "compiler/types/decimal.h"

#include <algorithm>

namespace weir::types {
namespace {

// Integer digits are kept before digits after the point, but not at the cost of the last six of those.
Type adjusted(int precision, int scale) {
  if (precision <= kMaxDecimalPrecision) return decimal(precision, scale, false);
  const int integer_digits = precision - scale;
  const int least_scale = std::min(scale, kMinAdjustedScale);
  return decimal(kMaxDecimalPrecision, std::max(kMaxDecimalPrecision - integer_digits, least_scale), false);
}

}  // namespace

Type as_decimal(const Type& exact) {
  switch (exact.kind) {
    case Kind::TinyInt: return decimal(3, 0, exact.nullable);
    case Kind::SmallInt: return decimal(5, 0, exact.nullable);
    case Kind::Integer: return decimal(10, 0, exact.nullable);
    case Kind::BigInt: return decimal(19, 0, exact.nullable);
    default: break;
  }
  WEIR_CHECK(exact.kind == Kind::Decimal, "an exact numeric type");
  return exact;
}

Type decimal_result(DecimalOperation operation, const Type& left, const Type& right) {
  const int p1 = left.precision, s1 = left.scale, p2 = right.precision, s2 = right.scale;
  switch (operation) {
    case DecimalOperation::Add: {
      const int scale = std::max(s1, s2);
      return adjusted(std::max(p1 - s1, p2 - s2) + scale + 1, scale);
    }
    case DecimalOperation::Multiply: return adjusted(p1 + p2 + 1, s1 + s2);
    case DecimalOperation::Divide: {
      const int scale = std::max(kMinAdjustedScale, s1 + p2 + 1);
      return adjusted(p1 - s1 + s2 + scale, scale);
    }
    case DecimalOperation::Modulo: {
      const int scale = std::max(s1, s2);
      return adjusted(std::max(std::min(p1 - s1, p2 - s2) + scale, 1), scale);
    }
  }
  diagnostics::internal_error(__FILE__, __LINE__, "a DECIMAL operation out of range");
}

Type decimal_union(const Type& left, const Type& right) {
  const int scale = std::max<int>(left.scale, right.scale);
  return adjusted(std::max(left.precision - left.scale, right.precision - right.scale) + scale, scale);
}

Type decimal_sum(const Type& argument) { return decimal(kMaxDecimalPrecision, argument.scale); }

Type decimal_average(const Type& argument) {
  return decimal(kMaxDecimalPrecision, std::max<int>(argument.scale, kMinAdjustedScale));
}

}  // namespace weir::types
