#include "compiler/codegen/finish_module.h"

#include <llvm/IR/Constants.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Support/raw_ostream.h>

#include <cstddef>
#include <set>

#include "compiler/diagnostics/check.h"
#include "runtime/abi/abi.h"

namespace weir::codegen {
namespace {

llvm::Constant* constant_bytes(llvm::Module& module, std::string_view bytes, const char* name) {
  llvm::Constant* data = llvm::ConstantDataArray::getString(
      module.getContext(), llvm::StringRef(bytes.data(), bytes.size()), /*AddNull=*/true);
  return new llvm::GlobalVariable(module, data->getType(), /*isConstant=*/true,
                                  llvm::GlobalValue::PrivateLinkage, data, name);
}

// weir_program: abi::Program with its table of entry points and the manifest.
void emit_program_symbol(llvm::Module& module, const EntryFunctions& entries, std::string_view manifest) {
  llvm::LLVMContext& context = module.getContext();
  llvm::Type* pointer = llvm::PointerType::getUnqual(context);
  llvm::Type* i32 = llvm::Type::getInt32Ty(context);
  llvm::Type* i64 = llvm::Type::getInt64Ty(context);

  static_assert(sizeof(abi::EntryPoint) == 16 && offsetof(abi::EntryPoint, function) == 8);
  auto* entry_type = llvm::StructType::get(pointer, pointer);
  std::vector<llvm::Constant*> rows;
  for (const auto& [name, function] : entries) {
    rows.push_back(
        llvm::ConstantStruct::get(entry_type, constant_bytes(module, name, "entry_name"), function));
  }
  auto* table_type = llvm::ArrayType::get(entry_type, rows.size());
  auto* table =
      new llvm::GlobalVariable(module, table_type, /*isConstant=*/true, llvm::GlobalValue::PrivateLinkage,
                               llvm::ConstantArray::get(table_type, rows), "entries");

  static_assert(sizeof(abi::Program) == 32 && offsetof(abi::Program, entries) == 8 &&
                offsetof(abi::Program, manifest) == 16 && offsetof(abi::Program, manifest_bytes) == 24);
  auto* program_type = llvm::StructType::get(i32, i32, pointer, pointer, i64);
  llvm::Constant* program = llvm::ConstantStruct::get(
      program_type, llvm::ConstantInt::get(i32, abi::kAbiVersion),
      llvm::ConstantInt::get(i32, entries.size()), table, constant_bytes(module, manifest, "manifest"),
      llvm::ConstantInt::get(i64, manifest.size()));
  new llvm::GlobalVariable(module, program_type, /*isConstant=*/true, llvm::GlobalValue::ExternalLinkage,
                           program, "weir_program");
}

// What the kernels were compiled with is for the kernels' build; the backend sets one CPU for all functions, without which
// nothing would be inlined.
void make_internal(llvm::Module& module, const EntryFunctions& exported) {
  std::set<const llvm::Function*> kept;
  for (const auto& [name, function] : exported) kept.insert(function);
  for (llvm::Function& function : module) {
    if (function.isDeclaration()) continue;
    if (!kept.contains(&function)) function.setLinkage(llvm::GlobalValue::InternalLinkage);
    function.setComdat(nullptr);
    for (const char* attribute : {"target-cpu", "target-features", "tune-cpu", "probe-stack",
                                  "stack-protector-buffer-size", "frame-pointer", "min-legal-vector-width"}) {
      function.removeFnAttr(attribute);
    }
    function.removeFnAttr(llvm::Attribute::NoInline);
    function.removeFnAttr(llvm::Attribute::OptimizeNone);
  }
  for (llvm::GlobalVariable& variable : module.globals()) {
    if (variable.isDeclaration() || variable.getName() == "weir_program") continue;
    if (variable.hasAppendingLinkage()) continue;
    variable.setLinkage(llvm::GlobalValue::InternalLinkage);
    variable.setComdat(nullptr);
  }
}

void verify([[maybe_unused]] const llvm::Module& module) {
#ifndef NDEBUG  // it takes as long as a pass
  std::string report;
  llvm::raw_string_ostream stream(report);
  WEIR_CHECK(!llvm::verifyModule(module, &stream), "the module is malformed: " + report);
#endif
}

}  // namespace

EmittedModule finish_module(std::unique_ptr<llvm::LLVMContext> context, JobModule& module,
                            const EntryFunctions& entries, job::Manifest manifest) {
  EmittedModule result;
  result.context = std::move(context);
  result.manifest = std::move(manifest);
  emit_program_symbol(module.module(), entries, job::serialize(result.manifest));
  result.module = module.finish();
  make_internal(*result.module, {});
  verify(*result.module);
  return result;
}

EmittedModule finish_half(std::unique_ptr<llvm::LLVMContext> context, JobModule& module,
                          const EntryFunctions& entries) {
  EmittedModule result;
  result.context = std::move(context);
  result.module = module.finish();
  make_internal(*result.module, entries);
  verify(*result.module);
  return result;
}

}  // namespace weir::codegen
