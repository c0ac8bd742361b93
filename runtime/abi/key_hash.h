// The hash of keys. It is part of every format that Weir stores, so it does not depend on the CPU; the compiler computes
// it for the constants of a query as the standard library does for rows.
#pragma once

#include <cstdint>
#include <cstring>

namespace weir::abi::key_hash {

constexpr uint64_t kMix0 = 0xa0761d6478bd642f;
constexpr uint64_t kMix1 = 0xe7037ed1a0b428db;

inline uint64_t mix(uint64_t a, uint64_t b) {
  const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

template <typename T>
inline T load(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

// The bytes of a string of at most 16 as two words, without reading outside of it.
inline void short_words(const char* data, uint64_t size, uint64_t& low, uint64_t& high) {
  if (size >= 8) {
    low = load<uint64_t>(data);
    high = load<uint64_t>(data + size - 8);
  } else if (size >= 4) {
    low = load<uint32_t>(data);
    high = load<uint32_t>(data + size - 4);
  } else if (size > 0) {
    low = static_cast<uint8_t>(data[0]) | static_cast<uint64_t>(static_cast<uint8_t>(data[size / 2])) << 8 |
          static_cast<uint64_t>(static_cast<uint8_t>(data[size - 1])) << 16;
    high = 0;
  } else {
    low = high = 0;
  }
}

// Each takes the hash of the values before.
inline uint64_t hash_integer(uint64_t seed, int64_t value) {
  return mix(seed ^ kMix0, static_cast<uint64_t>(value) ^ kMix1);
}

inline uint64_t hash_string(uint64_t seed, const char* data, uint64_t size) {
  uint64_t low = 0;
  uint64_t high = 0;
  const char* at = data;
  for (uint64_t left = size; left > 16; left -= 16, at += 16) {
    seed = mix(seed ^ load<uint64_t>(at), load<uint64_t>(at + 8) ^ kMix1);
  }
  short_words(at, size - static_cast<uint64_t>(at - data), low, high);
  return mix(mix(seed ^ low ^ kMix0, high ^ kMix1), size ^ kMix1);
}

}  // namespace weir::abi::key_hash
