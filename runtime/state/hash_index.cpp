#include "runtime/state/hash_index.h"

#include "runtime/state/state_memory.h"

namespace weir::state {
namespace {

uint64_t index_bytes(uint32_t bits) { return sizeof(uint64_t) << bits; }

}  // namespace

// Slots keep their order when the index doubles, so both are walked from front to back. (The last run of the old index may
// wrap around to its front; its slots are met first and find their place by probing like any other.)
void double_index(uint64_t*& index, uint32_t& index_bits, MemoryAccount* account) {
  const uint32_t bits = index == nullptr ? kFirstIndexBits : index_bits + 1;
  if (bits > 31) out_of_memory(index_bytes(bits));
  auto* doubled = reinterpret_cast<uint64_t*>(resize_block(account, nullptr, 0, index_bytes(bits), true));
  if (index) {
    const uint64_t mask = (uint64_t{1} << bits) - 1;
    for (const uint64_t* slot = index; slot != index + (uint64_t{1} << index_bits); ++slot) {
      if (*slot == 0) continue;
      uint64_t at = home_slot(tag_of(*slot), bits);
      while (doubled[at] != 0) at = (at + 1) & mask;
      doubled[at] = *slot;
    }
    free_index(index, index_bits, account);
  }
  index = doubled;
  index_bits = bits;
}

void free_index(uint64_t*& index, uint32_t& index_bits, MemoryAccount* account) {
  if (index) free_block(account, reinterpret_cast<char*>(index), index_bytes(index_bits));
  index = nullptr;
  index_bits = 0;
}

}  // namespace weir::state
