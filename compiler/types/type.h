// SQL types. `dispatch` is the only place that may switch over all kinds.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "compiler/diagnostics/check.h"

namespace weir::types {

enum class Kind : uint8_t {
  Null,  // the type of a bare NULL; coerces to anything
  Boolean,
  TinyInt,
  SmallInt,
  Integer,
  BigInt,
  Float,
  Double,
  Decimal,  // precision 1…38, scale 0…precision
  String,   // CHAR(n), VARCHAR(n), STRING; length 0 = unbounded; enforced by CAST only
  Bytes,
  Date,               // days since 1970-01-01
  Timestamp,          // precision 0…6, microseconds since the epoch of a zone-less calendar
  TimestampLtz,       // precision 0…6, microseconds since 1970-01-01 UTC
  IntervalYearMonth,  // months
  IntervalDayTime,    // microseconds
};

struct Type {
  Kind kind = Kind::Null;
  bool nullable = true;
  uint8_t precision = 0;  // Decimal, Timestamp, TimestampLtz
  uint8_t scale = 0;      // Decimal
  uint32_t length = 0;    // String, as declared; 0 = unbounded

  // Equal but for nullability and string length.
  bool same_kind(const Type& other) const;
  friend bool operator==(const Type&, const Type&) = default;
};

Type null_type();
Type boolean(bool nullable = true);
Type integer_type(Kind kind, bool nullable = true);
Type decimal(int precision, int scale, bool nullable = true);
Type string(bool nullable = true);
Type simple(Kind kind, bool nullable = true);
Type timestamp(int precision, bool nullable = true);
Type timestamp_ltz(int precision, bool nullable = true);
Type with_nullable(Type type, bool nullable);

bool is_integer(const Type& type);        // TINYINT … BIGINT
bool is_exact_numeric(const Type& type);  // integers and DECIMAL
bool is_approximate(const Type& type);    // FLOAT, DOUBLE
bool is_numeric(const Type& type);
bool is_string(const Type& type);
bool is_timestamp(const Type& type);  // TIMESTAMP or TIMESTAMP_LTZ
bool is_interval(const Type& type);

// As SQL writes it: "DECIMAL(10, 2)", "TIMESTAMP(3)", "STRING", "BIGINT NOT NULL" (with_nullability).
std::string to_string(const Type& type, bool with_nullability = false);

// How a value of the type travels in rows and registers.
//   Boolean, TinyInt: I8; SmallInt: I16; Integer, Date, IntervalYearMonth: I32;
//   BigInt, Timestamp*, IntervalDayTime, Decimal to 18 digits: I64; Decimal from 19 digits: I128;
//   String, Bytes: String (runtime/abi StringRef)
// The numbering is that of weir::abi::Carrier.
enum class Carrier : uint8_t { I8, I16, I32, I64, I128, F32, F64, String };
Carrier carrier(const Type& type);

// Calls f.template operator()<Kind>() for the kind of the type.
template <typename F>
decltype(auto) dispatch(Kind kind, F&& f) {
  switch (kind) {
    case Kind::Null: return f.template operator()<Kind::Null>();
    case Kind::Boolean: return f.template operator()<Kind::Boolean>();
    case Kind::TinyInt: return f.template operator()<Kind::TinyInt>();
    case Kind::SmallInt: return f.template operator()<Kind::SmallInt>();
    case Kind::Integer: return f.template operator()<Kind::Integer>();
    case Kind::BigInt: return f.template operator()<Kind::BigInt>();
    case Kind::Float: return f.template operator()<Kind::Float>();
    case Kind::Double: return f.template operator()<Kind::Double>();
    case Kind::Decimal: return f.template operator()<Kind::Decimal>();
    case Kind::String: return f.template operator()<Kind::String>();
    case Kind::Bytes: return f.template operator()<Kind::Bytes>();
    case Kind::Date: return f.template operator()<Kind::Date>();
    case Kind::Timestamp: return f.template operator()<Kind::Timestamp>();
    case Kind::TimestampLtz: return f.template operator()<Kind::TimestampLtz>();
    case Kind::IntervalYearMonth: return f.template operator()<Kind::IntervalYearMonth>();
    case Kind::IntervalDayTime: return f.template operator()<Kind::IntervalDayTime>();
  }
  diagnostics::internal_error(__FILE__, __LINE__, "a type kind out of range");
}

}  // namespace weir::types
