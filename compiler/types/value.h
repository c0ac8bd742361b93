// Typed constants.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "compiler/types/type.h"

namespace weir::types {

using Int128 = __int128;

// NULL, BOOLEAN, integers and everything with an integer carrier (DECIMAL unscaled, DATE days,
// TIMESTAMP microseconds, INTERVAL), FLOAT and DOUBLE, STRING and BYTES.
struct Value {
  Type type;
  std::variant<std::monostate, Int128, double, std::string> data;

  bool is_null() const { return std::holds_alternative<std::monostate>(data); }
  friend bool operator==(const Value&, const Value&) = default;
};

// As SQL text that parses back: `'it''s'`, `12.50`, `TIMESTAMP '2026-01-01 00:00:00'`.
std::string to_sql(const Value& value);
std::string to_string(Int128 number);

}  // namespace weir::types
