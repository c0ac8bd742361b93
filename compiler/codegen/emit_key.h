// Keys of groups. An entry (runtime/abi/holes.h) begins with the key columns as a row; a string in it is {offset, size} into
// the table's memory.
#pragma once

#include "compiler/codegen/emit_row.h"

namespace weir::codegen {

// `prepared` begins with the key columns; `keys` is their row in an entry.
llvm::Value* emit_key_hash(Emit& emit, llvm::Value* prepared, const RowShape& prepared_shape,
                           const RowShape& keys);
llvm::Value* emit_key_equal(Emit& emit, llvm::Value* prepared, const RowShape& prepared_shape,
                            llvm::Value* entry, llvm::Value* memory, const RowShape& keys);
llvm::Value* emit_entry_keys_equal(Emit& emit, llvm::Value* a, llvm::Value* a_memory, llvm::Value* b,
                                   llvm::Value* b_memory, const RowShape& keys);
// i32; SQL order: NULL first, strings bytewise, NaN last.
void emit_key_compare(Emit& emit, llvm::Value* a, llvm::Value* b, llvm::Value* memory, const RowShape& keys);

// Zero has two forms and NaN many; keys and sets hold one of each.
Value canonical_number(Emit& emit, const Type& type, Value value);

Value load_key(Emit& emit, llvm::Value* entry, llvm::Value* memory, const RowShape& keys, uint32_t column);
// Writes the key columns as `key` has them; strings are copied into the memory.
void store_keys(Emit& emit, llvm::Value* entry, llvm::Value* memory, const RowShape& keys,
                const std::function<Value(Emit&, uint32_t column)>& key);

}  // namespace weir::codegen
