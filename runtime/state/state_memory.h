// Blocks of memory for state: booked to an account, and grown without copying once they are large.
#pragma once

#include <cstdint>

#include "runtime/abi/holes.h"
#include "runtime/state/budget.h"

namespace weir::state {

// A block of `bytes` made from one of `old_bytes` (null and 0 at first); what was in it is kept, what is new is zero if `zero`.
char* resize_block(MemoryAccount* account, char* block, uint64_t old_bytes, uint64_t bytes, bool zero);
void free_block(MemoryAccount* account, char* block, uint64_t bytes);

// Ends the process: the system has no memory left although the budget allows it.
[[noreturn]] void out_of_memory(uint64_t bytes);

void close_memory(abi::StateMemory& memory);

inline MemoryAccount* account_of(const abi::StateMemory& memory) {
  return static_cast<MemoryAccount*>(memory.account);
}

}  // namespace weir::state
