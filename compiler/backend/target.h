// The machine that code is made for.
#pragma once

#include <llvm/IR/Module.h>
#include <llvm/Target/TargetMachine.h>

#include <memory>
#include <string>

#include "compiler/backend/backend.h"

namespace weir::backend {

struct Target {
  std::string cpu;
  std::string features;  // "+avx2,-avx512f,…"; empty for a named level
};
Target find_target(Cpu cpu);

// Position-independent code for the target.
std::unique_ptr<llvm::TargetMachine> make_target_machine(const BackendOptions& options);

// Gives every function of the module the same target, so that any can be inlined into any other.
void set_target_attributes(llvm::Module& module, const Target& target);

}  // namespace weir::backend
