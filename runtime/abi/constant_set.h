// A set of constants in the code's data, for `x IN (…)`: open addressing, linear probing. The number of slots is a power of
// two, at least twice that of the values.
#pragma once

#include <cstdint>

#include "runtime/abi/key_hash.h"

namespace weir::abi {

// Of integers: a slot is a value; free ones hold a value that is not in the set.
inline uint64_t first_slot(int64_t value, uint64_t mask) { return key_hash::hash_integer(0, value) & mask; }

// Of strings: the bytes lie in one piece beside the slots.
struct StringSlot {
  uint64_t hash;
  uint32_t offset;
  uint32_t size;
};
static_assert(sizeof(StringSlot) == 16);
constexpr uint32_t kFreeStringSlot = UINT32_MAX;  // as a size

inline uint64_t constant_hash(const char* data, uint64_t size) {
  return key_hash::hash_string(0, data, size);
}

}  // namespace weir::abi
