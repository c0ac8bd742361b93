#include "compiler/codegen/emit_key.h"

#include <cstddef>

#include "compiler/codegen/emit_parts.h"
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
  const auto part = [&](Emit& in, uint32_t first, uint32_t last, llvm::Value* hash) {
    for (uint32_t i = first; i < last; ++i) {
      const Value value = load_column(in, parameter_in(in, prepared), prepared_shape, i);
      hash = in.branch(
                   value.null, [&] { return in.not_null(in.call("weir_hash_null", {{hash}})); },
                   [&] { return in.not_null(hash_value(in, hash, keys.types[i], value)); })
                 .data;
    }
    return hash;
  };
  return emit.call("weir_hash_finish",
                   {{emit_in_parts(emit, keys.types.size(), emit.i64(kKeyHashVersion), part)}});
}

llvm::Value* emit_key_equal(Emit& emit, llvm::Value* prepared, const RowShape& prepared_shape,
                            llvm::Value* entry, llvm::Value* memory, const RowShape& keys) {
  const auto part = [&](Emit& in, uint32_t first, uint32_t last, llvm::Value* equal) {
    for (uint32_t i = first; i < last; ++i) {
      const Value value = load_column(in, parameter_in(in, prepared), prepared_shape, i);
      const Value stored = load_key(in, parameter_in(in, entry), parameter_in(in, memory), keys, i);
      equal = in.both(equal, keys_equal(in, keys.types[i], value, stored));
    }
    return equal;
  };
  return emit_in_parts(emit, keys.types.size(), emit.i1(true), part);
}

llvm::Value* emit_entry_keys_equal(Emit& emit, llvm::Value* a, llvm::Value* a_memory, llvm::Value* b,
                                   llvm::Value* b_memory, const RowShape& keys) {
  const auto part = [&](Emit& in, uint32_t first, uint32_t last, llvm::Value* equal) {
    for (uint32_t i = first; i < last; ++i) {
      const Value left = load_key(in, parameter_in(in, a), parameter_in(in, a_memory), keys, i);
      const Value right = load_key(in, parameter_in(in, b), parameter_in(in, b_memory), keys, i);
      equal = in.both(equal, keys_equal(in, keys.types[i], left, right));
    }
    return equal;
  };
  return emit_in_parts(emit, keys.types.size(), emit.i1(true), part);
}

void emit_key_compare(Emit& emit, llvm::Value* a, llvm::Value* b, llvm::Value* memory, const RowShape& keys) {
  const auto part = [&](Emit& in, uint32_t first, uint32_t last, llvm::Value* order) {
    in.return_when(in.b.CreateICmpNE(order, in.i32(0)), order);
    for (uint32_t i = first; i < last; ++i) {
      const Value left = load_key(in, parameter_in(in, a), parameter_in(in, memory), keys, i);
      const Value right = load_key(in, parameter_in(in, b), parameter_in(in, memory), keys, i);
      // NULL first: where one is NULL, that one is less.
      in.return_when(in.both(left.null, in.negate(right.null)), in.i32(-1));
      in.return_when(in.both(right.null, in.negate(left.null)), in.i32(1));
      order = in.choose(left.null, in.i32(0), compare_values(in, keys.types[i], left, right));
      if (i + 1 < last) in.return_when(in.b.CreateICmpNE(order, in.i32(0)), order);
    }
    return order;
  };
  emit.b.CreateRet(emit_in_parts(emit, keys.types.size(), emit.i32(0), part));
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
                const std::function<Value(Emit&, uint32_t)>& key) {
  emit_in_parts(emit, keys.types.size(), [&](Emit& in, uint32_t first, uint32_t last) {
    std::vector<Value> stored;
    for (uint32_t i = first; i < last; ++i) {
      Value value = canonical_number(in, keys.types[i], key(in, i));
      if (types::carrier(keys.types[i]) == Carrier::String) {
        llvm::Value* offset =
            in.call("weir_store_string", {{parameter_in(in, memory)}, {value.data}, {value.size}});
        value.data = in.b.CreateIntToPtr(offset, in.b.getPtrTy());
      } else {  // what a row holds in place of NULL is anything
        value.data = in.choose(value.null, llvm::Constant::getNullValue(value.data->getType()), value.data);
      }
      stored.push_back(value);
    }
    store_columns(in, parameter_in(in, entry), keys, first, stored);
  });
}

}  // namespace weir::codegen
