#include "compiler/types/type.h"

#include <fmt/format.h>

#include <string_view>

namespace weir::types {
namespace {

// What is known of a kind without its parameters.
struct KindTraits {
  std::string_view name;
  Carrier carrier;
};

template <Kind kind>
constexpr KindTraits traits_of() {
  if constexpr (kind == Kind::Null)
    return {"NULL", Carrier::I8};
  else if constexpr (kind == Kind::Boolean)
    return {"BOOLEAN", Carrier::I8};
  else if constexpr (kind == Kind::TinyInt)
    return {"TINYINT", Carrier::I8};
  else if constexpr (kind == Kind::SmallInt)
    return {"SMALLINT", Carrier::I16};
  else if constexpr (kind == Kind::Integer)
    return {"INT", Carrier::I32};
  else if constexpr (kind == Kind::BigInt)
    return {"BIGINT", Carrier::I64};
  else if constexpr (kind == Kind::Float)
    return {"FLOAT", Carrier::F32};
  else if constexpr (kind == Kind::Double)
    return {"DOUBLE", Carrier::F64};
  else if constexpr (kind == Kind::Decimal)
    return {"DECIMAL", Carrier::I128};
  else if constexpr (kind == Kind::String)
    return {"STRING", Carrier::String};
  else if constexpr (kind == Kind::Bytes)
    return {"BYTES", Carrier::String};
  else if constexpr (kind == Kind::Date)
    return {"DATE", Carrier::I32};
  else if constexpr (kind == Kind::Timestamp)
    return {"TIMESTAMP", Carrier::I64};
  else if constexpr (kind == Kind::TimestampLtz)
    return {"TIMESTAMP_LTZ", Carrier::I64};
  else if constexpr (kind == Kind::IntervalYearMonth)
    return {"INTERVAL YEAR TO MONTH", Carrier::I32};
  else
    return {"INTERVAL DAY TO SECOND", Carrier::I64};
}

KindTraits traits(Kind kind) {
  return dispatch(kind, []<Kind k>() { return traits_of<k>(); });
}

constexpr int kLongDecimalFrom = 19;  // digits that do not fit 64 bits

}  // namespace

bool Type::same_kind(const Type& other) const {
  return kind == other.kind && precision == other.precision && scale == other.scale;
}

Type null_type() { return {.kind = Kind::Null, .nullable = true}; }
Type boolean(bool nullable) { return simple(Kind::Boolean, nullable); }
Type integer_type(Kind kind, bool nullable) { return simple(kind, nullable); }
Type decimal(int precision, int scale, bool nullable) {
  WEIR_CHECK(precision >= 1 && precision <= 38 && scale >= 0 && scale <= precision, "a DECIMAL out of range");
  return {.kind = Kind::Decimal,
          .nullable = nullable,
          .precision = static_cast<uint8_t>(precision),
          .scale = static_cast<uint8_t>(scale)};
}
Type string(bool nullable) { return simple(Kind::String, nullable); }
Type simple(Kind kind, bool nullable) { return {.kind = kind, .nullable = nullable}; }
Type timestamp(int precision, bool nullable) {
  return {.kind = Kind::Timestamp, .nullable = nullable, .precision = static_cast<uint8_t>(precision)};
}
Type timestamp_ltz(int precision, bool nullable) {
  return {.kind = Kind::TimestampLtz, .nullable = nullable, .precision = static_cast<uint8_t>(precision)};
}
Type with_nullable(Type type, bool nullable) {
  type.nullable = nullable;
  return type;
}

bool is_integer(const Type& type) { return type.kind >= Kind::TinyInt && type.kind <= Kind::BigInt; }
bool is_exact_numeric(const Type& type) { return is_integer(type) || type.kind == Kind::Decimal; }
bool is_approximate(const Type& type) { return type.kind == Kind::Float || type.kind == Kind::Double; }
bool is_numeric(const Type& type) { return is_exact_numeric(type) || is_approximate(type); }
bool is_string(const Type& type) { return type.kind == Kind::String; }
bool is_timestamp(const Type& type) {
  return type.kind == Kind::Timestamp || type.kind == Kind::TimestampLtz;
}
bool is_interval(const Type& type) {
  return type.kind == Kind::IntervalYearMonth || type.kind == Kind::IntervalDayTime;
}

std::string to_string(const Type& type, bool with_nullability) {
  std::string text{traits(type.kind).name};
  if (type.kind == Kind::Decimal) text = fmt::format("DECIMAL({}, {})", type.precision, type.scale);
  if (is_timestamp(type)) text += fmt::format("({})", type.precision);
  if (type.kind == Kind::String && type.length != 0) text = fmt::format("VARCHAR({})", type.length);
  if (with_nullability && !type.nullable) text += " NOT NULL";
  return text;
}

Carrier carrier(const Type& type) {
  if (type.kind == Kind::Decimal && type.precision < kLongDecimalFrom) return Carrier::I64;
  return traits(type.kind).carrier;
}

}  // namespace weir::types
