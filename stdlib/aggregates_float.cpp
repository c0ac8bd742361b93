// SUM and AVG of FLOAT and DOUBLE: the same bits for every order of rows. IEEE: NaN and infinities stay what they are.
#include "stdlib/binned_sum.h"
#include "stdlib/function.h"

using namespace weir::stdlib;

namespace {

template <typename T>
Status finish(const void* state, bool average, T* result) {
  const BinnedSum& sum = *static_cast<const BinnedSum*>(state);
  if (sum.count == 0) return Status::Null;
  *result = round_binned<T>(sum, average ? sum.count : 1);
  return Status::Value;
}

static_assert(sizeof(BinnedSum) == 64);

}  // namespace

#define WEIR_BINNED_STATE(name, T)                                                                   \
  extern "C" {                                                                                       \
  void weir_agg_sum_##name##_init(void* state) { *static_cast<BinnedSum*>(state) = BinnedSum{}; }    \
  void weir_agg_sum_##name##_update(Context*, void* state, StateMemory*, T value) {                  \
    static_cast<BinnedSum*>(state)->add(value);                                                      \
  }                                                                                                  \
  void weir_agg_sum_##name##_merge(void* into, StateMemory*, const void* from, const StateMemory*) { \
    static_cast<BinnedSum*>(into)->add(*static_cast<const BinnedSum*>(from));                        \
  }                                                                                                  \
  }
WEIR_BINNED_STATE(float, float)
WEIR_BINNED_STATE(double, double)

WEIR_AGGREGATE("SUM(FLOAT) -> FLOAT [state=64, align=16, nullable]",
               "The sum, rounded once; it does not depend on the order of rows.", "SUM(CAST(x AS FLOAT)) = 1")
Status weir_agg_sum_float_finish(Context*, const void* state, const StateMemory*, float* result) {
  return finish(state, false, result);
}

WEIR_AGGREGATE("SUM(DOUBLE) -> DOUBLE [state=64, align=16, nullable]",
               "The sum, rounded once; it does not depend on the order of rows.", "SUM(x) = 1")
Status weir_agg_sum_double_finish(Context*, const void* state, const StateMemory*, double* result) {
  return finish(state, false, result);
}

WEIR_AGGREGATE("AVG(FLOAT) -> FLOAT [state=64, align=16, nullable, state_of=weir_agg_sum_float]",
               "The average, rounded once; it does not depend on the order of rows.",
               "AVG(CAST(x * 3 AS FLOAT)) = 1")
Status weir_agg_avg_float_finish(Context*, const void* state, const StateMemory*, float* result) {
  return finish(state, true, result);
}

WEIR_AGGREGATE("AVG(DOUBLE) -> DOUBLE [state=64, align=16, nullable, state_of=weir_agg_sum_double]",
               "The average, rounded once; it does not depend on the order of rows.", "AVG(x * 3) = 1")
Status weir_agg_avg_double_finish(Context*, const void* state, const StateMemory*, double* result) {
  return finish(state, true, result);
}
