#include "compiler/codegen/emit_key.h"

#include <cstddef>

#include "runtime/abi/holes.h"

namespace weir::codegen {
namespace {

// The version of the hash is its seed: whoever changes stdlib/keys.cpp changes this as well.
constexpr int64_t kKeyHashVersion = 1;

llvm::Value* hash_value(Emit& emit, llvm::Value* seed, const Type& type, const Value& value) {
  switch (types::carrier(type)) {
    case Carrier::String: return emit.call("weir_hash_string", {{seed}, {value.data}, {value.size}});
    case Carrier::I128: return emit.call("weir_hash_integer128", {{seed}, {value.data}});
    case Carrier::F32:
    case Carrier::F64:
      return emit.call("weir_hash_double", {{seed}, {emit.b.CreateFPExt(value.data, emit.b.getDoubleTy())}});
    default: {
      llvm::Type* wide = emit.b.getInt64Ty();
      llvm::Value* number = value.data->getType()->isIntegerTy(1) ? emit.b.CreateZExt(value.data, wide)
                                                                  : emit.b.CreateSExt(value.data, wide);
      return emit.call("weir_hash_integer", {{seed}, {number}});
    }
  }
}

// Both NULL, or neither and equal.
llvm::Value* keys_equal(Emit& emit, const Type& type, const Value& a, const Value& c) {
  llvm::Value* same = values_equal(emit, type, a, c);
  return emit.choose(a.null, c.null, emit.both(emit.negate(c.null), same));
}

}  // namespace

Value canonical_number(Emit& emit, const Type& type, Value value) {
  if (!types::is_approximate(type)) return value;
  llvm::Value* zero = llvm::Constant::getNullValue(value.data->getType());
  value.data = emit.choose(emit.b.CreateFCmpOEQ(value.data, zero), zero, value.data);
  llvm::Value* nan = llvm::ConstantFP::getNaN(value.data->getType());
  value.data = emit.choose(emit.b.CreateFCmpUNO(value.data, value.data), nan, value.data);
  return value;
}

llvm::Value* emit_key_hash(Emit& emit, llvm::Value* prepared, const RowShape& prepared_shape,
                           const RowShape& keys) {
  llvm::Value* hash = emit.i64(kKeyHashVersion);
  for (uint32_t i = 0; i < keys.types.size(); ++i) {
    const Value value = load_column(emit, prepared, prepared_shape, i);
    hash = emit.branch(
                   value.null, [&] { return emit.not_null(emit.call("weir_hash_null", {{hash}})); },
                   [&] { return emit.not_null(hash_value(emit, hash, keys.types[i], value)); })
               .data;
  }
  return emit.call("weir_hash_finish", {{hash}});
}

llvm::Value* emit_key_equal(Emit& emit, llvm::Value* prepared, const RowShape& prepared_shape,
                            llvm::Value* entry, llvm::Value* memory, const RowShape& keys) {
  llvm::Value* equal = emit.i1(true);
  for (uint32_t i = 0; i < keys.types.size(); ++i) {
    const Value value = load_column(emit, prepared, prepared_shape, i);
    const Value stored = load_key(emit, entry, memory, keys, i);
    equal = emit.both(equal, keys_equal(emit, keys.types[i], value, stored));
  }
  return equal;
}

llvm::Value* emit_entry_keys_equal(Emit& emit, llvm::Value* a, llvm::Value* a_memory, llvm::Value* b,
                                   llvm::Value* b_memory, const RowShape& keys) {
  llvm::Value* equal = emit.i1(true);
  for (uint32_t i = 0; i < keys.types.size(); ++i) {
    const Value left = load_key(emit, a, a_memory, keys, i);
    const Value right = load_key(emit, b, b_memory, keys, i);
    equal = emit.both(equal, keys_equal(emit, keys.types[i], left, right));
  }
  return equal;
}

void emit_key_compare(Emit& emit, llvm::Value* a, llvm::Value* b, llvm::Value* memory, const RowShape& keys) {
  for (uint32_t i = 0; i < keys.types.size(); ++i) {
    const Value left = load_key(emit, a, memory, keys, i);
    const Value right = load_key(emit, b, memory, keys, i);
    // NULL first: where one is NULL, that one is less.
    emit.return_when(emit.both(left.null, emit.negate(right.null)), emit.i32(-1));
    emit.return_when(emit.both(right.null, emit.negate(left.null)), emit.i32(1));
    llvm::Value* order =
        emit.choose(left.null, emit.i32(0), compare_values(emit, keys.types[i], left, right));
    if (i + 1 == keys.types.size()) {
      emit.b.CreateRet(order);
      return;
    }
    emit.return_when(emit.b.CreateICmpNE(order, emit.i32(0)), order);
  }
  emit.b.CreateRet(emit.i32(0));
}

Value load_key(Emit& emit, llvm::Value* entry, llvm::Value* memory, const RowShape& keys, uint32_t column) {
  Value value = load_column(emit, entry, keys, column);
  if (types::carrier(keys.types[column]) == Carrier::String) {
    llvm::Value* base = emit.load(emit.b.getPtrTy(), emit.at(memory, offsetof(abi::StateMemory, base)));
    value.data =
        emit.b.CreateGEP(emit.b.getInt8Ty(), base, emit.b.CreatePtrToInt(value.data, emit.b.getInt64Ty()));
  }
  return value;
}

void store_keys(Emit& emit, llvm::Value* entry, llvm::Value* memory, const RowShape& keys,
                std::span<const Value> values) {
  std::vector<Value> stored;
  for (uint32_t i = 0; i < keys.types.size(); ++i) {
    Value value = canonical_number(emit, keys.types[i], values[i]);
    if (types::carrier(keys.types[i]) == Carrier::String) {
      llvm::Value* offset = emit.call("weir_store_string", {{memory}, {value.data}, {value.size}});
      value.data = emit.b.CreateIntToPtr(offset, emit.b.getPtrTy());
    }
    stored.push_back(value);
  }
  store_row(emit, entry, keys, stored);
}

}  // namespace weir::codegen
