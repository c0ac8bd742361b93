#include "compiler/types/coerce.h"

#include <algorithm>

#include "compiler/types/decimal.h"

namespace weir::types {
namespace {

bool is_date_or_timestamp(const Type& type) { return type.kind == Kind::Date || is_timestamp(type); }

int integer_digits(const Type& type) { return type.precision - type.scale; }

std::optional<Type> common_numeric(const Type& a, const Type& b) {
  if (is_integer(a) && is_integer(b)) return a.kind >= b.kind ? a : b;
  if (is_exact_numeric(a) && is_exact_numeric(b)) return decimal_union(as_decimal(a), as_decimal(b));
  if (is_approximate(a) && is_approximate(b)) return a.kind == Kind::Double ? a : b;
  const Type& approximate = is_approximate(a) ? a : b;
  const Type& exact = is_approximate(a) ? b : a;
  // FLOAT holds fewer digits than any DECIMAL of interest.
  return exact.kind == Kind::Decimal ? simple(Kind::Double) : approximate;
}

CastSupport exact_to_exact(const Type& from, const Type& to) {
  if (is_integer(from) && is_integer(to))
    return from.kind <= to.kind ? CastSupport::Total : CastSupport::MayFail;
  if (to.kind == Kind::Decimal) {
    // Rounding to fewer digits after the point can carry into one more digit before it.
    const Type source = as_decimal(from);
    const int carry = source.scale > to.scale ? 1 : 0;
    return integer_digits(source) + carry <= integer_digits(to) ? CastSupport::Total : CastSupport::MayFail;
  }
  // DECIMAL to an integer: total if its integer digits are fewer than those every value of the type has.
  return integer_digits(from) < as_decimal(to).precision ? CastSupport::Total : CastSupport::MayFail;
}

}  // namespace

std::optional<Type> common_type(const Type& a, const Type& b) {
  const bool nullable = a.nullable || b.nullable;
  if (a.kind == Kind::Null) return with_nullable(b, true);
  if (b.kind == Kind::Null) return with_nullable(a, true);
  if (is_numeric(a) && is_numeric(b)) return with_nullable(*common_numeric(a, b), nullable);
  if (a.kind == b.kind) {
    Type type = with_nullable(a, nullable);
    type.precision = std::max(a.precision, b.precision);
    type.length = a.length == 0 || b.length == 0 ? 0 : std::max(a.length, b.length);
    return type;
  }
  if (is_date_or_timestamp(a) && is_date_or_timestamp(b)) {
    if (a.kind == Kind::Date) return with_nullable(b, nullable);
    if (b.kind == Kind::Date) return with_nullable(a, nullable);
    return timestamp_ltz(std::max(a.precision, b.precision), nullable);
  }
  return std::nullopt;
}

CastSupport explicit_cast(const Type& from, const Type& to) {
  if (from.kind == Kind::Null) return CastSupport::Total;
  if (to.kind == Kind::Null) return CastSupport::None;
  if (is_exact_numeric(from) && is_exact_numeric(to)) return exact_to_exact(from, to);
  if (from.kind == to.kind) return CastSupport::Total;
  if (is_numeric(from) && is_approximate(to)) return CastSupport::Total;  // beyond the range: infinity
  if (is_approximate(from) && is_exact_numeric(to)) return CastSupport::MayFail;
  if (to.kind == Kind::String) return CastSupport::Total;
  if (from.kind == Kind::String) {
    if (is_interval(to)) return CastSupport::None;
    return to.kind == Kind::Bytes ? CastSupport::Total : CastSupport::MayFail;
  }
  if (from.kind == Kind::Boolean && is_numeric(to)) {
    return to.kind == Kind::Decimal && integer_digits(to) == 0 ? CastSupport::MayFail : CastSupport::Total;
  }
  if (is_numeric(from) && to.kind == Kind::Boolean) return CastSupport::Total;
  if (is_date_or_timestamp(from) && is_date_or_timestamp(to)) return CastSupport::Total;
  return CastSupport::None;
}

bool implicit_cast(const Type& from, const Type& to) {
  if (from.kind == Kind::Null || from.kind == to.kind) return true;
  if (is_integer(from) && is_integer(to)) return from.kind <= to.kind;
  if (is_integer(from) && to.kind == Kind::Decimal) return true;
  if (is_numeric(from) && is_approximate(to)) return !(from.kind == Kind::Double && to.kind == Kind::Float);
  if (from.kind == Kind::Date && is_timestamp(to)) return true;
  return is_timestamp(from) && is_timestamp(to);
}

bool assignable(const Type& from, const Type& to) {
  if (implicit_cast(from, to)) return true;
  if (is_numeric(from) && to.kind == Kind::Decimal) return true;
  return is_timestamp(from) && to.kind == Kind::Date;
}

}  // namespace weir::types
