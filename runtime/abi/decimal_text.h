// Integers and DECIMAL as text, and back.
#pragma once

#include <cstdint>
#include <cstring>

#include "runtime/abi/decimal.h"

namespace weir::abi::decimal {

// 39 digits, sign, point, and a zero before the point
constexpr int kMaxTextBytes = 42;

constexpr char* print_unsigned(uint64_t value, char* out) {
  char digits[20];
  int count = 0;
  do {
    digits[count++] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  while (count > 0) *out++ = digits[--count];
  return out;
}

constexpr char* print_integer(int64_t value, char* out) {
  if (value < 0) *out++ = '-';
  return print_unsigned(value < 0 ? -static_cast<uint64_t>(value) : static_cast<uint64_t>(value), out);
}

// With all digits of the scale: 1.50, 0.05, -3. At most kMaxTextBytes.
constexpr char* print(Int128 value, int scale, char* out) {
  char digits[40] = {};
  int count = 0;
  UInt128 rest = magnitude(value);
  while (static_cast<uint64_t>(rest >> 64) !=
         0) {  // 18 digits at a time, so that the rest is done in 64 bits
    uint64_t part = static_cast<uint64_t>(rest % 1'000'000'000'000'000'000u);
    rest /= 1'000'000'000'000'000'000u;
    for (int i = 0; i < 18; ++i, part /= 10) digits[count++] = static_cast<char>('0' + part % 10);
  }
  for (uint64_t part = static_cast<uint64_t>(rest); part != 0; part /= 10)
    digits[count++] = static_cast<char>('0' + part % 10);
  while (count <= scale) digits[count++] = '0';
  if (value < 0) *out++ = '-';
  while (count > scale) *out++ = digits[--count];
  if (scale > 0) *out++ = '.';
  while (count > 0) *out++ = digits[--count];
  return out;
}

enum class Parsed : uint8_t { Fine, NotANumber, OutOfRange };

// Reads [+-]digits[.digits][e[+-]digits] (a digit on one side of the point will do), all of the text, rounding half up to the
// scale. OutOfRange: more than `precision` digits.
constexpr Parsed parse(const char* text, uint64_t size, int precision, int scale, Int128* result) {
  const char* at = text;
  const char* const end = text + size;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const bool negative = at != end && *at == '-';
  if (at != end && (*at == '-' || *at == '+')) ++at;

  // Significant digits are those from the first that is not 0 on; `point` of them stand before the point.
  UInt128 value = 0;
  int kept = 0, first_dropped = -1;
  int64_t point = 0, significant = 0, leading_zeros_behind_point = 0;
  bool seen_digit = false, seen_point = false;
  constexpr int kKeep = kMaxPrecision;
  for (; at != end; ++at) {
    if (*at == '.' && !seen_point) {
      seen_point = true;
      point = significant;
      continue;
    }
    if (!is_digit(*at)) break;
    seen_digit = true;
    if (significant == 0 && *at == '0') {
      leading_zeros_behind_point += seen_point;
      continue;
    }
    ++significant;
    if (kept < kKeep) {
      value = value * 10 + static_cast<UInt128>(*at - '0');
      ++kept;
    } else if (first_dropped < 0) {
      first_dropped = *at - '0';
    }
  }
  if (!seen_digit) return Parsed::NotANumber;
  if (!seen_point) point = significant;
  point -= leading_zeros_behind_point;
  if (at != end && (*at == 'e' || *at == 'E')) {
    ++at;
    const bool exponent_negative = at != end && *at == '-';
    if (at != end && (*at == '-' || *at == '+')) ++at;
    if (at == end) return Parsed::NotANumber;
    int64_t exponent = 0;
    for (; at != end && is_digit(*at); ++at) {
      if (exponent < int64_t{1} << 40) exponent = exponent * 10 + (*at - '0');
    }
    point += exponent_negative ? -exponent : exponent;
  }
  if (at != end) return Parsed::NotANumber;

  *result = 0;
  if (significant == 0) return Parsed::Fine;
  const int64_t wanted =
      point + scale;  // so many significant digits stand before the last digit of the scale
  if (wanted < 0) return Parsed::Fine;
  if (wanted > precision) return Parsed::OutOfRange;
  if (wanted >= kept) {
    value *= static_cast<UInt128>(kPowersOfTen[wanted - kept]);
    if (wanted == kept && first_dropped >= 5) ++value;
  } else {
    value = static_cast<UInt128>(drop_digits(static_cast<Int128>(value), static_cast<int>(kept - wanted)));
  }
  if (value >= static_cast<UInt128>(kPowersOfTen[precision])) return Parsed::OutOfRange;
  *result = with_sign(value, negative);
  return Parsed::Fine;
}

}  // namespace weir::abi::decimal
