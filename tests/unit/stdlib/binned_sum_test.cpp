#include "stdlib/binned_sum.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace weir::stdlib {
namespace {

BinnedSum sum_of(const std::vector<double>& values) {
  BinnedSum sum{};
  for (const double value : values) sum.add(value);
  return sum;
}
uint64_t bits(double value) { return std::bit_cast<uint64_t>(value); }

// Values of very different sizes, of both signs, many of them cancelling.
std::vector<double> random_values(std::mt19937_64& engine, int exponents) {
  std::vector<double> values;
  const size_t count = 1 + engine() % 200;
  for (size_t i = 0; i < count; ++i) {
    const double mantissa = static_cast<double>(static_cast<int64_t>(engine()) >> 10);
    values.push_back(
        std::ldexp(mantissa, static_cast<int>(engine() % static_cast<uint64_t>(exponents)) - exponents / 2));
    if (engine() % 4 == 0) values.push_back(-values[engine() % values.size()]);
  }
  return values;
}

TEST(BinnedSum, OrderAndMergingCannotBeSeen) {
  std::mt19937_64 engine(7);
  for (int round = 0; round < 3000; ++round) {
    std::vector<double> values = random_values(engine, round % 3 == 0 ? 1900 : round % 3 == 1 ? 300 : 40);
    const double expected = round_binned<double>(sum_of(values), 1);
    const double expected_average = round_binned<double>(sum_of(values), static_cast<int64_t>(values.size()));
    for (int way = 0; way < 4; ++way) {
      std::shuffle(values.begin(), values.end(), engine);
      std::vector<BinnedSum> parts(1 + engine() % 5);
      for (const double value : values) parts[engine() % parts.size()].add(value);
      while (parts.size() > 1) {
        const size_t from = engine() % parts.size();
        const BinnedSum taken = parts[from];
        parts.erase(parts.begin() + static_cast<ptrdiff_t>(from));
        parts[engine() % parts.size()].add(taken);
      }
      ASSERT_EQ(bits(round_binned<double>(parts[0], 1)), bits(expected));
      ASSERT_EQ(bits(round_binned<double>(parts[0], parts[0].count)), bits(expected_average));
    }
  }
}

TEST(BinnedSum, IsExactWhereIntegersAreExact) {
  std::mt19937_64 engine(8);
  for (int round = 0; round < 2000; ++round) {
    __int128 total = 0;
    BinnedSum sum{};
    const int shift = static_cast<int>(engine() % 40);
    for (uint64_t i = engine() % 300 + 1; i > 0; --i) {
      const int64_t value = static_cast<int64_t>(engine()) >> 11 >> (engine() % 50);
      total += static_cast<__int128>(value) << shift;
      sum.add(std::ldexp(static_cast<double>(value), shift));
    }
    // An __int128 converts to double by rounding to nearest, ties to even.
    ASSERT_EQ(bits(round_binned<double>(sum, 1)), bits(static_cast<double>(total) + 0.0));
    ASSERT_EQ(std::bit_cast<uint32_t>(round_binned<float>(sum, 1)),
              std::bit_cast<uint32_t>(static_cast<float>(total) + 0.0f));
  }
}

TEST(BinnedSum, IsAtLeastAsAccurateAsAddingInOrder) {
  std::mt19937_64 engine(9);
  for (int round = 0; round < 1000; ++round) {
    const std::vector<double> values = random_values(engine, 60);
    long double precise = 0;
    double naive = 0;
    for (const double value : values) precise += value, naive += value;
    const double binned = round_binned<double>(sum_of(values), 1);
    ASSERT_LE(std::fabs(static_cast<long double>(binned) - precise),
              std::fabs(static_cast<long double>(naive) - precise) + 1e-15L * std::fabs(precise) + 1e-300L);
  }
}

TEST(BinnedSum, SingleValuesAndSmallAverages) {
  std::mt19937_64 engine(10);
  for (int i = 0; i < 100'000; ++i) {
    const double value = std::bit_cast<double>(engine());
    if (!std::isfinite(value)) continue;
    ASSERT_EQ(bits(round_binned<double>(sum_of({value}), 1)), bits(value + 0.0));
    ASSERT_EQ(std::bit_cast<uint32_t>(round_binned<float>(sum_of({value}), 1)),
              std::bit_cast<uint32_t>(static_cast<float>(value) + (std::fabs(value) < 1e-45 ? 0.0f : 0.0f)));
    ASSERT_EQ(bits(round_binned<double>(sum_of({value, value, value}), 3)), bits(value));
    const double third = value / 3;
    ASSERT_EQ(bits(round_binned<double>(sum_of({value}), 3)), bits(third)) << value;
  }
  EXPECT_EQ(round_binned<double>(sum_of({1e308, 1e308, -1e308}), 1), 1e308);
  EXPECT_EQ(round_binned<double>(sum_of({1e308, 1e308}), 2), 1e308);
  EXPECT_EQ(round_binned<double>(sum_of({1e308, 1e308}), 1), std::numeric_limits<double>::infinity());
  EXPECT_EQ(round_binned<double>(sum_of({1, 1e100, 1, -1e100}), 1), 0);  // below the three bins kept
  EXPECT_EQ(round_binned<double>(sum_of({1, 1e30, 1, -1e30}), 1), 2);
  EXPECT_EQ(round_binned<double>(sum_of({5e-324, 5e-324}), 1), 1e-323);
}

// A tie goes to the even neighbour, but what lies half way only as far as the first 53 bits show is no tie.
TEST(BinnedSum, LooksBelowATie) {
  const double half = std::ldexp(1.0, -53), tiny = std::ldexp(1.0, -100);
  const double after_one = 1 + std::ldexp(1.0, -52);
  for (const double sign : {1.0, -1.0}) {
    const auto sum = [&](std::vector<double> values, int64_t divisor = 1) {
      for (double& value : values) value *= sign;
      return sign * round_binned<double>(sum_of(values), divisor);
    };
    EXPECT_EQ(sum({1, half}), 1);
    EXPECT_EQ(sum({1, half, tiny}), after_one);
    EXPECT_EQ(sum({tiny, half, 1}), after_one);
    EXPECT_EQ(sum({1, half, -tiny}), 1);
    EXPECT_EQ(sum({after_one, half}), 1 + std::ldexp(1.0, -51));
    EXPECT_EQ(sum({after_one, half, -tiny}), after_one);
    EXPECT_EQ(sum({3, 3 * half}, 3), 1);
    EXPECT_EQ(sum({3, 3 * half, tiny}, 3), after_one);
    // In a bin of its own: the digits that decide are 64 bits and more below.
    EXPECT_EQ(sum({std::ldexp(1.0, 60), std::ldexp(1.0, 7), std::ldexp(1.0, -60)}),
              std::ldexp(1.0, 60) + 256);
    EXPECT_EQ(sum({std::ldexp(1.0, 60), std::ldexp(1.0, 7)}), std::ldexp(1.0, 60));
  }
  EXPECT_EQ(round_binned<float>(sum_of({1, std::ldexp(1.0, -24)}), 1), 1.0f);
  EXPECT_EQ(round_binned<float>(sum_of({1, std::ldexp(1.0, -24), tiny}), 1), 1.0f + std::ldexp(1.0f, -23));
}

TEST(BinnedSum, NanAndInfinities) {
  const double infinity = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(round_binned<double>(sum_of({1, infinity}), 1), infinity);
  EXPECT_EQ(round_binned<double>(sum_of({-infinity, 1}), 1), -infinity);
  EXPECT_TRUE(std::isnan(round_binned<double>(sum_of({infinity, -infinity}), 1)));
  EXPECT_EQ(bits(round_binned<double>(sum_of({-nan, 1}), 1)), bits(nan));
  EXPECT_EQ(bits(round_binned<double>(sum_of({-0.0, -0.0}), 1)), bits(0.0));
}

}  // namespace
}  // namespace weir::stdlib
