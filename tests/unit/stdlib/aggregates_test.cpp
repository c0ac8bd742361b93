#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "runtime/abi/decimal.h"
#include "stdlib/exact_sum.h"
#include "tests/unit/stdlib/test_context.h"

extern "C" {
using weir::stdlib::Status;
#define DECLARE_AGGREGATE(name, T)                                 \
  void weir_agg_##name##_init(void*);                              \
  void weir_agg_##name##_update(Context*, void*, StateMemory*, T); \
  void weir_agg_##name##_merge(void*, StateMemory*, const void*, const StateMemory*);
DECLARE_AGGREGATE(sum_tinyint, int8_t)
DECLARE_AGGREGATE(sum_bigint, int64_t)
DECLARE_AGGREGATE(sum_decimal64, int64_t)
DECLARE_AGGREGATE(sum_decimal, weir::abi::Int128)
DECLARE_AGGREGATE(min_double, double)
DECLARE_AGGREGATE(max_double, double)
DECLARE_AGGREGATE(min_string, weir::abi::StringRef)
DECLARE_AGGREGATE(max_string, weir::abi::StringRef)
void weir_agg_sum_decimal_retract(void*, StateMemory*, const void*, const StateMemory*);
void weir_agg_sum_bigint_retract(void*, StateMemory*, const void*, const StateMemory*);
Status weir_agg_sum_tinyint_finish(Context*, const void*, const StateMemory*, int8_t*);
Status weir_agg_sum_bigint_finish(Context*, const void*, const StateMemory*, int64_t*);
Status weir_agg_avg_bigint_finish(Context*, const void*, const StateMemory*, int64_t*);
Status weir_agg_sum_decimal64_finish(Context*, const void*, const StateMemory*, weir::abi::Int128*);
Status weir_agg_sum_decimal_finish(Context*, const void*, const StateMemory*, weir::abi::Int128*);
Status weir_agg_avg_decimal64_finish(Context*, const void*, const StateMemory*, int32_t, int32_t,
                                     weir::abi::Int128*);
Status weir_agg_avg_decimal_finish(Context*, const void*, const StateMemory*, int32_t, int32_t,
                                   weir::abi::Int128*);
Status weir_agg_min_double_finish(Context*, const void*, const StateMemory*, double*);
Status weir_agg_max_double_finish(Context*, const void*, const StateMemory*, double*);
Status weir_agg_min_string_finish(Context*, const void*, const StateMemory*, weir::abi::StringRef*);
Status weir_agg_max_string_finish(Context*, const void*, const StateMemory*, weir::abi::StringRef*);
}

namespace weir::stdlib {
namespace {

using abi::decimal::kPowersOfTen;

struct alignas(16) State {
  char bytes[64] = {};
  operator void*() { return bytes; }
  operator const void*() const { return bytes; }
};

TEST(Aggregates, IntegerSumsCheckTheirTypeAtTheEndOnly) {
  State state;
  weir_agg_sum_tinyint_init(state);
  int8_t result = 0;
  EXPECT_EQ(weir_agg_sum_tinyint_finish(nullptr, state, nullptr, &result), Status::Null);
  for (const int8_t value : {100, 100, -120}) weir_agg_sum_tinyint_update(nullptr, state, nullptr, value);
  EXPECT_EQ(weir_agg_sum_tinyint_finish(nullptr, state, nullptr, &result), Status::Value);
  EXPECT_EQ(result, 80);
  weir_agg_sum_tinyint_update(nullptr, state, nullptr, 48);
  EXPECT_EQ(weir_agg_sum_tinyint_finish(nullptr, state, nullptr, &result), Status::Overflow);
}

TEST(Aggregates, BigintSumsAndAverages) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max(), kMin = std::numeric_limits<int64_t>::min();
  State state, other;
  weir_agg_sum_bigint_init(state);
  weir_agg_sum_bigint_init(other);
  for (const int64_t value : {kMax, kMax, kMin}) weir_agg_sum_bigint_update(nullptr, state, nullptr, value);
  for (const int64_t value : {kMin, int64_t{5}}) weir_agg_sum_bigint_update(nullptr, other, nullptr, value);
  weir_agg_sum_bigint_merge(state, nullptr, other, nullptr);
  int64_t result = 0;
  EXPECT_EQ(weir_agg_sum_bigint_finish(nullptr, state, nullptr, &result), Status::Value);
  EXPECT_EQ(result, 3);
  EXPECT_EQ(weir_agg_avg_bigint_finish(nullptr, state, nullptr, &result), Status::Value);
  EXPECT_EQ(result, 0);
  weir_agg_sum_bigint_retract(state, nullptr, other, nullptr);
  EXPECT_EQ(weir_agg_sum_bigint_finish(nullptr, state, nullptr, &result), Status::Value);
  EXPECT_EQ(result, kMax - 1);
  EXPECT_EQ(weir_agg_avg_bigint_finish(nullptr, state, nullptr, &result), Status::Value);
  EXPECT_EQ(result, (kMax - 1) / 3);
}

TEST(Aggregates, AveragesOfIntegersAreCutTowardsZero) {
  State state;
  weir_agg_sum_bigint_init(state);
  for (const int64_t value : {-1, -2, -2}) weir_agg_sum_bigint_update(nullptr, state, nullptr, value);
  int64_t result = 0;
  EXPECT_EQ(weir_agg_avg_bigint_finish(nullptr, state, nullptr, &result), Status::Value);
  EXPECT_EQ(result, -1);
}

TEST(Aggregates, DecimalAveragesRoundHalfUp) {
  State state;
  weir_agg_sum_decimal64_init(state);
  for (const int64_t value : {100, 100, 101}) weir_agg_sum_decimal64_update(nullptr, state, nullptr, value);
  Int128 result = 0;
  EXPECT_EQ(weir_agg_avg_decimal64_finish(nullptr, state, nullptr, 10, 2, &result), Status::Value);
  EXPECT_EQ(result, 1'003'333);
  EXPECT_EQ(weir_agg_avg_decimal64_finish(nullptr, state, nullptr, 10, 8, &result), Status::Value);
  EXPECT_EQ(result, 100);
  weir_agg_sum_decimal64_update(nullptr, state, nullptr, -305);
  weir_agg_sum_decimal64_update(nullptr, state, nullptr, -1);
  weir_agg_sum_decimal64_update(nullptr, state, nullptr, 2);
  EXPECT_EQ(weir_agg_avg_decimal64_finish(nullptr, state, nullptr, 10, 8, &result), Status::Value);
  EXPECT_EQ(result, -1);  // −3 / 6
}

// Sums of 38-digit numbers leave 128 bits and come back.
TEST(Aggregates, WideDecimalSumsHoldMoreThan128Bits) {
  const Int128 largest = kPowersOfTen[38] - 1;
  State state, negative;
  weir_agg_sum_decimal_init(state);
  weir_agg_sum_decimal_init(negative);
  for (int i = 0; i < 1000; ++i) weir_agg_sum_decimal_update(nullptr, state, nullptr, largest);
  for (int i = 0; i < 999; ++i) weir_agg_sum_decimal_update(nullptr, negative, nullptr, -largest);
  Int128 result = 0;
  EXPECT_EQ(weir_agg_sum_decimal_finish(nullptr, state, nullptr, &result), Status::Overflow);
  EXPECT_EQ(weir_agg_sum_decimal_finish(nullptr, negative, nullptr, &result), Status::Overflow);
  EXPECT_EQ(weir_agg_avg_decimal_finish(nullptr, state, nullptr, 38, 6, &result), Status::Value);
  EXPECT_EQ(result, largest);
  EXPECT_EQ(weir_agg_avg_decimal_finish(nullptr, negative, nullptr, 38, 6, &result), Status::Value);
  EXPECT_EQ(result, -largest);
  EXPECT_EQ(weir_agg_avg_decimal_finish(nullptr, state, nullptr, 38, 5, &result), Status::Overflow);
  weir_agg_sum_decimal_merge(state, nullptr, negative, nullptr);
  EXPECT_EQ(weir_agg_sum_decimal_finish(nullptr, state, nullptr, &result), Status::Value);
  EXPECT_EQ(result, largest);
  weir_agg_sum_decimal_retract(state, nullptr, negative, nullptr);
  EXPECT_EQ(weir_agg_avg_decimal_finish(nullptr, state, nullptr, 38, 6, &result), Status::Value);
  EXPECT_EQ(result, largest);
}

TEST(Aggregates, WideSumsAgreeWithWiderIntegers) {
  using Wide = signed _BitInt(256);
  std::mt19937_64 engine(3);
  for (int round = 0; round < 500; ++round) {
    WideSum sum{};
    Wide expected = 0;
    int64_t count = 0;
    for (uint64_t i = engine() % 100 + 1; i > 0; --i, ++count) {
      const Int128 value = static_cast<Int128>(static_cast<unsigned __int128>(engine()) << 64 | engine()) / 2;
      sum.add(value);
      expected += value;
    }
    ASSERT_EQ(sum.low, static_cast<uint64_t>(expected));
    ASSERT_EQ(sum.middle, static_cast<uint64_t>(expected >> 64));
    ASSERT_EQ(sum.high, static_cast<int64_t>(expected >> 128));
    Int128 mean = 0;
    const bool negative = expected < 0;
    const Wide twice = (negative ? -expected : expected) * 2 + count;
    const Wide quotient = twice / (count * 2) * (negative ? -1 : 1);
    const bool fits = quotient < Wide(kPowersOfTen[38]) && quotient > -Wide(kPowersOfTen[38]);
    ASSERT_EQ(average(sum, 0, &mean), fits);
    if (fits) ASSERT_TRUE(mean == static_cast<Int128>(quotient));
  }
}

TEST(Aggregates, NanIsTheGreatestAndZeroHasNoSign) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  State least, greatest;
  weir_agg_min_double_init(least);
  weir_agg_max_double_init(greatest);
  double result = 1;
  EXPECT_EQ(weir_agg_min_double_finish(nullptr, least, nullptr, &result), Status::Null);
  weir_agg_min_double_update(nullptr, least, nullptr, -nan);
  EXPECT_EQ(weir_agg_min_double_finish(nullptr, least, nullptr, &result), Status::Value);
  EXPECT_TRUE(std::isnan(result));
  EXPECT_FALSE(std::signbit(result));
  for (const double value : {3.0, -0.0}) weir_agg_min_double_update(nullptr, least, nullptr, value);
  EXPECT_EQ(weir_agg_min_double_finish(nullptr, least, nullptr, &result), Status::Value);
  EXPECT_EQ(result, 0);
  EXPECT_FALSE(std::signbit(result));
  for (const double value : {3.0, nan, 5.0}) weir_agg_max_double_update(nullptr, greatest, nullptr, value);
  EXPECT_EQ(weir_agg_max_double_finish(nullptr, greatest, nullptr, &result), Status::Value);
  EXPECT_TRUE(std::isnan(result));
}

TEST(Aggregates, StringsOfAnyLengthBytewise) {
  TestMemory memory, other_memory;
  State least, greatest, other;
  weir_agg_min_string_init(least);
  weir_agg_max_string_init(greatest);
  weir_agg_min_string_init(other);
  StringRef result{};
  EXPECT_EQ(weir_agg_min_string_finish(nullptr, least, memory, &result), Status::Null);
  const std::string longer(100, 'b');
  for (const char* text : {"bb", "c", "\xC3\xA4", "ba"}) {
    weir_agg_min_string_update(nullptr, least, memory, text_ref(text));
    weir_agg_max_string_update(nullptr, greatest, memory, text_ref(text));
  }
  weir_agg_min_string_update(nullptr, least, memory, text_ref(longer));
  EXPECT_EQ(weir_agg_min_string_finish(nullptr, least, memory, &result), Status::Value);
  EXPECT_EQ(str(result), "ba");
  EXPECT_EQ(weir_agg_max_string_finish(nullptr, greatest, memory, &result), Status::Value);
  EXPECT_EQ(str(result), "\xC3\xA4");
  weir_agg_min_string_update(nullptr, other, other_memory, text_ref("b"));
  weir_agg_min_string_merge(least, memory, other, other_memory);
  EXPECT_EQ(weir_agg_min_string_finish(nullptr, least, memory, &result), Status::Value);
  EXPECT_EQ(str(result), "b");
  weir_agg_min_string_update(nullptr, other, other_memory, text_ref(""));
  weir_agg_min_string_merge(least, memory, other, other_memory);
  EXPECT_EQ(weir_agg_min_string_finish(nullptr, least, memory, &result), Status::Value);
  EXPECT_EQ(str(result), "");
}

}  // namespace
}  // namespace weir::stdlib
