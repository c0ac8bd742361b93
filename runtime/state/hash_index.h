// The index of PaneTable and SessionStore: open addressing over 8-byte slots {number + 1, tag}, 0 = empty. The tag is the low
// half of a key's hash; its upper bits are where the search begins. At most three quarters of the slots are in use; a
// quarter while all of them lie in the inner cache anyway, for then a search is one comparison that is well predicted.
#pragma once

#include <cstdint>

namespace weir::state {

struct MemoryAccount;

constexpr uint32_t kFirstIndexBits = 6;
constexpr uint32_t kSparseIndexBits = 10;

inline uint64_t home_slot(uint32_t tag, uint32_t index_bits) { return tag >> (32 - index_bits); }
inline uint32_t slots_in_use(uint32_t index_bits) {
  return static_cast<uint32_t>((uint64_t{3} << index_bits) / 4);
}
inline uint32_t tag_of(uint64_t slot) { return static_cast<uint32_t>(slot); }
inline uint32_t number_of(uint64_t slot) { return static_cast<uint32_t>(slot >> 32) - 1; }
inline uint64_t make_slot(uint32_t tag, uint32_t number) { return tag | (uint64_t{number} + 1) << 32; }

// Empties a slot and moves later ones of its run forward, so that no search ends too early.
inline void erase_slot(uint64_t* index, uint32_t index_bits, uint64_t at) {
  const uint64_t mask = (uint64_t{1} << index_bits) - 1;
  uint64_t hole = at;
  for (uint64_t next = (at + 1) & mask; index[next] != 0; next = (next + 1) & mask) {
    const uint64_t home = home_slot(tag_of(index[next]), index_bits);
    if (((next - home) & mask) < ((next - hole) & mask)) continue;  // it may not stand before its home
    index[hole] = index[next];
    hole = next;
  }
  index[hole] = 0;
}

// Twice the slots, or the first ones if `index` is null. 31 bits is the most.
void double_index(uint64_t*& index, uint32_t& index_bits, MemoryAccount* account);
void free_index(uint64_t*& index, uint32_t& index_bits, MemoryAccount* account);

}  // namespace weir::state
