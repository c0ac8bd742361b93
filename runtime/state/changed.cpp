#include "runtime/state/changed.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "runtime/state/state_memory.h"

namespace weir::state {
namespace {

constexpr uint32_t kFirstNumbers = 1024;

template <typename T>
T* resize(T* block, uint64_t count) {
  auto* result = static_cast<T*>(std::realloc(block, count * sizeof(T)));
  if (result == nullptr) out_of_memory(count * sizeof(T));
  return result;
}

void grow(ChangedEntries& changed, uint32_t number) {
  const uint64_t capacity =
      (std::max<uint64_t>({uint64_t{number} + 1, uint64_t{changed.capacity} * 2, kFirstNumbers}) + 63) / 64 *
      64;
  changed.bits = resize(changed.bits, capacity / 64);
  std::memset(changed.bits + changed.capacity / 64, 0, (capacity - changed.capacity) / 8);
  changed.numbers = resize(changed.numbers, capacity);
  changed.capacity = static_cast<uint32_t>(std::min<uint64_t>(capacity, UINT32_MAX / 64 * 64));
}

}  // namespace

void clear_changed(ChangedEntries& changed) {
  for (uint32_t i = 0; i < changed.count; ++i) changed.bits[changed.numbers[i] / 64] = 0;
  changed.count = 0;
}

void close_changed(ChangedEntries& changed) {
  std::free(changed.bits);
  std::free(changed.numbers);
  changed = {};
}

}  // namespace weir::state

void weir_note_change(weir::state::ChangedEntries* changed, uint32_t number) {
  if (number >= changed->capacity) weir::state::grow(*changed, number);
  changed->bits[number / 64] |= uint64_t{1} << (number % 64);
  changed->numbers[changed->count++] = number;
}
