#include "compiler/backend/target.h"

#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/TargetParser/Host.h>

#include <mutex>
#include <vector>

#include "compiler/diagnostics/check.h"

namespace weir::backend {
namespace {

constexpr const char* kTriple = "x86_64-pc-linux-gnu";

// Passes of code generation that cost more than they give. They have no other switch.
void leave_out_passes() {
  // Moves masks of AVX-512 between kinds of registers; takes a time that grows with the square of a function's size.
  static constexpr const char* switches[] = {"disable-x86-domain-reassignment"};
  for (const char* name : switches) {
    llvm::StringMap<llvm::cl::Option*>& options = llvm::cl::getRegisteredOptions();
    const auto found = options.find(name);
    if (found != options.end()) static_cast<llvm::cl::opt<bool>*>(found->second)->setValue(true);
  }
}

const llvm::Target& x86_target() {
  static std::once_flag once;
  std::call_once(once, [] {
    leave_out_passes();
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
  });
  std::string error;
  const llvm::Target* target = llvm::TargetRegistry::lookupTarget(kTriple, error);
  WEIR_CHECK(target != nullptr, "LLVM has no target for x86-64: " + error);
  return *target;
}

}  // namespace

Target find_target(Cpu cpu) {
  if (cpu == Cpu::X86_64_v3) return {"x86-64-v3", ""};
  std::vector<std::string> features;
  for (const auto& [name, has] : llvm::sys::getHostCPUFeatures()) {
    // The name of some CPUs promises what a hypervisor has taken away, so the absent ones are said as well.
    features.push_back((has ? "+" : "-") + name.str());
  }
  std::sort(features.begin(), features.end());
  Target target{llvm::sys::getHostCPUName().str(), ""};
  for (const std::string& feature : features)
    target.features += (target.features.empty() ? "" : ",") + feature;
  return target;
}

std::unique_ptr<llvm::TargetMachine> make_target_machine(const BackendOptions& options) {
  const Target target = find_target(options.cpu);
  const auto level = options.optimize ? llvm::CodeGenOptLevel::Default : llvm::CodeGenOptLevel::None;
  std::unique_ptr<llvm::TargetMachine> machine(x86_target().createTargetMachine(
      kTriple, target.cpu, target.features, llvm::TargetOptions(), llvm::Reloc::PIC_, std::nullopt, level));
  WEIR_CHECK(machine != nullptr, "LLVM cannot make code for x86-64");
  return machine;
}

std::unique_ptr<llvm::TargetMachine> make_target_machine(const BackendOptions& options,
                                                         const llvm::Module& module) {
  BackendOptions of_module = options;
  of_module.optimize &=
      std::ranges::none_of(module, [](const llvm::Function& function) { return function.hasOptNone(); });
  return make_target_machine(of_module);
}

void set_target_attributes(llvm::Module& module, const Target& target) {
  for (llvm::Function& function : module) {
    if (function.isDeclaration()) continue;
    function.addFnAttr("target-cpu", target.cpu);
    if (!target.features.empty()) function.addFnAttr("target-features", target.features);
    // Wide AVX-512 registers slow some CPUs' clocks down, and loops here are short.
    function.addFnAttr("prefer-vector-width", "256");
  }
}

}  // namespace weir::backend
