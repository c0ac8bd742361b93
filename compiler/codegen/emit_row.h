// Columns of rows (runtime/abi/row_layout.h) in memory.
#pragma once

#include <vector>

#include "compiler/codegen/emit.h"
#include "runtime/abi/row_layout.h"

namespace weir::codegen {

struct RowShape {
  std::vector<Type> types;
  abi::RowLayout layout;
};
RowShape make_row_shape(const std::vector<Type>& types, const std::vector<bool>& used = {});
abi::Carrier abi_carrier(const Type& type);

Value load_column(Emit& emit, llvm::Value* row, const RowShape& shape, uint32_t column);
// Whether the column is NULL, without its value.
llvm::Value* load_null(Emit& emit, llvm::Value* row, const RowShape& shape, uint32_t column);
// Writes columns from `first`, a multiple of 64, on, and their words of the bitmap.
void store_columns(Emit& emit, llvm::Value* row, const RowShape& shape, uint32_t first,
                   std::span<const Value> values);
// Writes one column of a row whose other columns are there.
void store_column(Emit& emit, llvm::Value* row, const RowShape& shape, uint32_t column, const Value& value);
// Whether all columns of two rows, parameters of the function, are equal; NULL equals NULL, NaN equals NaN.
llvm::Value* rows_equal(Emit& emit, llvm::Value* a, llvm::Value* b, const RowShape& shape);

// Equality and order of two values that are not NULL.
llvm::Value* values_equal(Emit& emit, const Type& type, const Value& a, const Value& b);
llvm::Value* compare_values(Emit& emit, const Type& type, const Value& a, const Value& b);  // i32: <0, 0, >0

}  // namespace weir::codegen
