// Finding bytes: vectors of 32 bytes that LLVM lowers for the CPU at hand, and words of 8 for runs of digits.
// All loads run at most 64 bytes past what they are about; input buffers carry that padding.
#pragma once

#include <cstdint>
#include <cstring>

namespace weir::abi {

typedef uint8_t Bytes32 __attribute__((vector_size(32)));
typedef int8_t SignedBytes32 __attribute__((vector_size(32)));
typedef bool Bits32 __attribute__((ext_vector_type(32)));

#define WEIR_INLINE [[gnu::always_inline]] inline

template <typename T>
WEIR_INLINE T load(const char* at) {
  T value;
  memcpy(&value, at, sizeof(T));
  return value;
}

// Bit i = lane i is not zero (all lanes are 0 or -1).
template <typename Vector>
WEIR_INLINE uint32_t bits_of(Vector lanes) {
  return __builtin_bit_cast(uint32_t, __builtin_convertvector(lanes, Bits32));
}

WEIR_INLINE uint32_t bits_equal(const char* at, char byte) {
  return bits_of(load<Bytes32>(at) == static_cast<uint8_t>(byte));
}

// Bit i = byte i ends a run of plain string bytes: quote, backslash, control, or not ASCII. One comparison finds all but
// the backslash: with its second bit flipped the quote (0x22) is next to the controls, and bytes from 0x80 are negative.
WEIR_INLINE uint32_t bits_string_special(const char* at) {
  const Bytes32 bytes = load<Bytes32>(at);
  const SignedBytes32 low = (SignedBytes32)(bytes ^ uint8_t{2}) < int8_t{0x21};
  const SignedBytes32 backslash = (SignedBytes32)(bytes == uint8_t{'\\'});
  return bits_of(low | backslash);
}

// The first 32 bytes at `at` equal `literal` where `mask` is set.
WEIR_INLINE bool equal_masked(const char* at, const uint8_t* literal, const uint8_t* mask) {
  typedef uint64_t Words4 __attribute__((vector_size(32)));
  Words4 want, care;
  memcpy(&want, literal, 32);
  memcpy(&care, mask, 32);
  const Words4 differ = (load<Words4>(at) ^ want) & care;
  return __builtin_reduce_or(differ) == 0;
}

// ---- digits ------------------------------------------------------------------------------------

// Eight bytes at once, the first in memory lowest.
struct Digits8 {
  uint64_t values;      // each byte minus '0', where it is a digit
  uint64_t not_digits;  // 0x80 in each byte that is no digit; right up to and including the first one

  WEIR_INLINE uint32_t count() const { return static_cast<uint32_t>(__builtin_ctzll(not_digits)) >> 3; }
};

WEIR_INLINE Digits8 load_digits(const char* at) {
  const uint64_t values = load<uint64_t>(at) ^ 0x3030303030303030u;
  return {values, ((values + 0x7676767676767676u) | values) & 0x8080808080808080u};
}

// Bit i = byte i is no digit; bit 31 always.
WEIR_INLINE uint32_t bits_not_digit(const char* at) {
  const Bytes32 values = load<Bytes32>(at) - uint8_t{'0'};
  return bits_of(values > uint8_t{9}) | 1u << 31;
}

// The number that eight digit values spell.
WEIR_INLINE uint64_t number_of(uint64_t values) {
  values = values * 10 + (values >> 8);
  const uint64_t mask = 0x000000ff000000ffu;
  return (((values & mask) * 0x000f424000000064u) + (((values >> 16) & mask) * 0x0000271000000001u)) >> 32;
}

// The number that the first `count` (1 … 7) of them spell.
WEIR_INLINE uint64_t number_of(uint64_t values, uint32_t count) {
  return number_of(values << (64 - 8 * count));
}

constexpr uint64_t kPowersOfTen[20] = {1u,
                                       10u,
                                       100u,
                                       1000u,
                                       10000u,
                                       100000u,
                                       1000000u,
                                       10000000u,
                                       100000000u,
                                       1000000000u,
                                       10000000000u,
                                       100000000000u,
                                       1000000000000u,
                                       10000000000000u,
                                       100000000000000u,
                                       1000000000000000u,
                                       10000000000000000u,
                                       100000000000000000u,
                                       1000000000000000000u,
                                       10000000000000000000u};

}  // namespace weir::abi
