#include "compiler/codegen/emit.h"

#include <llvm/IR/MDBuilder.h>

#include "compiler/diagnostics/check.h"
#include "runtime/abi/abi.h"

namespace weir::codegen {

Emit::Emit(JobModule& module_, llvm::Function* function_)
    : module(module_), function(function_), b(module_.context()) {
  WEIR_CHECK(function->isDeclaration(), "a hole is filled twice: " + function->getName().str());
  b.SetInsertPoint(llvm::BasicBlock::Create(module.context(), "entry", function));
}

// ---- types and constants ---------------------------------------------------------------------------

llvm::Type* Emit::register_type(const Type& type) {
  if (type.kind == Kind::Boolean || type.kind == Kind::Null) return b.getInt1Ty();
  const Carrier carrier = types::carrier(type);
  return carrier == Carrier::String ? b.getPtrTy() : memory_type(carrier);
}

llvm::Type* Emit::memory_type(Carrier carrier) {
  switch (carrier) {
    case Carrier::I8: return b.getInt8Ty();
    case Carrier::I16: return b.getInt16Ty();
    case Carrier::I32: return b.getInt32Ty();
    case Carrier::I64: return b.getInt64Ty();
    case Carrier::I128: return b.getInt128Ty();
    case Carrier::F32: return b.getFloatTy();
    case Carrier::F64: return b.getDoubleTy();
    case Carrier::String: return llvm::ArrayType::get(b.getInt64Ty(), 2);
  }
  WEIR_CHECK(false, "a carrier out of range");
}

llvm::Constant* Emit::integer(llvm::Type* type, __int128 value) {
  const auto bits = static_cast<unsigned __int128>(value);
  const uint64_t words[2] = {static_cast<uint64_t>(bits), static_cast<uint64_t>(bits >> 64)};
  return llvm::ConstantInt::get(type, llvm::APInt(128, words).trunc(type->getIntegerBitWidth()));
}

llvm::Constant* Emit::text(std::string_view bytes) {
  return b.CreateGlobalString(llvm::StringRef(bytes.data(), bytes.size()), "text", 0, &module.module());
}

Value Emit::null_value(const Type& type) {
  llvm::Type* in_register = register_type(type);
  llvm::Value* size = in_register->isPointerTy() ? i64(0) : nullptr;
  return {llvm::Constant::getNullValue(in_register), size, i1(true)};
}

// ---- conditions --------------------------------------------------------------------------------------

llvm::Value* Emit::both(llvm::Value* a, llvm::Value* c) {
  if (const auto* constant = llvm::dyn_cast<llvm::ConstantInt>(a)) return constant->isZero() ? a : c;
  if (const auto* constant = llvm::dyn_cast<llvm::ConstantInt>(c)) return constant->isZero() ? c : a;
  return b.CreateAnd(a, c);
}

llvm::Value* Emit::either(llvm::Value* a, llvm::Value* c) {
  if (const auto* constant = llvm::dyn_cast<llvm::ConstantInt>(a)) return constant->isZero() ? c : a;
  if (const auto* constant = llvm::dyn_cast<llvm::ConstantInt>(c)) return constant->isZero() ? a : c;
  return b.CreateOr(a, c);
}

llvm::Value* Emit::negate(llvm::Value* a) { return b.CreateNot(a); }

llvm::Value* Emit::choose(llvm::Value* condition, llvm::Value* a, llvm::Value* c) {
  if (a == c) return a;
  if (const auto* constant = llvm::dyn_cast<llvm::ConstantInt>(condition)) return constant->isZero() ? c : a;
  return b.CreateSelect(condition, a, c);
}

Value Emit::choose(llvm::Value* condition, const Value& a, const Value& c) {
  return {choose(condition, a.data, c.data), a.size ? choose(condition, a.size, c.size) : nullptr,
          choose(condition, a.null, c.null)};
}

// ---- control -----------------------------------------------------------------------------------------

llvm::BasicBlock* Emit::block(const char* name) {
  return llvm::BasicBlock::Create(module.context(), name, function);
}

void Emit::when(llvm::Value* condition, const std::function<void()>& then, bool unlikely) {
  if (const auto* constant = llvm::dyn_cast<llvm::ConstantInt>(condition)) {
    if (!constant->isZero()) then();
    // What follows a return is never reached, and is dropped.
    if (b.GetInsertBlock()->getTerminator()) b.SetInsertPoint(block("never"));
    return;
  }
  llvm::BasicBlock* taken = block("then");
  llvm::BasicBlock* behind = block("behind");
  b.CreateCondBr(condition, taken, behind,
                 unlikely ? llvm::MDBuilder(module.context()).createBranchWeights(1, 2000) : nullptr);
  b.SetInsertPoint(taken);
  then();
  if (!b.GetInsertBlock()->getTerminator()) b.CreateBr(behind);
  b.SetInsertPoint(behind);
}

Value Emit::branch(llvm::Value* condition, const std::function<Value()>& then,
                   const std::function<Value()>& otherwise) {
  if (const auto* constant = llvm::dyn_cast<llvm::ConstantInt>(condition)) {
    return constant->isZero() ? otherwise() : then();
  }
  llvm::BasicBlock* taken = block("then");
  llvm::BasicBlock* other = block("else");
  llvm::BasicBlock* behind = block("behind");
  b.CreateCondBr(condition, taken, other);
  b.SetInsertPoint(taken);
  const Value a = then();
  llvm::BasicBlock* a_end = b.GetInsertBlock();
  b.CreateBr(behind);
  b.SetInsertPoint(other);
  const Value c = otherwise();
  llvm::BasicBlock* c_end = b.GetInsertBlock();
  b.CreateBr(behind);
  b.SetInsertPoint(behind);
  const auto join = [&](llvm::Value* x, llvm::Value* y) -> llvm::Value* {
    if (x == y) return x;
    llvm::PHINode* phi = b.CreatePHI(x->getType(), 2);
    phi->addIncoming(x, a_end);
    phi->addIncoming(y, c_end);
    return phi;
  };
  return {join(a.data, c.data), a.size ? join(a.size, c.size) : nullptr, join(a.null, c.null)};
}

void Emit::return_when(llvm::Value* condition, llvm::Value* result) {
  when(condition, [&] { b.CreateRet(result); });
}

// ---- memory ------------------------------------------------------------------------------------------

llvm::Value* Emit::at(llvm::Value* base, uint64_t offset) {
  return offset == 0 ? base : b.CreateConstInBoundsGEP1_64(b.getInt8Ty(), base, offset);
}

llvm::Value* Emit::load(llvm::Type* type, llvm::Value* address, uint64_t align) {
  return align == 0 ? b.CreateLoad(type, address) : b.CreateAlignedLoad(type, address, llvm::Align(align));
}

void Emit::store(llvm::Value* value, llvm::Value* address, uint64_t align) {
  if (align == 0) {
    b.CreateStore(value, address);
  } else {
    b.CreateAlignedStore(value, address, llvm::Align(align));
  }
}

llvm::Value* Emit::slot(llvm::Type* type, const char* name) {
  llvm::BasicBlock& entry = function->getEntryBlock();
  llvm::IRBuilder<> at_entry(&entry, entry.begin());
  return at_entry.CreateAlloca(type, nullptr, name);
}

// ---- calls -------------------------------------------------------------------------------------------

llvm::CallInst* Emit::call(llvm::Function* callee, std::span<const Argument> arguments) {
  llvm::FunctionType* type = callee->getFunctionType();
  std::vector<llvm::Value*> passed;
  const auto by_address = [&](llvm::Type* pointee, auto&& fill) {
    llvm::Value* copy = slot(pointee, "argument");
    fill(copy);
    passed.push_back(copy);
  };
  for (const Argument& argument : arguments) {
    const auto index = static_cast<unsigned>(passed.size());
    WEIR_CHECK(index < type->getNumParams(), "too many arguments for " + callee->getName().str());
    llvm::Type* parameter = type->getParamType(index);
    llvm::Type* given = argument.data->getType();
    const bool in_memory = callee->hasParamAttribute(index, llvm::Attribute::ByVal);
    if (argument.size && in_memory) {
      by_address(memory_type(Carrier::String), [&](llvm::Value* copy) {
        store(argument.data, copy);
        store(argument.size, at(copy, 8));
      });
    } else if (argument.size) {
      passed.push_back(argument.data);
      passed.push_back(argument.size);
    } else if (given->isIntegerTy(128) && in_memory) {
      by_address(given, [&](llvm::Value* copy) { store(argument.data, copy); });
    } else if (given->isIntegerTy(128) && parameter->isIntegerTy(64)) {
      passed.push_back(b.CreateTrunc(argument.data, b.getInt64Ty()));
      passed.push_back(b.CreateTrunc(b.CreateLShr(argument.data, 64), b.getInt64Ty()));
    } else {
      passed.push_back(argument.data);
    }
    WEIR_CHECK(passed.back()->getType() == type->getParamType(static_cast<unsigned>(passed.size() - 1)),
               "an argument of another type than " + callee->getName().str() + " has");
  }
  WEIR_CHECK(passed.size() == type->getNumParams(), "too few arguments for " + callee->getName().str());
  llvm::CallInst* made = b.CreateCall(callee, passed);
  made->setAttributes(callee->getAttributes().removeFnAttributes(module.context()));
  return made;
}

llvm::CallInst* Emit::call(std::string_view stdlib_symbol, std::initializer_list<Argument> arguments) {
  return call(module.stdlib_function(stdlib_symbol), std::span(arguments.begin(), arguments.size()));
}

Value Emit::result(llvm::Value* returned, const Type& type) {
  if (types::carrier(type) == Carrier::String) {
    return {b.CreateExtractValue(returned, 0), b.CreateExtractValue(returned, 1), i1(false)};
  }
  if (returned->getType()->isStructTy()) {
    llvm::Value* low = b.CreateZExt(b.CreateExtractValue(returned, 0), b.getInt128Ty());
    llvm::Value* high = b.CreateZExt(b.CreateExtractValue(returned, 1), b.getInt128Ty());
    return not_null(b.CreateOr(low, b.CreateShl(high, 64)));
  }
  return not_null(returned);
}

}  // namespace weir::codegen
