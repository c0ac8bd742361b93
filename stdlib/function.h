// How a SQL function is written: one annotated body, nothing elsewhere.
//
//   WEIR_FUNCTION("UPPER(STRING) -> STRING", "Upper case, by Unicode simple mapping.", "UPPER('aBc') = 'ABC'")
//   StringRef weir_fn_upper(Context* context, StringRef text) { … }
//
// Signature: NAME(TYPE, TYPE …) -> TYPE [flags]. TYPE is a SQL type: BOOLEAN, TINYINT, SMALLINT, INT, BIGINT, FLOAT, DOUBLE,
// STRING, BYTES, DATE, TIMESTAMP, TIMESTAMP_LTZ, INTERVAL_DAY, INTERVAL_YEAR, DECIMAL (any precision; travels as Int128),
// `$1` as a result: the type of the first argument. A trailing `...` repeats the last parameter.
// Flags: `nullable` (status form: may be NULL), `fails` (status form: may fail), `on_null` (called with NULLs: every
// parameter is then preceded by `bool <x>_is_null`), `volatile`, `types` (each DECIMAL or TIMESTAMP argument is followed by
// `int32_t precision, int32_t scale`).
//
// Calling convention: total functions return their value: T f(Context*, args…). In status form:
// Status f(Context*, args…, T* result). Carriers: BOOLEAN bool, TINYINT int8_t … BIGINT int64_t, DATE int32_t,
// TIMESTAMP* int64_t microseconds, INTERVAL_DAY int64_t microseconds, INTERVAL_YEAR int32_t months,
// STRING and BYTES StringRef (by value), DECIMAL Int128 unscaled. A bare NULL never reaches a function without `on_null`.
// Strings that a function makes are allocated from the context's arena.
//
// Aggregates: WEIR_AGGREGATE("SUM(BIGINT) -> BIGINT [flags]", doc, example) above the struct of the accumulator's
// state, see aggregates_basic.cpp: functions <symbol>_init(void* state), _update(Context*, void* state, StateMemory*, args…),
// _merge(void* into, StateMemory*, const void* from, const StateMemory*), _retract(same; only with flag `invertible`),
// _finish(Context*, const void* state, const StateMemory*, T* result) -> Status, (DECIMAL: …, int32_t precision, int32_t scale).
// The annotation sits on <symbol>_init and gives the size: `state=16`. NULL arguments are never passed to _update.
#pragma once

#include "runtime/abi/abi.h"
#include "runtime/abi/holes.h"

namespace weir::stdlib {

using abi::Context;
using abi::Int128;
using abi::StateMemory;
using abi::StringRef;

enum class Status : uint32_t { Null = 0, Value = 1, Overflow = 2, DivisionByZero = 3, CastFailed = 4, BadArgument = 5 };

}  // namespace weir::stdlib

#define WEIR_FUNCTION(signature, doc, example) \
  extern "C" __attribute__((used, annotate("weir.function\x1f" signature "\x1f" doc "\x1f" example)))
#define WEIR_AGGREGATE(signature, doc, example) \
  extern "C" __attribute__((used, annotate("weir.aggregate\x1f" signature "\x1f" doc "\x1f" example)))
