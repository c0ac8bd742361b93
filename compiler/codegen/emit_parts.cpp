#include "compiler/codegen/emit_parts.h"

#include <algorithm>

#include "compiler/diagnostics/check.h"

namespace weir::codegen {
namespace {

// A function with the parameters of the one being written and, unless null, one more.
llvm::Function* make_part(Emit& emit, llvm::Type* one_more) {
  llvm::FunctionType* type = emit.function->getFunctionType();
  std::vector<llvm::Type*> parameters(type->param_begin(), type->param_end());
  if (one_more) parameters.push_back(one_more);
  auto* const function = llvm::Function::Create(
      llvm::FunctionType::get(one_more ? one_more : emit.b.getVoidTy(), parameters, false),
      llvm::GlobalValue::InternalLinkage, emit.function->getName() + ".part", emit.module.module());
  function->addFnAttr(llvm::Attribute::NoUnwind);
  return function;
}

std::vector<llvm::Value*> parameters_of(Emit& emit) {
  std::vector<llvm::Value*> parameters;
  for (llvm::Argument& parameter : emit.function->args()) parameters.push_back(&parameter);
  return parameters;
}

llvm::CallInst* call_part(Emit& emit, llvm::Function* part, llvm::ArrayRef<llvm::Value*> arguments) {
  llvm::CallInst* const call = emit.b.CreateCall(part, arguments);
  call->setIsNoInline();
  return call;
}

uint32_t end_of_part(uint32_t first, size_t count) {
  return static_cast<uint32_t>(std::min<size_t>(count, first + size_t{kColumnsPerPart}));
}

}  // namespace

void emit_in_parts(Emit& emit, size_t count, const std::function<void(Emit&, uint32_t, uint32_t)>& part) {
  if (count <= kColumnsPerPart) return part(emit, 0, static_cast<uint32_t>(count));
  for (uint32_t first = 0; first < count; first += kColumnsPerPart) {
    llvm::Function* function = make_part(emit, nullptr);
    Emit inside(emit.module, function);
    part(inside, first, end_of_part(first, count));
    inside.b.CreateRetVoid();
    call_part(emit, function, parameters_of(emit));
  }
}

llvm::Value* emit_in_parts(Emit& emit, size_t count, llvm::Value* start, const PartOfResult& part) {
  if (count <= kColumnsPerPart) return part(emit, 0, static_cast<uint32_t>(count), start);
  llvm::Value* so_far = start;
  for (uint32_t first = 0; first < count; first += kColumnsPerPart) {
    llvm::Function* function = make_part(emit, start->getType());
    Emit inside(emit.module, function);
    llvm::Value* last_parameter = function->getArg(static_cast<unsigned>(function->arg_size()) - 1);
    inside.b.CreateRet(part(inside, first, end_of_part(first, count), last_parameter));
    std::vector<llvm::Value*> arguments = parameters_of(emit);
    arguments.push_back(so_far);
    so_far = call_part(emit, function, arguments);
  }
  return so_far;
}

llvm::Value* parameter_in(Emit& part, llvm::Value* parameter) {
  const auto* argument = llvm::dyn_cast<llvm::Argument>(parameter);
  WEIR_CHECK(argument != nullptr, "a part is given what is no parameter");
  return part.function->getArg(argument->getArgNo());
}

}  // namespace weir::codegen
