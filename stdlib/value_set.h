// The values that an aggregate with DISTINCT has seen: a set in the group's StateMemory, named by its offset (0: empty), which
// is a field of the group's entry. The compiler calls these; an aggregate is updated where `insert` says that a value is new.
// Merging is inserting every value of the other set. Equality is that of the bits: doubles come as canonical bits.
#pragma once

#include "stdlib/function.h"

namespace weir::stdlib {

// At `set` in the memory. Values lie densely in order of insertion, from 9 on with an open-addressing index of positions
// (from 1; 0 is free) beside them. A set that grows leaves its old place unused.
struct ValueSet {
  uint64_t count;
  uint64_t capacity;  // a power of two
  uint64_t values;    // offset
  uint64_t index;     // offset of 2 × capacity uint32_t; 0: no index yet
};

}  // namespace weir::stdlib

extern "C" {
using weir::stdlib::Int128;
using weir::stdlib::StringRef;

// True if the value was not in the set before. BYTES and STRING are copied.
bool weir_set_insert_i64(StateMemory* memory, uint64_t* set, int64_t value);
bool weir_set_insert_i128(StateMemory* memory, uint64_t* set, Int128 value);
bool weir_set_insert_bytes(StateMemory* memory, uint64_t* set, StringRef value);
uint64_t weir_set_count(const StateMemory* memory, uint64_t set);
// The value at a position below the count.
int64_t weir_set_value_i64(const StateMemory* memory, uint64_t set, uint64_t position);
Int128 weir_set_value_i128(const StateMemory* memory, uint64_t set, uint64_t position);
StringRef weir_set_value_bytes(const StateMemory* memory, uint64_t set, uint64_t position);
}
