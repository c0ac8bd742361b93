#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "compiler/codegen/emit_program.h"
#include "compiler/codegen/module.h"

namespace weir::codegen {

// The functions of a job that its runtime calls, by name.
using EntryFunctions = std::vector<std::pair<std::string, llvm::Function*>>;

// Links what is needed of the standard library, adds `weir_program`, and makes everything else internal. `context` is that
// of the module.
EmittedModule finish_module(std::unique_ptr<llvm::LLVMContext> context, JobModule& module,
                            const EntryFunctions& entries, job::Manifest manifest);
// The same without `weir_program`, which another module has: the entry points are exported.
EmittedModule finish_half(std::unique_ptr<llvm::LLVMContext> context, JobModule& module,
                          const EntryFunctions& entries);

}  // namespace weir::codegen
