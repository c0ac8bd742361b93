#include "runtime/abi/decimal.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "runtime/abi/decimal_text.h"

namespace weir::abi::decimal {
namespace {

using Wide = signed _BitInt(512);  // the oracle: wide enough for every intermediate result

Wide power(int n) {
  Wide result = 1;
  for (int i = 0; i < n; ++i) result *= 10;
  return result;
}
Wide round_half_up(Wide dividend, Wide divisor) {
  const bool negative = (dividend < 0) != (divisor < 0);
  const Wide a = dividend < 0 ? -dividend : dividend, b = divisor < 0 ? -divisor : divisor;
  const Wide quotient = (a + a + b) / (b + b);
  return negative ? -quotient : quotient;
}
bool fits_wide(Wide value, int precision) { return value < power(precision) && value > -power(precision); }

// Numbers of any length, with the lengths and not the values evenly spread.
struct Random {
  std::mt19937_64 engine{20261124};
  Int128 number() {
    const int digits = static_cast<int>(engine() % 39);
    UInt128 value = static_cast<UInt128>(engine()) << 64 | engine();
    value %= static_cast<UInt128>(kPowersOfTen[digits]) + (digits < 38);
    return with_sign(value, engine() % 2 == 0);
  }
  int scale() { return static_cast<int>(engine() % 39); }
  int precision() { return static_cast<int>(engine() % 38 + 1); }
};

std::string text(Int128 value, int scale = 0) {
  char out[kMaxTextBytes];
  return {out, print(value, scale, out)};
}

void expect_same(const char* what, bool fine, Int128 result, Wide expected, int precision) {
  ASSERT_EQ(fine, fits_wide(expected, precision)) << what;
  if (fine) ASSERT_EQ(text(result), text(static_cast<Int128>(expected))) << what;
}

TEST(Decimal, ArithmeticAgreesWithWideIntegers) {
  Random random;
  for (int i = 0; i < 200'000; ++i) {
    const Int128 a = random.number(), b = random.number();
    const int a_scale = random.scale(), b_scale = random.scale(), scale = random.scale(),
              precision = random.precision();
    const int common = std::max(a_scale, b_scale);
    Int128 result = 0;

    bool fine = add(a, a_scale, b, b_scale, scale, precision, &result);
    const Wide sum = Wide(a) * power(common - a_scale) + Wide(b) * power(common - b_scale);
    const Wide wanted_sum = round_half_up(sum * power(scale), power(common));
    if (scale <= common) expect_same("add", fine, result, wanted_sum, precision);

    fine = multiply(a, a_scale, b, b_scale, scale, precision, &result);
    expect_same("multiply", fine, result,
                round_half_up(Wide(a) * Wide(b) * power(scale), power(a_scale + b_scale)), precision);

    if (b != 0) {
      fine = divide(a, a_scale, b, b_scale, scale, precision, &result);
      expect_same("divide", fine, result,
                  round_half_up(Wide(a) * power(scale + b_scale), Wide(b) * power(a_scale)), precision);

      const Wide rest = (Wide(a) * power(common - a_scale)) % (Wide(b) * power(common - b_scale));
      ASSERT_EQ(text(modulo(a, a_scale, b, b_scale)), text(static_cast<Int128>(rest)));
    }

    fine = rescale(a, a_scale, scale, precision, &result);
    expect_same("rescale", fine, result, round_half_up(Wide(a) * power(scale), power(a_scale)), precision);

    const Wide left = Wide(a) * power(b_scale), right = Wide(b) * power(a_scale);
    const int order = compare(a, a_scale, b, b_scale);
    ASSERT_EQ(order, (left > right) - (left < right));
  }
}

TEST(Decimal, RoundsHalfAwayFromZero) {
  EXPECT_EQ(drop_digits(25, 1), 3);
  EXPECT_EQ(drop_digits(-25, 1), -3);
  EXPECT_EQ(drop_digits(24, 1), 2);
  EXPECT_EQ(drop_digits(kPowersOfTen[38] - 1, 38), 1);
  EXPECT_EQ(drop_digits(kPowersOfTen[37] * 4, 38), 0);
  EXPECT_EQ(drop_digits(5, 39), 0);
}

TEST(Decimal, PrintsAllDigitsOfTheScale) {
  EXPECT_EQ(text(0), "0");
  EXPECT_EQ(text(0, 2), "0.00");
  EXPECT_EQ(text(-5, 2), "-0.05");
  EXPECT_EQ(text(150, 2), "1.50");
  EXPECT_EQ(text(-(kPowersOfTen[38] - 1), 0), "-99999999999999999999999999999999999999");
  EXPECT_EQ(text(-(kPowersOfTen[38] - 1), 38), "-0.99999999999999999999999999999999999999");
  EXPECT_EQ(text(kPowersOfTen[20], 10), "10000000000.0000000000");
}

std::string parsed(std::string_view from, int precision, int scale) {
  Int128 value = 0;
  switch (parse(from.data(), from.size(), precision, scale, &value)) {
    case Parsed::Fine: return text(value, scale);
    case Parsed::NotANumber: return "not a number";
    case Parsed::OutOfRange: return "out of range";
  }
  return "?";
}

TEST(Decimal, ParsesWhatJsonAndSqlWrite) {
  EXPECT_EQ(parsed("1.5", 10, 2), "1.50");
  EXPECT_EQ(parsed("-0", 10, 2), "0.00");
  EXPECT_EQ(parsed("+.5", 10, 0), "1");
  EXPECT_EQ(parsed("5.", 10, 0), "5");
  EXPECT_EQ(parsed("0.005", 10, 2), "0.01");
  EXPECT_EQ(parsed("0.00499999999999999999999999999999999999999999999999", 10, 2), "0.00");
  EXPECT_EQ(parsed("99.994", 4, 2), "99.99");
  EXPECT_EQ(parsed("99.995", 4, 2), "out of range");
  EXPECT_EQ(parsed("100", 4, 2), "out of range");
  EXPECT_EQ(parsed("1e3", 10, 2), "1000.00");
  EXPECT_EQ(parsed("1.25E-1", 10, 3), "0.125");
  EXPECT_EQ(parsed("1e999999999999999999999", 38, 0), "out of range");
  EXPECT_EQ(parsed("1e-999999999999999999999", 38, 0), "0");
  EXPECT_EQ(parsed("0e999999999999999999999", 38, 0), "0");
  EXPECT_EQ(parsed("000000000000000000000000000000000000000000001", 1, 0), "1");
  EXPECT_EQ(parsed("0.00000000000000000000000000000000000000000000e50", 1, 0), "0");
  EXPECT_EQ(parsed("99999999999999999999999999999999999999", 38, 0),
            "99999999999999999999999999999999999999");
  EXPECT_EQ(parsed("99999999999999999999999999999999999999.4", 38, 0),
            "99999999999999999999999999999999999999");
  EXPECT_EQ(parsed("99999999999999999999999999999999999999.5", 38, 0), "out of range");
  EXPECT_EQ(parsed("999999999999999999999999999999999999999e-1", 38, 0), "out of range");
  EXPECT_EQ(parsed("999999999999999999999999999999999999994e-1", 38, 0),
            "99999999999999999999999999999999999999");
  for (const char* bad : {"", "-", ".", "e5", "1e", "1e+", "1.2.3", "1x", " 1", "1 ", "--1", "0x1", "NaN"}) {
    EXPECT_EQ(parsed(bad, 10, 2), "not a number") << bad;
  }
}

TEST(Decimal, ReadsBackWhatItPrints) {
  Random random;
  for (int i = 0; i < 50'000; ++i) {
    const Int128 value = random.number();
    const int scale = random.scale();
    const std::string printed = text(value, scale);
    Int128 again = 0;
    ASSERT_EQ(parse(printed.data(), printed.size(), 38, scale, &again), Parsed::Fine) << printed;
    ASSERT_EQ(text(again), text(value));
  }
}

}  // namespace
}  // namespace weir::abi::decimal
