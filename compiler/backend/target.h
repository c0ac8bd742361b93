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

// The machine for a module after its passes. Where a function was too large for them, code is made the fast way as well: the
// register allocator's time, too, grows with the square of a function's size.
std::unique_ptr<llvm::TargetMachine> make_target_machine(const BackendOptions& options,
                                                         const llvm::Module& module);

// Gives every function of the module the same target, so that any can be inlined into any other.
void set_target_attributes(llvm::Module& module, const Target& target);

}  // namespace weir::backend
