#pragma once

#include <llvm/IR/Module.h>
#include <llvm/IR/PassManager.h>

namespace weir::backend {

// Where Weir itself is built with a sanitizer, the code that it makes is instrumented by the same one: kernels and holes
// are as checked as the runtime. Else nothing is added.
void add_sanitizers(llvm::Module& module, llvm::ModulePassManager& passes);

}  // namespace weir::backend
