// Sums of integers and DECIMALs that cannot overflow while rows come and go; the result type is checked at finish.
#pragma once

#include "runtime/abi/decimal.h"
#include "stdlib/function.h"

namespace weir::stdlib {

// Of values of at most 64 bits: 2^63 of them fit 127 bits.
struct NarrowSum {
  uint64_t low;
  int64_t high;
  int64_t count;

  Int128 total() const { return static_cast<Int128>(high) << 64 | low; }
  void add(Int128 value, int64_t values) {
    const Int128 sum = total() + value;
    low = static_cast<uint64_t>(sum);
    high = static_cast<int64_t>(sum >> 64);
    count += values;
  }
  void add(const NarrowSum& other) { add(other.total(), other.count); }
  void subtract(const NarrowSum& other) { add(-other.total(), -other.count); }
};

// Of values of at most 128 bits: 192 bits, two's complement.
struct WideSum {
  uint64_t low;
  uint64_t middle;
  int64_t high;
  int64_t count;

  void add(uint64_t other_low, uint64_t other_middle, int64_t other_high, int64_t values) {
    const unsigned __int128 a = static_cast<unsigned __int128>(middle) << 64 | low;
    const unsigned __int128 b = static_cast<unsigned __int128>(other_middle) << 64 | other_low;
    const unsigned __int128 sum = a + b;
    low = static_cast<uint64_t>(sum);
    middle = static_cast<uint64_t>(sum >> 64);
    high = static_cast<int64_t>(static_cast<uint64_t>(high) + static_cast<uint64_t>(other_high) + (sum < a));
    count += values;
  }
  void add(Int128 value) {
    add(static_cast<uint64_t>(value), static_cast<uint64_t>(value >> 64), value < 0 ? -1 : 0, 1);
  }
  void add(const WideSum& other) { add(other.low, other.middle, other.high, other.count); }
  void subtract(const WideSum& other) {
    const WideSum negated = other.negated();
    add(negated.low, negated.middle, negated.high, -other.count);
  }
  WideSum negated() const {
    WideSum result{~low, ~middle, ~high, count};
    result.add(1, 0, 0, 0);
    return result;
  }
  bool total(Int128* result) const {
    *result = static_cast<Int128>(static_cast<unsigned __int128>(middle) << 64 | low);
    return high == (*result < 0 ? -1 : 0);
  }
};

// The average at a scale that has `digits` more than the values; half up. False: more than 38 digits.
inline bool average(const NarrowSum& sum, int digits, Int128* result) {
  using namespace abi::decimal;
  const UInt256 dividend = multiply_wide(magnitude(sum.total()), static_cast<UInt128>(kPowersOfTen[digits]));
  UInt128 quotient = 0;
  if (!divide_half_up(dividend, static_cast<UInt128>(sum.count), kMaxPrecision, &quotient)) return false;
  *result = with_sign(quotient, sum.high < 0);
  return true;
}

inline bool average(const WideSum& sum, int digits, Int128* result) {
  using namespace abi::decimal;
  const bool negative = sum.high < 0;
  const WideSum positive = negative ? sum.negated() : sum;
  const UInt128 power = static_cast<UInt128>(kPowersOfTen[digits]);
  UInt256 dividend = multiply_wide(static_cast<UInt128>(positive.middle) << 64 | positive.low, power);
  dividend.high += static_cast<UInt128>(static_cast<uint64_t>(positive.high)) * power;
  UInt128 quotient = 0;
  if (!divide_half_up(dividend, static_cast<UInt128>(sum.count), kMaxPrecision, &quotient)) return false;
  *result = with_sign(quotient, negative);
  return true;
}

}  // namespace weir::stdlib
