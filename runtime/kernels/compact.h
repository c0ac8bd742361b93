// Copies the strings that entries still refer to into fresh memory; what they no longer refer to is given back. Inline in
// kernels.
#pragma once

#include <cstring>

#include "runtime/abi/holes.h"
#include "runtime/state/groups.h"

namespace weir::kernels {

constexpr uint64_t kCompactLeastBytes = uint64_t{1} << 20;

// Memory that has not doubled since it was last copied is left alone, so copying costs a constant per byte allocated.
inline bool has_doubled(const StateMemory& memory, uint64_t compact_at) {
  return memory.used >= (compact_at < kCompactLeastBytes ? kCompactLeastBytes : compact_at);
}

// Calls `for_each_entry(move)`, and `move(entry)` moves one entry. Returns the size from which it is worth while again.
template <typename ForEachEntry>
inline uint64_t compact(Context* context, StateMemory& memory, const ForEachEntry& for_each_entry) {
  const abi::Arena mark = context->arena;
  char* old_entry = abi::allocate(context, hole_entry_bytes());
  StateMemory fresh = {nullptr, 0, 0, memory.account};
  for_each_entry([&](char* entry) {
    std::memcpy(old_entry, entry, hole_entry_bytes());
    hole_entry_copy(entry, &fresh, old_entry, &memory);
  });
  weir_state_release(&memory);
  memory = fresh;
  context->arena = mark;
  return fresh.used * 2;
}

}  // namespace weir::kernels
