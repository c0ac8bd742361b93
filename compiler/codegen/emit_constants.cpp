#include "compiler/codegen/emit_constants.h"

#include <fmt/format.h>

#include "compiler/codegen/bitcode.h"
#include "compiler/codegen/emit_expression.h"
#include "compiler/codegen/finish_module.h"
#include "compiler/diagnostics/check.h"

namespace weir::codegen {

ConstantProgram emit_constants(std::span<const typed::ExpressionPtr> expressions,
                               const diagnostics::Source& source, int64_t zone_offset_us) {
  ConstantProgram program;
  auto context = std::make_unique<llvm::LLVMContext>();
  JobModule module(*context, bitcode::stdlib());
  FailureSites failures(source);
  EntryFunctions entries;
  auto* const type = llvm::FunctionType::get(llvm::Type::getVoidTy(*context),
                                             {llvm::PointerType::getUnqual(*context)}, false);
  for (size_t i = 0; i < expressions.size(); ++i) {
    const std::string name = fmt::format("constant_{}", i);
    llvm::Function* function =
        llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, name, module.module());
    Emit emit(module, function);
    ExpressionScope scope{
        .emit = emit,
        .context = emit.argument(0),
        .column = [](uint32_t) -> Value { WEIR_CHECK(false, "a constant that reads a column"); },
        .failures = failures,
        .zone_offset_us = zone_offset_us};
    emit_expression(scope, *expressions[i]);
    emit.b.CreateRetVoid();
    entries.emplace_back(name, function);
  }
  for (uint32_t i = 0; i < failures.all().size(); ++i) program.sites.push_back(failures.span_of(i));
  program.module = finish_module(std::move(context), module, entries, {});
  return program;
}

}  // namespace weir::codegen
