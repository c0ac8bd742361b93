// Bump memory of a context (abi::Arena): a chain of chunks that is kept and used again.
//
// Whoever wants back what was allocated since some moment keeps a copy of the arena (`const Arena mark = context->arena`) and
// assigns it later: chunks that were added meanwhile stay in the chain. Marks nest like a stack.
#pragma once

#include "runtime/abi/abi.h"
#include "runtime/abi/scan_state.h"  // weir_arena_reset

namespace weir::state {

struct MemoryAccount;

// Its chunks are booked to `account`, which may be null.
void open_arena(abi::Arena& arena, MemoryAccount* account = nullptr);
void close_arena(abi::Arena& arena);

}  // namespace weir::state
