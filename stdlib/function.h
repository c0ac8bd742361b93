// How a SQL function is written: one annotated body, nothing elsewhere. The compiler's catalogue, docs/functions.md and the
// test of every example are read from these annotations in the bitcode (compiler/catalog/functions.h).
//
//   WEIR_FUNCTION("CHAR_LENGTH(STRING) -> INT", "The number of characters.", "CHAR_LENGTH('Größe') = 5")
//   int32_t weir_fn_char_length(Context* context, StringRef text) { … }
//
// Signature: NAME(TYPE, TYPE …) -> RESULT [flag, flag …]. Overloads stand in order of preference: of those that fit, the
// first wins. TYPE is BOOLEAN, TINYINT, SMALLINT, INT, BIGINT, FLOAT, DOUBLE, STRING, BYTES, DATE, TIMESTAMP, TIMESTAMP_LTZ
// (any precision), INTERVAL_DAY, INTERVAL_YEAR, DECIMAL (any precision; travels as Int128), DECIMAL64 (at most 18 digits;
// travels as int64_t), ANY (any type; the value is not passed). A trailing `...` repeats the last parameter, zero times too.
// RESULT is a TYPE with its precision where it has one (`DECIMAL(38, 2)`, `TIMESTAMP(3)`), `$1` (the type of the first
// argument), or the name of a rule that the analysis knows: sum_decimal, avg_decimal, round_decimal, integral_decimal,
// mod_decimal.
// Flags:
//   nullable  status form: may be NULL although no argument is
//   fails     status form: may fail
//   on_null   called with NULLs too: each argument is preceded by `bool <name>_is_null`
//   volatile  may differ from call to call
//   types     each DECIMAL or TIMESTAMP* argument is followed by `int32_t precision, int32_t scale`; where the result is a
//             DECIMAL, the last parameters (before `result`) are its precision and scale
//   zone      the last parameter (before those of the result) is `int64_t zone_offset_us` of table.local-time-zone
//
// Calling convention: a total function returns its value: T f(Context*, args…). In status form:
// Status f(Context*, args…, T* result); `result` is set only with Status::Value. A repeated parameter is passed as
// `const T* values, uint32_t count` (with on_null: `const T* values, const bool* is_null, uint32_t count`).
// Carriers: BOOLEAN bool, TINYINT int8_t … BIGINT int64_t, DATE int32_t days, TIMESTAMP* int64_t microseconds, INTERVAL_DAY
// int64_t microseconds, INTERVAL_YEAR int32_t months, STRING and BYTES StringRef (by value), DECIMAL Int128 unscaled.
// Without on_null a NULL argument gives NULL and the function is not called.
// Strings that a function makes are allocated from the context's arena; it may return (parts of) its arguments.
//
// Aggregates: WEIR_AGGREGATE("SUM(BIGINT) -> BIGINT [flags]", doc, example) above the function <symbol>_finish; beside it
//   void <symbol>_init(void* state)
//   void <symbol>_update(Context*, void* state, StateMemory*, args…)       NULL arguments are never passed
//   void <symbol>_merge(void* into, StateMemory*, const void* from, const StateMemory*)
//   void <symbol>_retract(as _merge)                                       only with the flag `invertible`: exactly undoes
//   Status <symbol>_finish(Context*, const void* state, const StateMemory*, T* result)
// Flags: `state=BYTES` (at most 16-byte aligned; `align=16` where more than 8), `invertible`, `fails` (finish may), `nullable`
// (finish may give NULL), `types` (the first argument's `int32_t precision, int32_t scale` precede `result` in _finish),
// `state_of=SYMBOL`: init, update, merge and retract are those of another aggregate, and calls with equal arguments may
// share one state. No result depends on the order of updates and merges.
//
// An example is an expression that is true. In the examples of aggregates the input is three rows and a row of NULLs:
// b = TRUE, FALSE, TRUE; i = 3, 1, 2; d = 1.50, -0.25, 2.00 (DECIMAL(10, 2)); x = 0.5, 1.5, -1.0 (DOUBLE); s = 'b', 'a', 'c'.
#pragma once

#include "runtime/abi/abi.h"
#include "runtime/abi/holes.h"

namespace weir::stdlib {

using abi::Context;
using abi::Int128;
using abi::StateMemory;
using abi::StringRef;

enum class Status : uint32_t {
  Null = 0,
  Value = 1,
  Overflow = 2,
  DivisionByZero = 3,
  CastFailed = 4,
  BadArgument = 5
};

}  // namespace weir::stdlib

#define WEIR_FUNCTION(signature, doc, example) \
  extern "C" __attribute__((annotate("weir.function\n" signature "\n" doc "\n" example)))
#define WEIR_AGGREGATE(signature, doc, example) \
  extern "C" __attribute__((annotate("weir.aggregate\n" signature "\n" doc "\n" example)))
