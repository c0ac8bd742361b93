// MIN and MAX. NaN is the greatest value and equal to itself; −0 and 0 are one value and come out as 0, NaN as one NaN, so
// that the order of rows cannot be seen in the bits of a result.
#include <bit>
#include <cstring>
#include <limits>

#include "stdlib/function.h"

using namespace weir::stdlib;

namespace {

template <typename T>
struct Extreme {
  T value;
  bool present;
};

template <typename T>
T canonical(T value) {
  if constexpr (std::numeric_limits<T>::is_iec559) {
    if (value != value) return std::numeric_limits<T>::quiet_NaN();
    return value == 0 ? T{0} : value;
  } else {
    return value;
  }
}

template <typename T>
bool less(T a, T b) {
  if constexpr (std::numeric_limits<T>::is_iec559) {
    if (a != a) return false;
    if (b != b) return true;
  }
  return a < b;
}

template <typename T, bool Greatest>
void take(Extreme<T>* state, T value) {
  value = canonical(value);
  const bool better = Greatest ? less(state->value, value) : less(value, state->value);
  if (!state->present || better) state->value = value;
  state->present = true;
}

template <typename T, bool Greatest>
void merge(void* into, const void* from) {
  const auto* other = static_cast<const Extreme<T>*>(from);
  if (other->present) take<T, Greatest>(static_cast<Extreme<T>*>(into), other->value);
}

template <typename T>
Status finish(const void* state, T* result) {
  const auto* extreme = static_cast<const Extreme<T>*>(state);
  if (!extreme->present) return Status::Null;
  *result = extreme->value;
  return Status::Value;
}

// Bytes in the state's memory; a longer value takes a new place there.
struct ExtremeBytes {
  uint64_t offset;  // 0: no value yet
  uint64_t size;
  uint64_t capacity;

  StringRef view(const StateMemory* memory) const { return {memory->base + offset, size}; }
};

int compare_bytes(StringRef a, StringRef b) {
  const uint64_t common = a.size < b.size ? a.size : b.size;
  const int order = common == 0 ? 0 : std::memcmp(a.data, b.data, common);
  return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

// `value` does not lie in `memory`.
template <bool Greatest>
void take(ExtremeBytes* state, StateMemory* memory, StringRef value) {
  if (state->offset != 0) {
    const int order = compare_bytes(value, state->view(memory));
    if (Greatest ? order <= 0 : order >= 0) return;
  }
  if (state->offset == 0 || value.size > state->capacity) {
    const uint64_t capacity = (value.size + value.size / 2 + 16) / 16 * 16;
    state->offset = weir_state_allocate(memory, capacity);
    state->capacity = capacity;
  }
  state->size = value.size;
  if (value.size != 0) std::memcpy(memory->base + state->offset, value.data, value.size);
}

template <bool Greatest>
void merge_bytes(void* into, StateMemory* memory, const void* from, const StateMemory* from_memory) {
  const auto* other = static_cast<const ExtremeBytes*>(from);
  if (other->offset != 0) take<Greatest>(static_cast<ExtremeBytes*>(into), memory, other->view(from_memory));
}

Status finish_bytes(const void* state, const StateMemory* memory, StringRef* result) {
  const auto* extreme = static_cast<const ExtremeBytes*>(state);
  if (extreme->offset == 0) return Status::Null;
  *result = extreme->view(memory);
  return Status::Value;
}

}  // namespace

#define WEIR_EXTREME(function, FUNCTION, greatest, doc, name, SQL, T, state_flags, example)                  \
  extern "C" {                                                                                               \
  void weir_agg_##function##_##name##_init(void* state) { *static_cast<Extreme<T>*>(state) = {}; }           \
  void weir_agg_##function##_##name##_update(Context*, void* state, StateMemory*, T value) {                 \
    take<T, greatest>(static_cast<Extreme<T>*>(state), value);                                               \
  }                                                                                                          \
  void weir_agg_##function##_##name##_merge(void* into, StateMemory*, const void* from,                      \
                                            const StateMemory*) {                                            \
    merge<T, greatest>(into, from);                                                                          \
  }                                                                                                          \
  }                                                                                                          \
  WEIR_AGGREGATE(FUNCTION "(" SQL ") -> $1 [" state_flags ", nullable]", doc, example)                       \
  Status weir_agg_##function##_##name##_finish(Context*, const void* state, const StateMemory*, T* result) { \
    return finish(state, result);                                                                            \
  }
#define WEIR_EXTREMES(name, SQL, T, state_flags, min_example, max_example)                                  \
  static_assert(sizeof(Extreme<T>) <= 32);                                                                  \
  WEIR_EXTREME(min, "MIN", false, "The least value.", name, SQL, T, state_flags, min_example)               \
  WEIR_EXTREME(max, "MAX", true, "The greatest value; NaN is greater than all.", name, SQL, T, state_flags, \
               max_example)

WEIR_EXTREMES(tinyint, "TINYINT", int8_t, "state=8", "MIN(CAST(i AS TINYINT)) = 1",
              "MAX(CAST(i AS TINYINT)) = 3")
WEIR_EXTREMES(smallint, "SMALLINT", int16_t, "state=8", "MIN(CAST(i AS SMALLINT)) = 1",
              "MAX(CAST(i AS SMALLINT)) = 3")
WEIR_EXTREMES(int, "INT", int32_t, "state=8", "MIN(i) = 1", "MAX(i) = 3")
WEIR_EXTREMES(bigint, "BIGINT", int64_t, "state=16", "MIN(CAST(i AS BIGINT)) = 1",
              "MAX(CAST(i AS BIGINT)) = 3")
WEIR_EXTREMES(float, "FLOAT", float, "state=8", "MIN(CAST(x AS FLOAT)) = -1", "MAX(CAST(x AS FLOAT)) = 1.5")
WEIR_EXTREMES(double, "DOUBLE", double, "state=16", "MIN(x) = -1", "MAX(x) = 1.5")
WEIR_EXTREMES(decimal64, "DECIMAL64", int64_t, "state=16", "MIN(d) = -0.25", "MAX(d) = 2")
WEIR_EXTREMES(decimal, "DECIMAL", Int128, "state=32, align=16", "MIN(CAST(d AS DECIMAL(38, 2))) = -0.25",
              "MAX(CAST(d AS DECIMAL(38, 2))) = 2")
WEIR_EXTREMES(boolean, "BOOLEAN", bool, "state=8", "MIN(b) = FALSE", "MAX(b) = TRUE")
WEIR_EXTREMES(date, "DATE", int32_t, "state=8", "MIN(DATE '2026-01-01') = DATE '2026-01-01'",
              "MAX(DATE '2026-01-01') = DATE '2026-01-01'")
WEIR_EXTREMES(timestamp, "TIMESTAMP", int64_t, "state=16",
              "MIN(TIMESTAMP '2026-01-01 00:00:00') = TIMESTAMP '2026-01-01 00:00:00'",
              "MAX(TIMESTAMP '2026-01-01 00:00:00') = TIMESTAMP '2026-01-01 00:00:00'")
WEIR_EXTREMES(timestamp_ltz, "TIMESTAMP_LTZ", int64_t, "state=16",
              "MIN(TO_TIMESTAMP_LTZ(CAST(i AS BIGINT), 3)) = TO_TIMESTAMP_LTZ(1, 3)",
              "MAX(TO_TIMESTAMP_LTZ(CAST(i AS BIGINT), 3)) = TO_TIMESTAMP_LTZ(3, 3)")
WEIR_EXTREMES(interval_day, "INTERVAL_DAY", int64_t, "state=16", "MIN(INTERVAL '1' DAY) = INTERVAL '1' DAY",
              "MAX(INTERVAL '1' DAY) = INTERVAL '1' DAY")
WEIR_EXTREMES(interval_year, "INTERVAL_YEAR", int32_t, "state=8",
              "MIN(INTERVAL '1' YEAR) = INTERVAL '1' YEAR", "MAX(INTERVAL '1' YEAR) = INTERVAL '1' YEAR")

#define WEIR_EXTREME_BYTES(function, FUNCTION, greatest, doc, name, SQL, example)                           \
  extern "C" {                                                                                              \
  void weir_agg_##function##_##name##_init(void* state) { *static_cast<ExtremeBytes*>(state) = {}; }        \
  void weir_agg_##function##_##name##_update(Context*, void* state, StateMemory* memory, StringRef value) { \
    take<greatest>(static_cast<ExtremeBytes*>(state), memory, value);                                       \
  }                                                                                                         \
  void weir_agg_##function##_##name##_merge(void* into, StateMemory* memory, const void* from,              \
                                            const StateMemory* from_memory) {                               \
    merge_bytes<greatest>(into, memory, from, from_memory);                                                 \
  }                                                                                                         \
  }                                                                                                         \
  WEIR_AGGREGATE(FUNCTION "(" SQL ") -> $1 [state=24, nullable]", doc, example)                             \
  Status weir_agg_##function##_##name##_finish(Context*, const void* state, const StateMemory* memory,      \
                                               StringRef* result) {                                         \
    return finish_bytes(state, memory, result);                                                             \
  }

WEIR_EXTREME_BYTES(min, "MIN", false, "The least value, bytewise.", string, "STRING", "MIN(s) = 'a'")
WEIR_EXTREME_BYTES(max, "MAX", true, "The greatest value, bytewise.", string, "STRING", "MAX(s) = 'c'")
WEIR_EXTREME_BYTES(min, "MIN", false, "The least value, bytewise.", bytes, "BYTES",
                   "CAST(MIN(CAST(s AS BYTES)) AS STRING) = 'a'")
WEIR_EXTREME_BYTES(max, "MAX", true, "The greatest value, bytewise.", bytes, "BYTES",
                   "CAST(MAX(CAST(s AS BYTES)) AS STRING) = 'c'")
