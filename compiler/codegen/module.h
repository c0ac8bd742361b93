// The LLVM module of one job: renamed copies of kernels, and of the standard library what is called. Types and prototypes
// come from the bitcode, so no layout and no signature is written twice.
#pragma once

#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace llvm {
class Linker;
}

namespace weir::codegen {

// A kernel's functions in the job's module, found by the names that they have in its source.
struct KernelCopy {
  std::map<std::string, llvm::Function*, std::less<>> functions;
  std::map<std::string, llvm::Function*, std::less<>> holes;  // those that it calls; without a body yet
};

class JobModule {
 public:
  // `stdlib` is bitcode that outlives the module.
  JobModule(llvm::LLVMContext& context, std::span<const char> stdlib);
  ~JobModule();

  llvm::Module& module() { return *module_; }
  llvm::LLVMContext& context() { return module_->getContext(); }

  // Links a copy of a kernel; everything in it gets the suffix.
  KernelCopy add_kernel(std::span<const char> bitcode, std::string_view suffix);

  // Declares a function of the standard library.
  llvm::Function* stdlib_function(std::string_view symbol);
  bool has_stdlib_function(std::string_view symbol) const;

  // Links the functions of the standard library that have been declared, and what they need.
  std::unique_ptr<llvm::Module> finish();

 private:
  std::unique_ptr<llvm::Module> module_;
  std::unique_ptr<llvm::Linker> linker_;  // one for all: each looks through the whole module first
  std::unique_ptr<llvm::Module> stdlib_;
};

}  // namespace weir::codegen
