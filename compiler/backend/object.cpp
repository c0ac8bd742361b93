#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/Support/FileSystem.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Transforms/Utils/Cloning.h>

#include "compiler/backend/backend.h"
#include "compiler/backend/target.h"
#include "compiler/diagnostics/check.h"

namespace weir::backend {
namespace {

// int main(int argc, char** argv) { return weir_job_main(argc, argv, &weir_program); }
void add_main(llvm::Module& module) {
  if (module.getFunction("main")) return;
  llvm::IRBuilder<> b(module.getContext());
  auto* type = llvm::FunctionType::get(b.getInt32Ty(), {b.getInt32Ty(), b.getPtrTy()}, false);
  auto* main = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, "main", module);
  const llvm::FunctionCallee job_main =
      module.getOrInsertFunction("weir_job_main", b.getInt32Ty(), b.getInt32Ty(), b.getPtrTy(), b.getPtrTy());
  b.SetInsertPoint(llvm::BasicBlock::Create(module.getContext(), "entry", main));
  b.CreateRet(
      b.CreateCall(job_main, {main->getArg(0), main->getArg(1), module.getNamedGlobal("weir_program")}));
}

void emit_file(llvm::Module& module, const BackendOptions& options, llvm::raw_pwrite_stream& stream,
               llvm::CodeGenFileType type) {
  const std::unique_ptr<llvm::TargetMachine> machine = make_target_machine(options, module);
  module.setDataLayout(machine->createDataLayout());
  llvm::legacy::PassManager passes;
  WEIR_CHECK(!machine->addPassesToEmitFile(passes, stream, nullptr, type),
             "LLVM cannot write this kind of file");
  passes.run(module);
}

}  // namespace

std::expected<void, std::string> write_object(codegen::EmittedModule& emitted, const BackendOptions& options,
                                              const std::string& path) {
  add_main(*emitted.module);
  std::error_code error;
  llvm::raw_fd_ostream stream(path, error);
  if (error) return std::unexpected("`" + path + "` cannot be written: " + error.message());
  emit_file(*emitted.module, options, stream, llvm::CodeGenFileType::ObjectFile);
  stream.close();
  if (stream.has_error()) {
    const std::string reason = stream.error().message();
    stream.clear_error();
    return std::unexpected("`" + path + "` cannot be written: " + reason);
  }
  return {};
}

std::string print_ir(const codegen::EmittedModule& emitted) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  emitted.module->print(stream, nullptr);
  return text;
}

std::string print_assembly(codegen::EmittedModule& emitted, const BackendOptions& options) {
  llvm::SmallString<0> text;
  llvm::raw_svector_ostream stream(text);
  const std::unique_ptr<llvm::Module> copy =
      llvm::CloneModule(*emitted.module);  // code generation changes a module
  emit_file(*copy, options, stream, llvm::CodeGenFileType::AssemblyFile);
  return std::string(text);
}

}  // namespace weir::backend
