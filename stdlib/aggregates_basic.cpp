// COUNT, SUM and AVG of exact numbers. All states are sums, so order does not matter and every one can be taken back.
#include "stdlib/exact_sum.h"
#include "stdlib/function.h"

using namespace weir::stdlib;

namespace {

constexpr int kAverageScale = 6;  // AVG of DECIMAL(p, s) is DECIMAL(38, max(s, 6))

template <typename T>
bool fits(Int128 value) {
  return value == static_cast<T>(value);
}

template <typename T>
Status finish_sum(const NarrowSum& sum, T* result) {
  if (sum.count == 0) return Status::Null;
  if (!fits<T>(sum.total())) return Status::Overflow;
  *result = static_cast<T>(sum.total());
  return Status::Value;
}

template <typename T>
Status finish_average(const NarrowSum& sum, T* result) {
  if (sum.count == 0) return Status::Null;
  *result = static_cast<T>(sum.total() / sum.count);
  return Status::Value;
}

template <typename Sum>
Status finish_decimal_average(const Sum& sum, int32_t scale, Int128* result) {
  if (sum.count == 0) return Status::Null;
  const int digits = scale < kAverageScale ? kAverageScale - scale : 0;
  return average(sum, digits, result) ? Status::Value : Status::Overflow;
}

}  // namespace

// ---- COUNT -------------------------------------------------------------------------------------

extern "C" {
void weir_agg_count_init(void* state) { *static_cast<int64_t*>(state) = 0; }
void weir_agg_count_update(Context*, void* state, StateMemory*) { ++*static_cast<int64_t*>(state); }
void weir_agg_count_merge(void* into, StateMemory*, const void* from, const StateMemory*) {
  *static_cast<int64_t*>(into) += *static_cast<const int64_t*>(from);
}
void weir_agg_count_retract(void* into, StateMemory*, const void* from, const StateMemory*) {
  *static_cast<int64_t*>(into) -= *static_cast<const int64_t*>(from);
}
}

WEIR_AGGREGATE("COUNT() -> BIGINT [state=8, invertible]", "`COUNT(*)`: the number of rows.", "COUNT(*) = 4")
Status weir_agg_count_finish(Context*, const void* state, const StateMemory*, int64_t* result) {
  *result = *static_cast<const int64_t*>(state);
  return Status::Value;
}

WEIR_AGGREGATE("COUNT(ANY) -> BIGINT [state=8, invertible, state_of=weir_agg_count]",
               "The number of values that are not NULL.", "COUNT(i) = 3")
Status weir_agg_count_any_finish(Context*, const void* state, const StateMemory*, int64_t* result) {
  *result = *static_cast<const int64_t*>(state);
  return Status::Value;
}

// ---- SUM and AVG of integers -------------------------------------------------------------------

#define WEIR_NARROW_STATE(name, Value)                                                                 \
  extern "C" {                                                                                         \
  void weir_agg_sum_##name##_init(void* state) { *static_cast<NarrowSum*>(state) = NarrowSum{}; }      \
  void weir_agg_sum_##name##_update(Context*, void* state, StateMemory*, Value value) {                \
    static_cast<NarrowSum*>(state)->add(value, 1);                                                     \
  }                                                                                                    \
  void weir_agg_sum_##name##_merge(void* into, StateMemory*, const void* from, const StateMemory*) {   \
    static_cast<NarrowSum*>(into)->add(*static_cast<const NarrowSum*>(from));                          \
  }                                                                                                    \
  void weir_agg_sum_##name##_retract(void* into, StateMemory*, const void* from, const StateMemory*) { \
    static_cast<NarrowSum*>(into)->subtract(*static_cast<const NarrowSum*>(from));                     \
  }                                                                                                    \
  }

#define WEIR_INTEGER_SUM(name, SQL, Value)                                                               \
  WEIR_NARROW_STATE(name, Value)                                                                         \
  WEIR_AGGREGATE("SUM(" SQL ") -> " SQL " [state=24, invertible, fails, nullable]",                      \
                 "The sum, of the type of its argument; fails if it does not fit.", "SUM(i) = 6")        \
  Status weir_agg_sum_##name##_finish(Context*, const void* state, const StateMemory*, Value* result) {  \
    return finish_sum(*static_cast<const NarrowSum*>(state), result);                                    \
  }                                                                                                      \
  WEIR_AGGREGATE("AVG(" SQL ") -> " SQL " [state=24, invertible, nullable, state_of=weir_agg_sum_" #name \
                 "]",                                                                                    \
                 "The average; of integers an integer, truncated toward zero.", "AVG(i) = 2")            \
  Status weir_agg_avg_##name##_finish(Context*, const void* state, const StateMemory*, Value* result) {  \
    return finish_average(*static_cast<const NarrowSum*>(state), result);                                \
  }

WEIR_INTEGER_SUM(tinyint, "TINYINT", int8_t)
WEIR_INTEGER_SUM(smallint, "SMALLINT", int16_t)
WEIR_INTEGER_SUM(int, "INT", int32_t)
WEIR_INTEGER_SUM(bigint, "BIGINT", int64_t)

// ---- SUM and AVG of DECIMAL --------------------------------------------------------------------

WEIR_NARROW_STATE(decimal64, int64_t)

WEIR_AGGREGATE("SUM(DECIMAL64) -> sum_decimal [state=24, invertible, fails, nullable]",
               "The exact sum of DECIMAL(p, s), a DECIMAL(38, s).", "SUM(d) = 3.25")
Status weir_agg_sum_decimal64_finish(Context*, const void* state, const StateMemory*, Int128* result) {
  const NarrowSum& sum = *static_cast<const NarrowSum*>(state);
  if (sum.count == 0) return Status::Null;
  *result = sum.total();
  return weir::abi::decimal::fits(*result, weir::abi::decimal::kMaxPrecision) ? Status::Value
                                                                              : Status::Overflow;
}

WEIR_AGGREGATE(
    "AVG(DECIMAL64) -> avg_decimal [state=24, invertible, fails, nullable, types, "
    "state_of=weir_agg_sum_decimal64]",
    "The average of DECIMAL(p, s), a DECIMAL(38, max(s, 6)), rounded half up.", "AVG(d) = 1.083333")
Status weir_agg_avg_decimal64_finish(Context*, const void* state, const StateMemory*, int32_t, int32_t scale,
                                     Int128* result) {
  return finish_decimal_average(*static_cast<const NarrowSum*>(state), scale, result);
}

extern "C" {
void weir_agg_sum_decimal_init(void* state) { *static_cast<WideSum*>(state) = WideSum{}; }
void weir_agg_sum_decimal_update(Context*, void* state, StateMemory*, Int128 value) {
  static_cast<WideSum*>(state)->add(value);
}
void weir_agg_sum_decimal_merge(void* into, StateMemory*, const void* from, const StateMemory*) {
  static_cast<WideSum*>(into)->add(*static_cast<const WideSum*>(from));
}
void weir_agg_sum_decimal_retract(void* into, StateMemory*, const void* from, const StateMemory*) {
  static_cast<WideSum*>(into)->subtract(*static_cast<const WideSum*>(from));
}
}

WEIR_AGGREGATE("SUM(DECIMAL) -> sum_decimal [state=32, invertible, fails, nullable]",
               "The exact sum of DECIMAL(p, s), a DECIMAL(38, s); fails if it does not fit.", "SUM(d) = 3.25")
Status weir_agg_sum_decimal_finish(Context*, const void* state, const StateMemory*, Int128* result) {
  const WideSum& sum = *static_cast<const WideSum*>(state);
  if (sum.count == 0) return Status::Null;
  const bool fine = sum.total(result) && weir::abi::decimal::fits(*result, weir::abi::decimal::kMaxPrecision);
  return fine ? Status::Value : Status::Overflow;
}

WEIR_AGGREGATE(
    "AVG(DECIMAL) -> avg_decimal [state=32, invertible, fails, nullable, types, "
    "state_of=weir_agg_sum_decimal]",
    "The average of DECIMAL(p, s), a DECIMAL(38, max(s, 6)), rounded half up.", "AVG(d) = 1.083333")
Status weir_agg_avg_decimal_finish(Context*, const void* state, const StateMemory*, int32_t, int32_t scale,
                                   Int128* result) {
  return finish_decimal_average(*static_cast<const WideSum*>(state), scale, result);
}
