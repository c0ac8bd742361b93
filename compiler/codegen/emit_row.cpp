#include "compiler/codegen/emit_row.h"

#include <llvm/IR/GlobalVariable.h>

#include "compiler/codegen/emit_parts.h"
#include "compiler/diagnostics/check.h"
#include "runtime/abi/placed_column.h"

namespace weir::codegen {
namespace {

llvm::Value* load_null_word(Emit& emit, llvm::Value* row, uint32_t column) {
  return emit.load(emit.b.getInt64Ty(), emit.at(row, abi::RowLayout::null_word(column)), 8);
}

uint64_t alignment_of(Carrier carrier) {
  return carrier == Carrier::String ? 8 : abi::carrier_bytes(static_cast<abi::Carrier>(carrier));
}

void store_data(Emit& emit, llvm::Value* row, const RowShape& shape, uint32_t column, const Value& value) {
  const Type& type = shape.types[column];
  const Carrier carrier = types::carrier(type);
  llvm::Value* address = emit.at(row, shape.layout.offsets[column]);
  llvm::Value* data = value.data;
  if (data->getType()->isIntegerTy(1)) data = emit.b.CreateZExt(data, emit.b.getInt8Ty());
  emit.store(data, address, alignment_of(carrier));
  if (carrier == Carrier::String) emit.store(value.size, emit.at(address, 8), 8);
}

}  // namespace

abi::Carrier abi_carrier(const Type& type) { return static_cast<abi::Carrier>(types::carrier(type)); }

RowShape make_row_shape(const std::vector<Type>& types, const std::vector<bool>& used) {
  std::vector<abi::Carrier> carriers;
  carriers.reserve(types.size());
  for (const Type& type : types) carriers.push_back(abi_carrier(type));
  return {types, abi::layout_row(carriers, used)};
}

llvm::Value* load_null(Emit& emit, llvm::Value* row, const RowShape& shape, uint32_t column) {
  if (!shape.types[column].nullable) return emit.i1(false);
  llvm::Value* bit =
      emit.b.CreateAnd(load_null_word(emit, row, column), emit.b.getInt64(abi::RowLayout::null_bit(column)));
  return emit.b.CreateICmpNE(bit, emit.i64(0));
}

Value load_column(Emit& emit, llvm::Value* row, const RowShape& shape, uint32_t column) {
  WEIR_CHECK(column < shape.types.size(), "a column index out of range");
  const uint32_t offset = shape.layout.offsets[column];
  WEIR_CHECK(offset != abi::kNoOffset, "a column is read that the row does not hold");
  const Type& type = shape.types[column];
  const Carrier carrier = types::carrier(type);
  llvm::Value* address = emit.at(row, offset);
  Value value;
  value.null = load_null(emit, row, shape, column);
  if (carrier == Carrier::String) {
    value.data = emit.load(emit.b.getPtrTy(), address, 8);
    // A NULL string is empty, so that code that runs for NULLs as well reads nothing.
    value.size = emit.choose(value.null, emit.i64(0), emit.load(emit.b.getInt64Ty(), emit.at(address, 8), 8));
    return value;
  }
  value.data = emit.load(emit.memory_type(carrier), address, alignment_of(carrier));
  if (emit.register_type(type)->isIntegerTy(1)) {
    value.data = emit.b.CreateICmpNE(value.data, emit.b.getInt8(0));
  }
  return value;
}

namespace {

// By a loop over a table: code for so many columns would take its time to compile.
llvm::Value* wide_rows_equal(Emit& emit, llvm::Value* a, llvm::Value* b, const RowShape& shape) {
  std::vector<uint32_t> columns;  // abi::PlacedColumn
  for (uint32_t i = 0; i < shape.types.size(); ++i) {
    columns.push_back(shape.layout.offsets[i]);
    columns.push_back(static_cast<uint32_t>(abi_carrier(shape.types[i])));
  }
  llvm::Constant* const data = llvm::ConstantDataArray::get(emit.module.context(), columns);
  auto* const table = new llvm::GlobalVariable(emit.module.module(), data->getType(), /*isConstant=*/true,
                                               llvm::GlobalValue::PrivateLinkage, data, "columns");
  table->setAlignment(llvm::Align(alignof(abi::PlacedColumn)));
  return emit.call("weir_equal_rows",
                   {{a}, {b}, {table}, {emit.i64(static_cast<int64_t>(shape.types.size()))}});
}

}  // namespace

void store_columns(Emit& emit, llvm::Value* row, const RowShape& shape, uint32_t first,
                   std::span<const Value> values) {
  const auto last = first + static_cast<uint32_t>(values.size());
  WEIR_CHECK(first % 64 == 0 && last <= shape.types.size(), "columns are written that the row does not have");
  for (uint32_t word_first = first; word_first < last; word_first += 64) {
    llvm::Value* word = emit.i64(0);
    for (uint32_t i = word_first; i < last && i < word_first + 64; ++i) {
      if (shape.layout.offsets[i] == abi::kNoOffset) continue;
      llvm::Value* bit =
          emit.choose(values[i - first].null, emit.b.getInt64(abi::RowLayout::null_bit(i)), emit.i64(0));
      word = emit.b.CreateOr(word, bit);
    }
    emit.store(word, emit.at(row, abi::RowLayout::null_word(word_first)), 8);
  }
  for (uint32_t i = first; i < last; ++i) {
    if (shape.layout.offsets[i] != abi::kNoOffset) store_data(emit, row, shape, i, values[i - first]);
  }
}

void store_column(Emit& emit, llvm::Value* row, const RowShape& shape, uint32_t column, const Value& value) {
  llvm::Value* word = load_null_word(emit, row, column);
  const uint64_t bit = abi::RowLayout::null_bit(column);
  word = emit.choose(value.null, emit.b.CreateOr(word, emit.b.getInt64(bit)),
                     emit.b.CreateAnd(word, emit.b.getInt64(~bit)));
  emit.store(word, emit.at(row, abi::RowLayout::null_word(column)), 8);
  store_data(emit, row, shape, column, value);
}

llvm::Value* rows_equal(Emit& emit, llvm::Value* a, llvm::Value* b, const RowShape& shape) {
  if (shape.types.size() > kColumnsPerPart) return wide_rows_equal(emit, a, b, shape);
  llvm::Value* equal = emit.i1(true);
  for (uint32_t i = 0; i < shape.types.size(); ++i) {
    if (shape.layout.offsets[i] == abi::kNoOffset) continue;
    const Value left = load_column(emit, a, shape, i);
    const Value right = load_column(emit, b, shape, i);
    llvm::Value* same = values_equal(emit, shape.types[i], left, right);
    // Both NULL, or neither and equal.
    same = emit.choose(left.null, right.null, emit.both(emit.negate(right.null), same));
    equal = emit.both(equal, same);
  }
  return equal;
}

llvm::Value* values_equal(Emit& emit, const Type& type, const Value& a, const Value& b) {
  switch (types::carrier(type)) {
    case Carrier::String: return emit.call("weir_equal_string", {{a.data}, {a.size}, {b.data}, {b.size}});
    case Carrier::F32:
    case Carrier::F64:
      return emit.call("weir_equal_double", {{emit.b.CreateFPExt(a.data, emit.b.getDoubleTy())},
                                             {emit.b.CreateFPExt(b.data, emit.b.getDoubleTy())}});
    default: return emit.b.CreateICmpEQ(a.data, b.data);
  }
}

llvm::Value* compare_values(Emit& emit, const Type& type, const Value& a, const Value& b) {
  switch (types::carrier(type)) {
    case Carrier::String: return emit.call("weir_compare_string", {{a.data}, {a.size}, {b.data}, {b.size}});
    case Carrier::F32:
    case Carrier::F64:
      return emit.call("weir_compare_double", {{emit.b.CreateFPExt(a.data, emit.b.getDoubleTy())},
                                               {emit.b.CreateFPExt(b.data, emit.b.getDoubleTy())}});
    default: {
      const bool is_unsigned = a.data->getType()->isIntegerTy(1);
      llvm::Value* less =
          is_unsigned ? emit.b.CreateICmpULT(a.data, b.data) : emit.b.CreateICmpSLT(a.data, b.data);
      llvm::Value* different = emit.b.CreateICmpNE(a.data, b.data);
      return emit.choose(less, emit.i32(-1), emit.b.CreateZExt(different, emit.b.getInt32Ty()));
    }
  }
}

}  // namespace weir::codegen
