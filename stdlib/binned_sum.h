// A sum of doubles whose result does not depend on the order of additions and merges.
//
// The binary digits of all doubles, from 2^-1074 on, are cut into fixed bins of 64. A value is an integer of 53 bits somewhere
// in two neighbouring bins; each bin is an integer sum in 128 bits, which is exact and so associative. Only the three bins up
// to the highest one that any value has reached are kept. What is dropped below them depends only on that highest bin, never on
// the order, and is less than 2^-115 of the largest value per addition. The result is rounded once, to nearest, ties to even.
#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>

#include "stdlib/function.h"

namespace weir::stdlib {

struct BinnedSum {
  Int128 bins[3];  // bins top, top − 1, top − 2
  int64_t count;
  int32_t top;
  uint32_t specials;  // kNaN, kInfinity, kMinusInfinity

  static constexpr uint32_t kNaN = 1, kInfinity = 2, kMinusInfinity = 4;
  static constexpr int kLowestExponent = -1074;

  void raise_top(int32_t wanted) {
    for (; top < wanted; ++top) {
      if (wanted - top >= 3) {
        bins[0] = bins[1] = bins[2] = 0;
        top = wanted;
        return;
      }
      bins[2] = bins[1];
      bins[1] = bins[0];
      bins[0] = 0;
    }
  }

  void add(double value) {
    ++count;
    const uint64_t bits = std::bit_cast<uint64_t>(value);
    const uint32_t biased = static_cast<uint32_t>(bits >> 52) & 0x7FF;
    const uint64_t fraction = bits & ((uint64_t{1} << 52) - 1);
    const bool negative = static_cast<bool>(bits >> 63);
    if (biased == 0x7FF) [[unlikely]] {
      specials |= fraction != 0 ? kNaN : negative ? kMinusInfinity : kInfinity;
      return;
    }
    const uint64_t mantissa = biased == 0 ? fraction : fraction | uint64_t{1} << 52;
    const uint32_t position = biased == 0 ? 0 : biased - 1;  // of the lowest bit, above 2^-1074
    const unsigned __int128 shifted = static_cast<unsigned __int128>(mantissa) << (position & 63);
    const auto high_bin = static_cast<int32_t>(position >> 6) + 1;
    if (high_bin > top) [[unlikely]]
      raise_top(high_bin);
    const int32_t below = top - high_bin;
    const Int128 high = static_cast<uint64_t>(shifted >> 64), low = static_cast<uint64_t>(shifted);
    if (below <= 2) bins[below] += negative ? -high : high;
    if (below <= 1) bins[below + 1] += negative ? -low : low;
  }

  void add(const BinnedSum& other) {
    count += other.count;
    specials |= other.specials;
    if (other.top > top) raise_top(other.top);
    const int32_t below = top - other.top;
    for (int32_t i = 0; i + below < 3; ++i) bins[i + below] += other.bins[i];
  }
};

namespace detail {

// 320 bits, most significant word first.
struct Digits {
  uint64_t words[5];

  int leading_zeros() const {
    int zeros = 0;
    for (int i = 0; i < 5; ++i) {
      if (words[i] != 0) return zeros + std::countl_zero(words[i]);
      zeros += 64;
    }
    return zeros;
  }
  void shift_left(int bits) {
    for (; bits >= 64; bits -= 64) {
      for (int i = 0; i < 4; ++i) words[i] = words[i + 1];
      words[4] = 0;
    }
    if (bits == 0) return;
    for (int i = 0; i < 4; ++i) words[i] = words[i] << bits | words[i + 1] >> (64 - bits);
    words[4] <<= bits;
  }
  uint64_t divide(uint64_t divisor) {  // returns the remainder
    unsigned __int128 rest = 0;
    for (uint64_t& word : words) {
      rest = rest << 64 | word;
      word = static_cast<uint64_t>(rest / divisor);
      rest %= divisor;
    }
    return static_cast<uint64_t>(rest);
  }
};

}  // namespace detail

// total / divisor, rounded once to T; the divisor is 1 for the sum.
template <typename T>
T round_binned(const BinnedSum& sum, int64_t divisor) {
  using Bits = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;
  constexpr int kFractionBits = sizeof(T) == 8 ? 52 : 23;
  constexpr int kExponentBias = sizeof(T) == 8 ? 1023 : 127;
  constexpr int kLowest = 1 - kExponentBias - kFractionBits;  // exponent of the least subnormal
  constexpr Bits kInfinityBits = static_cast<Bits>(2 * kExponentBias + 1) << kFractionBits;

  if ((sum.specials & BinnedSum::kNaN) != 0 || (sum.specials & 6) == 6) {
    return std::bit_cast<T>(static_cast<Bits>(kInfinityBits | Bits{1} << (kFractionBits - 1)));
  }
  if (sum.specials != 0) {
    return std::bit_cast<T>(kInfinityBits) * (sum.specials == BinnedSum::kMinusInfinity ? T{-1} : T{1});
  }

  // The total as a two's complement integer of 256 bits: bins[0] · 2^128 + bins[1] · 2^64 + bins[2].
  const Int128 carry_1 = sum.bins[1] + (sum.bins[2] >> 64);
  const Int128 carry_0 = sum.bins[0] + (carry_1 >> 64);
  detail::Digits digits{{static_cast<uint64_t>(carry_0 >> 64), static_cast<uint64_t>(carry_0),
                         static_cast<uint64_t>(carry_1), static_cast<uint64_t>(sum.bins[2]), 0}};
  const bool negative = carry_0 < 0;
  if (negative) {
    bool carry = true;
    for (int i = 3; i >= 0; --i) {
      digits.words[i] = ~digits.words[i] + carry;
      carry = carry && digits.words[i] == 0;
    }
  }
  int exponent = BinnedSum::kLowestExponent + 64 * (sum.top - 2) - 64;  // of the lowest of the 320 bits
  int zeros = digits.leading_zeros();
  if (zeros == 320) return T{0};
  digits.shift_left(zeros);
  exponent -= zeros;
  bool sticky = digits.divide(static_cast<uint64_t>(divisor)) != 0;
  zeros = digits.leading_zeros();
  digits.shift_left(zeros);
  exponent -= zeros;

  // The highest bit has the exponent `exponent + 319`; so many of the 64 highest bits are dropped:
  const int highest = exponent + 319;
  int drop = 63 - kFractionBits;
  if (highest - kFractionBits < kLowest) drop += kLowest - (highest - kFractionBits);
  if (drop > 64) return T{0};
  const uint64_t top = digits.words[0];
  for (int i = 1; i < 5; ++i) sticky = sticky || digits.words[i] != 0;
  uint64_t mantissa = drop == 64 ? 0 : top >> drop;
  const uint64_t half = uint64_t{1} << (drop - 1);
  const uint64_t rest = drop == 64 ? top : top & ((uint64_t{1} << drop) - 1);
  if (rest > half || (rest == half && (sticky || (mantissa & 1) != 0))) ++mantissa;
  // Adding the mantissa with its implicit bit to the exponent field carries where rounding went up to the next power of two.
  const int lowest_kept = highest - 63 + drop;
  Bits bits = static_cast<Bits>(mantissa);
  if (mantissa >> kFractionBits != 0) bits += static_cast<Bits>(lowest_kept - kLowest) << kFractionBits;
  if (highest > kExponentBias || bits >= kInfinityBits) bits = kInfinityBits;
  const T result = std::bit_cast<T>(bits);
  return negative && result != 0 ? -result : result;
}

}  // namespace weir::stdlib
