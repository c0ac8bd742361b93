// CAST and TRY_CAST. Between numbers, BOOLEAN, DATE and TIMESTAMP the code is inline; the rest are C++ bodies of stdlib/,
// called by name:
//
//   To STRING, never failing:          StringRef weir_cast_<from>_to_string(Context*, T value …)
//     boolean (bool), bigint (int64_t; every integer type), float, double, bytes (StringRef), date (int32_t),
//     interval_day (int64_t µs), interval_year (int32_t months),
//     decimal (Int128 unscaled, int32_t scale), timestamp and timestamp_ltz (int64_t µs, int32_t precision)
//   From STRING:                       Status weir_cast_string_to_<to>(Context*, StringRef text …, T* result)
//     boolean, bigint (narrower ones are checked inline), float, double, date,
//     decimal (… , int32_t precision, int32_t scale, Int128*), timestamp and timestamp_ltz (…, int32_t precision, int64_t*)
//   DECIMAL, all unscaled Int128:
//     Status weir_cast_decimal_to_bigint(Context*, Int128, int32_t scale, int64_t*)     cuts towards zero
//     double weir_cast_decimal_to_double(Context*, Int128, int32_t scale)
//     Status weir_cast_double_to_decimal(Context*, double, int32_t precision, int32_t scale, Int128*)  rounds half up
//     Status weir_decimal_rescale(Context*, Int128, int32_t from_scale, int32_t precision, int32_t scale, Int128*)
//                                                                                       rounds half up, checks precision
//     Status weir_decimal_{add,subtract,multiply,divide,modulo}(Context*, Int128 a, int32_t a_scale, Int128 b,
//                                                int32_t b_scale, int32_t precision, int32_t scale, Int128* result)
//                                                                                       exact, rounded half up once
#pragma once

#include "compiler/codegen/emit_expression.h"

namespace weir::codegen {

// The operand's value as a value of the cast's type.
Value emit_cast(ExpressionScope& scope, const typed::Expression& cast, const Value& operand);
// From one type to another; `failing` is the expression that is blamed, `try_cast` gives NULL instead.
Value emit_conversion(ExpressionScope& scope, const Value& operand, const Type& from, const Type& to,
                      const typed::Expression& blamed, bool try_cast);

}  // namespace weir::codegen
