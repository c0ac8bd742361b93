// A small vocabulary for writing code: values that may be NULL, branches, calls by the C calling convention.
#pragma once

#include <llvm/IR/IRBuilder.h>

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "compiler/codegen/module.h"
#include "compiler/types/type.h"

namespace weir::codegen {

using types::Carrier;
using types::Kind;
using types::Type;

// A SQL value in registers. What stands in `data` of a NULL is of no meaning, but defined.
struct Value {
  llvm::Value* data = nullptr;  // BOOLEAN: i1; STRING and BYTES: the address; else the carrier
  llvm::Value* size = nullptr;  // of STRING and BYTES, i64
  llvm::Value* null = nullptr;  // i1; the constant false where the value cannot be NULL
};

// Writes the body of one function. The conditions' operations fold constants, so what cannot be NULL costs nothing.
class Emit {
 public:
  Emit(JobModule& module, llvm::Function* function);

  JobModule& module;
  llvm::Function* function;
  llvm::IRBuilder<> b;

  llvm::Value* argument(unsigned index) { return function->getArg(index); }

  // ---- types and constants
  llvm::Type* register_type(const Type& type);  // of Value::data
  llvm::Type* memory_type(Carrier carrier);     // in a row (a string is an array of two words)
  llvm::ConstantInt* i1(bool value) { return b.getInt1(value); }
  llvm::ConstantInt* i32(int64_t value) { return b.getInt32(static_cast<uint32_t>(value)); }
  llvm::ConstantInt* i64(int64_t value) { return b.getInt64(static_cast<uint64_t>(value)); }
  llvm::Constant* integer(llvm::Type* type, __int128 value);
  llvm::Constant* text(std::string_view bytes);  // address of constant bytes
  Value null_value(const Type& type);
  Value not_null(llvm::Value* data) { return {data, nullptr, i1(false)}; }

  // ---- conditions (i1)
  llvm::Value* both(llvm::Value* a, llvm::Value* c);
  llvm::Value* either(llvm::Value* a, llvm::Value* c);
  llvm::Value* negate(llvm::Value* a);
  llvm::Value* choose(llvm::Value* condition, llvm::Value* a, llvm::Value* c);
  Value choose(llvm::Value* condition, const Value& a, const Value& c);
  llvm::Value* is_true(const Value& boolean) { return both(boolean.data, negate(boolean.null)); }

  // ---- control
  llvm::BasicBlock* block(const char* name);
  // Runs `then` where the condition holds. `unlikely` says so to the optimiser.
  void when(llvm::Value* condition, const std::function<void()>& then, bool unlikely = false);
  // A value from one of two branches.
  Value branch(llvm::Value* condition, const std::function<Value()>& then,
               const std::function<Value()>& otherwise);
  // Leaves the function with the value where the condition holds.
  void return_when(llvm::Value* condition, llvm::Value* result);

  // ---- memory
  llvm::Value* at(llvm::Value* base, uint64_t offset);  // base + offset bytes
  llvm::Value* load(llvm::Type* type, llvm::Value* address, uint64_t align = 0);
  void store(llvm::Value* value, llvm::Value* address, uint64_t align = 0);
  llvm::Value* slot(llvm::Type* type, const char* name);  // on the stack, in the entry block

  // ---- calls
  // Passes arguments as clang does: i128 and strings as two registers, or by address where registers have run out.
  // A string argument is {address, size}; others have `size` null.
  struct Argument {
    llvm::Value* data;
    llvm::Value* size = nullptr;
  };
  llvm::CallInst* call(llvm::Function* callee, std::span<const Argument> arguments);
  llvm::CallInst* call(std::string_view stdlib_symbol, std::initializer_list<Argument> arguments);
  // The result of a call as a value of the type (i128 and strings come back as pairs).
  Value result(llvm::Value* returned, const Type& type);
};

}  // namespace weir::codegen
