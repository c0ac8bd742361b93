// Which type becomes which: the common type of branches, what an assignment converts by itself, what CAST can do.
#pragma once

#include <optional>

#include "compiler/types/type.h"

namespace weir::types {

// The type of CASE branches, UNION ALL columns, IN lists: the least one that holds both. Nullable if one of them is.
std::optional<Type> common_type(const Type& a, const Type& b);

enum class CastSupport : uint8_t {
  None,
  Total,    // never fails
  MayFail,  // range, format
};
// CAST(from AS to) as written by the user.
CastSupport explicit_cast(const Type& from, const Type& to);

// Conversions that need no CAST: of arguments to parameters. They lose no information but digits of FLOAT and DOUBLE.
bool implicit_cast(const Type& from, const Type& to);

// Conversions that INSERT makes by itself, those of Flink: the implicit ones, any number to DECIMAL, times to DATE. Digits that
// DECIMAL does not keep are rounded; what does not fit fails at run time.
bool assignable(const Type& from, const Type& to);

}  // namespace weir::types
