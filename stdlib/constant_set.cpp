// Whether a value is in a set of constants (runtime/abi/constant_set.h).
#include "runtime/abi/constant_set.h"

#include <cstring>

#include "stdlib/function.h"

#define WEIR_SET_FUNCTION extern "C" __attribute__((used))

namespace weir::stdlib {

// Free slots hold `free`, which is not in the set.
WEIR_SET_FUNCTION bool weir_in_integers(const int64_t* slots, uint64_t mask, int64_t free, int64_t value) {
  for (uint64_t at = abi::first_slot(value, mask); slots[at] != free; at = (at + 1) & mask) {
    if (slots[at] == value) return true;
  }
  return false;
}

WEIR_SET_FUNCTION bool weir_in_strings(const abi::StringSlot* slots, uint64_t mask, const char* bytes,
                                       const char* data, uint64_t size) {
  const uint64_t hash = abi::constant_hash(data, size);
  for (uint64_t at = hash & mask; slots[at].size != abi::kFreeStringSlot; at = (at + 1) & mask) {
    const abi::StringSlot& slot = slots[at];
    if (slot.hash == hash && slot.size == size &&
        (size == 0 || std::memcmp(bytes + slot.offset, data, size) == 0))
      return true;
  }
  return false;
}

}  // namespace weir::stdlib
