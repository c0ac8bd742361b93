#include "compiler/codegen/module.h"

#include <llvm/Bitcode/BitcodeReader.h>
#include <llvm/IR/GlobalVariable.h>
#include <llvm/Linker/Linker.h>
#include <llvm/Support/MemoryBufferRef.h>

#include <vector>

#include "compiler/diagnostics/check.h"

namespace weir::codegen {
namespace {

// Functions of a module are read when they are first needed.
std::unique_ptr<llvm::Module> read_lazily(std::span<const char> bitcode, llvm::LLVMContext& context) {
  const llvm::MemoryBufferRef buffer(llvm::StringRef(bitcode.data(), bitcode.size()), "bitcode");
  auto module = llvm::getLazyBitcodeModule(buffer, context, /*ShouldLazyLoadMetadata=*/true);
  if (!module) {
    llvm::consumeError(module.takeError());
    WEIR_CHECK(false, "the embedded bitcode cannot be read");
  }
  return std::move(*module);
}

// Lists that keep symbols alive or annotate them; what is kept is decided here by what is called.
void erase_symbol_lists(llvm::Module& module) {
  for (const char* name : {"llvm.global.annotations", "llvm.used", "llvm.compiler.used"}) {
    if (llvm::GlobalVariable* list = module.getGlobalVariable(name)) list->eraseFromParent();
  }
}

void link(llvm::Linker& linker, std::unique_ptr<llvm::Module> from, unsigned flags) {
  WEIR_CHECK(!linker.linkInModule(std::move(from), flags), "bitcode modules cannot be linked");
}

}  // namespace

JobModule::JobModule(llvm::LLVMContext& context, std::span<const char> stdlib)
    : module_(std::make_unique<llvm::Module>("weir", context)) {
  stdlib_ = read_lazily(stdlib, context);
  erase_symbol_lists(*stdlib_);
  module_->setDataLayout(stdlib_->getDataLayout());
  module_->setTargetTriple(stdlib_->getTargetTriple());
  linker_ = std::make_unique<llvm::Linker>(*module_);
}

JobModule::~JobModule() = default;

KernelCopy JobModule::add_kernel(std::span<const char> bitcode, std::string_view suffix) {
  std::unique_ptr<llvm::Module> kernel = read_lazily(bitcode, context());
  erase_symbol_lists(*kernel);

  std::vector<std::pair<std::string, std::string>> renamed;  // as in the source, as in the job
  std::vector<std::string> holes;
  for (llvm::Function& function : *kernel) {
    const std::string name = function.getName().str();
    if (!function.isDeclaration() && function.hasExternalLinkage()) {
      renamed.emplace_back(name, name + std::string(suffix));
      function.setName(renamed.back().second);
    } else if (!function.isDeclaration()) {
      function.setLinkage(llvm::GlobalValue::InternalLinkage);
      function.setComdat(nullptr);
    } else if (name.starts_with("hole_")) {
      holes.push_back(name);
      function.setName(name + std::string(suffix));
    }
  }
  for (llvm::GlobalVariable& variable : kernel->globals()) {
    if (variable.isDeclaration()) continue;
    variable.setLinkage(llvm::GlobalValue::InternalLinkage);
    variable.setComdat(nullptr);
  }
  link(*linker_, std::move(kernel), llvm::Linker::Flags::None);

  KernelCopy copy;
  for (const auto& [name, in_job] : renamed) copy.functions[name] = module_->getFunction(in_job);
  for (const std::string& name : holes) {
    // A hole that is declared and never called does not reach the job's module.
    if (llvm::Function* hole = module_->getFunction(name + std::string(suffix))) copy.holes[name] = hole;
  }
  return copy;
}

bool JobModule::has_stdlib_function(std::string_view symbol) const {
  const llvm::Function* function = stdlib_->getFunction(llvm::StringRef(symbol.data(), symbol.size()));
  return function != nullptr && !function->isDeclaration();
}

llvm::Function* JobModule::stdlib_function(std::string_view symbol) {
  const llvm::StringRef name(symbol.data(), symbol.size());
  if (llvm::Function* declared = module_->getFunction(name)) return declared;
  const llvm::Function* source = stdlib_->getFunction(name);
  WEIR_CHECK(source != nullptr, "the standard library has no function " + std::string(symbol));
  llvm::Function* function =
      llvm::Function::Create(source->getFunctionType(), llvm::GlobalValue::ExternalLinkage, name, *module_);
  function->setAttributes(source->getAttributes());
  return function;
}

std::unique_ptr<llvm::Module> JobModule::finish() {
  link(*linker_, std::move(stdlib_), llvm::Linker::Flags::LinkOnlyNeeded);
  linker_.reset();
  return std::move(module_);
}

}  // namespace weir::codegen
