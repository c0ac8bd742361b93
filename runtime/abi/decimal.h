// DECIMAL: an unscaled 128-bit integer; precision (at most 38 digits) and scale belong to the type. Rounding is half up, away
// from zero. Nothing here wraps: what does not fit the wanted precision is reported. Plain inline code, shared by the stdlib's
// bitcode, the JSON parsers and unit tests.
#pragma once

#include <array>
#include <cstdint>

#include "runtime/abi/abi.h"

namespace weir::abi::decimal {

using UInt128 = unsigned __int128;

constexpr int kMaxPrecision = 38;

namespace detail {
constexpr std::array<Int128, kMaxPrecision + 1> make_powers_of_ten() {
  std::array<Int128, kMaxPrecision + 1> powers{};
  powers[0] = 1;
  for (int i = 1; i <= kMaxPrecision; ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}
}  // namespace detail
inline constexpr std::array<Int128, kMaxPrecision + 1> kPowersOfTen = detail::make_powers_of_ten();

constexpr UInt128 magnitude(Int128 value) {
  return value < 0 ? -static_cast<UInt128>(value) : static_cast<UInt128>(value);
}
constexpr Int128 with_sign(UInt128 magnitude, bool negative) {
  return static_cast<Int128>(negative ? -magnitude : magnitude);
}
constexpr bool fits_int64(Int128 value) { return value == static_cast<int64_t>(value); }
constexpr bool fits(Int128 value, int precision) {
  return value < kPowersOfTen[precision] && value > -kPowersOfTen[precision];
}

// ---- 256-bit magnitudes: products, and dividends that were scaled up ---------------------------------------------------------

struct UInt256 {
  UInt128 high;
  UInt128 low;
};

constexpr UInt256 multiply_wide(UInt128 a, UInt128 b) {
  const uint64_t a0 = static_cast<uint64_t>(a), a1 = static_cast<uint64_t>(a >> 64);
  const uint64_t b0 = static_cast<uint64_t>(b), b1 = static_cast<uint64_t>(b >> 64);
  const UInt128 low = static_cast<UInt128>(a0) * b0;
  const UInt128 mid_a = static_cast<UInt128>(a1) * b0 + (low >> 64);
  const UInt128 mid_b = static_cast<UInt128>(a0) * b1 + static_cast<uint64_t>(mid_a);
  return {static_cast<UInt128>(a1) * b1 + (mid_a >> 64) + (mid_b >> 64),
          (mid_b << 64) | static_cast<uint64_t>(low)};
}

constexpr bool add(UInt256* into, UInt128 value) {  // true: carried out of 256 bits
  into->low += value;
  if (into->low >= value) return false;
  return ++into->high == 0;
}

// Quotient and remainder; false where the quotient has more than 128 bits. The divisor is not 0.
constexpr bool divide_wide(UInt256 dividend, UInt128 divisor, UInt128* quotient, UInt128* remainder) {
  if (dividend.high >= divisor) return false;
  if (dividend.high == 0) {
    *quotient = dividend.low / divisor;
    *remainder = dividend.low % divisor;
    return true;
  }
  // Shift and subtract: a quotient bit a step. This path is taken by values near 38 digits only.
  UInt128 high = dividend.high, low = dividend.low;
  for (int i = 0; i < 128; ++i) {
    const bool carry = static_cast<bool>(high >> 127);
    high = (high << 1) | (low >> 127);
    low <<= 1;
    if (carry || high >= divisor) {
      high -= divisor;
      low |= 1;
    }
  }
  *quotient = low;
  *remainder = high;
  return true;
}

// dividend / divisor, half up; false where that is not below 10^precision.
constexpr bool divide_half_up(UInt256 dividend, UInt128 divisor, int precision, UInt128* quotient) {
  UInt128 remainder = 0;
  if (!divide_wide(dividend, divisor, quotient, &remainder)) return false;
  if (remainder >= divisor - remainder) ++*quotient;
  return *quotient < static_cast<UInt128>(kPowersOfTen[precision]);
}

// value / 10^digits, half up, for any number of digits.
constexpr Int128 drop_digits(Int128 value, int digits) {
  if (digits <= 0) return value;
  if (digits > kMaxPrecision) return 0;
  const UInt128 power = static_cast<UInt128>(kPowersOfTen[digits]);
  const UInt128 amount = magnitude(value);
  if (static_cast<UInt128>(static_cast<uint64_t>(amount)) == amount && digits <= 19) {
    const uint64_t small = static_cast<uint64_t>(amount), divisor = static_cast<uint64_t>(power);
    const uint64_t quotient = small / divisor, remainder = small % divisor;
    return with_sign(quotient + (remainder >= divisor - remainder), value < 0);
  }
  const UInt128 quotient = amount / power, remainder = amount % power;
  return with_sign(quotient + (remainder >= power - remainder), value < 0);
}

// ---- arithmetic; each returns false where the result has more than `precision` digits --------------------------------------------

constexpr bool rescale(Int128 value, int from_scale, int to_scale, int precision, Int128* result) {
  const int up = to_scale - from_scale;
  if (up <= 0) {
    *result = drop_digits(value, -up);
    return fits(*result, precision);
  }
  if (up > kMaxPrecision) {
    *result = 0;
    return value == 0;
  }
  if (__builtin_mul_overflow(value, kPowersOfTen[up], result)) return false;
  return fits(*result, precision);
}

// a + b, both of at most 38 digits. The result's scale may be less than that of an operand.
constexpr bool add(Int128 a, int a_scale, Int128 b, int b_scale, int scale, int precision, Int128* result) {
  const int common = a_scale > b_scale ? a_scale : b_scale;
  Int128 a_scaled = 0, b_scaled = 0, sum = 0;
  const bool fine = !__builtin_mul_overflow(a, kPowersOfTen[common - a_scale], &a_scaled) &&
                    !__builtin_mul_overflow(b, kPowersOfTen[common - b_scale], &b_scaled) &&
                    !__builtin_add_overflow(a_scaled, b_scaled, &sum);
  if (fine) [[likely]]
    return rescale(sum, common, scale, precision, result);
  // The sum has more than 128 bits at the common scale: add the magnitudes in 256.
  UInt256 a_wide = multiply_wide(magnitude(a), static_cast<UInt128>(kPowersOfTen[common - a_scale]));
  UInt256 b_wide = multiply_wide(magnitude(b), static_cast<UInt128>(kPowersOfTen[common - b_scale]));
  bool negative = a < 0;
  if ((a < 0) == (b < 0)) {
    a_wide.high += b_wide.high;
    add(&a_wide, b_wide.low);
  } else {
    if (a_wide.high < b_wide.high || (a_wide.high == b_wide.high && a_wide.low < b_wide.low)) {
      const UInt256 swap = a_wide;
      a_wide = b_wide;
      b_wide = swap;
      negative = !negative;
    }
    a_wide.high -= b_wide.high + (a_wide.low < b_wide.low);
    a_wide.low -= b_wide.low;
  }
  if (common < scale) return false;
  UInt128 quotient = 0;
  if (!divide_half_up(a_wide, static_cast<UInt128>(kPowersOfTen[common - scale]), precision, &quotient))
    return false;
  *result = with_sign(quotient, negative);
  return true;
}

constexpr bool subtract(Int128 a, int a_scale, Int128 b, int b_scale, int scale, int precision,
                        Int128* result) {
  return add(a, a_scale, -b, b_scale, scale, precision, result);
}

constexpr bool multiply(Int128 a, int a_scale, Int128 b, int b_scale, int scale, int precision,
                        Int128* result) {
  const int product_scale = a_scale + b_scale;
  if (fits_int64(a) && fits_int64(b)) [[likely]]
    return rescale(a * b, product_scale, scale, precision, result);
  UInt256 product = multiply_wide(magnitude(a), magnitude(b));
  const bool negative = (a < 0) != (b < 0);
  if (product.high == 0 && !(product.low >> 127)) {
    return rescale(with_sign(product.low, negative), product_scale, scale, precision, result);
  }
  const int drop = product_scale - scale;
  if (drop < 0) return false;
  if (drop > kMaxPrecision) {  // cutting digits off first does not change how the rest is rounded
    const UInt128 power = static_cast<UInt128>(kPowersOfTen[kMaxPrecision]);
    UInt128 quotient = 0, remainder = 0;
    if (!divide_wide(product, power, &quotient, &remainder)) return false;
    *result = drop_digits(static_cast<Int128>(quotient), drop - kMaxPrecision);
    if (negative) *result = -*result;
    return fits(*result, precision);
  }
  UInt128 quotient = 0;
  if (!divide_half_up(product, static_cast<UInt128>(kPowersOfTen[drop]), precision, &quotient)) return false;
  *result = with_sign(quotient, negative);
  return true;
}

// a / b; b is not 0.
constexpr bool divide(Int128 a, int a_scale, Int128 b, int b_scale, int scale, int precision,
                      Int128* result) {
  const bool negative = (a < 0) != (b < 0);
  const int up = scale - a_scale + b_scale;
  UInt128 quotient = 0;
  if (up >= 0) {
    if (up > kMaxPrecision) {
      // 10^up does not fit 128 bits: scale in two steps, and give up where the first already has more than 128.
      if (a == 0) return *result = 0, true;
      Int128 scaled = 0;
      if (__builtin_mul_overflow(a, kPowersOfTen[up - kMaxPrecision], &scaled)) return false;
      const UInt256 dividend =
          multiply_wide(magnitude(scaled), static_cast<UInt128>(kPowersOfTen[kMaxPrecision]));
      if (!divide_half_up(dividend, magnitude(b), precision, &quotient)) return false;
    } else {
      const UInt256 dividend = multiply_wide(magnitude(a), static_cast<UInt128>(kPowersOfTen[up]));
      if (!divide_half_up(dividend, magnitude(b), precision, &quotient)) return false;
    }
  } else {
    if (-up > kMaxPrecision) return *result = 0, true;
    const UInt256 divisor = multiply_wide(magnitude(b), static_cast<UInt128>(kPowersOfTen[-up]));
    if (divisor.high != 0) {
      quotient = 0;  // |a| < 2^127, less than half of the divisor
    } else if (!divide_half_up({0, magnitude(a)}, divisor.low, precision, &quotient)) {
      return false;
    }
  }
  *result = with_sign(quotient, negative);
  return fits(*result, precision);
}

// The remainder of a / b with the sign of a, at the larger of the two scales; b is not 0. |result| < |b|, and <= |a|.
constexpr Int128 modulo(Int128 a, int a_scale, Int128 b, int b_scale) {
  if (a_scale == b_scale) return a % b;
  if (a_scale > b_scale) {
    Int128 divisor = 0;
    if (__builtin_mul_overflow(b, kPowersOfTen[a_scale - b_scale], &divisor)) return a;  // |b| > |a|
    return a % divisor;
  }
  // (a · 10^n) mod b, ten by ten where the product does not fit.
  Int128 scaled = 0;
  if (!__builtin_mul_overflow(a, kPowersOfTen[b_scale - a_scale], &scaled)) return scaled % b;
  const UInt128 divisor = magnitude(b);
  const UInt256 product =
      multiply_wide(magnitude(a) % divisor, static_cast<UInt128>(kPowersOfTen[b_scale - a_scale]));
  UInt128 quotient = 0, remainder = 0;
  UInt256 rest = product;
  rest.high %= divisor;
  divide_wide(rest, divisor, &quotient, &remainder);
  return with_sign(remainder, a < 0);
}

// <0, 0, >0
constexpr int compare(Int128 a, int a_scale, Int128 b, int b_scale) {
  if (a_scale == b_scale) return (a > b) - (a < b);
  if ((a < 0) != (b < 0)) return a < 0 ? -1 : 1;
  const int a_up = a_scale < b_scale ? b_scale - a_scale : 0,
            b_up = b_scale < a_scale ? a_scale - b_scale : 0;
  const UInt256 x = multiply_wide(magnitude(a), static_cast<UInt128>(kPowersOfTen[a_up]));
  const UInt256 y = multiply_wide(magnitude(b), static_cast<UInt128>(kPowersOfTen[b_up]));
  const int order = x.high != y.high ? (x.high > y.high ? 1 : -1) : (x.low > y.low) - (x.low < y.low);
  return a < 0 ? -order : order;
}

}  // namespace weir::abi::decimal
