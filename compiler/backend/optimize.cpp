// A pass list of our own. LLVM's O2 costs four times as much on the modules that the compiler makes and gains nothing on
// them: what counts is that kernels and holes become one loop (inlining), that what the holes make constant folds away, and
// that memory the loop does not share lives in registers. `weir run` of a small file waits for this.
#include <llvm/Analysis/CGSCCPassManager.h>
#include <llvm/Analysis/LoopAnalysisManager.h>
#include <llvm/IR/PassInstrumentation.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Transforms/IPO/AlwaysInliner.h>
#include <llvm/Transforms/IPO/GlobalDCE.h>
#include <llvm/Transforms/IPO/Inliner.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/DeadStoreElimination.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/GVN.h>
#include <llvm/Transforms/Scalar/LICM.h>
#include <llvm/Transforms/Scalar/LoopPassManager.h>
#include <llvm/Transforms/Scalar/LoopRotation.h>
#include <llvm/Transforms/Scalar/SROA.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>

#include "compiler/backend/backend.h"
#include "compiler/backend/sanitize.h"
#include "compiler/backend/target.h"

namespace weir::backend {
namespace {

// Before inlining: kernels come straight from clang's front end, every variable in memory.
llvm::FunctionPassManager tidy_up() {
  llvm::FunctionPassManager passes;
  passes.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
  passes.addPass(llvm::EarlyCSEPass());
  passes.addPass(llvm::SimplifyCFGPass());
  return passes;
}

// What inlining has brought together.
llvm::FunctionPassManager simplify() {
  llvm::FunctionPassManager passes;
  passes.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
  passes.addPass(llvm::EarlyCSEPass(/*UseMemorySSA=*/true));
  passes.addPass(llvm::InstCombinePass());
  passes.addPass(llvm::SimplifyCFGPass());
  llvm::LoopPassManager loops;
  loops.addPass(llvm::LoopRotatePass());
  loops.addPass(llvm::LICMPass(llvm::LICMOptions()));
  passes.addPass(llvm::createFunctionToLoopPassAdaptor(std::move(loops), /*UseMemorySSA=*/true));
  passes.addPass(llvm::GVNPass());
  passes.addPass(llvm::DSEPass());
  passes.addPass(llvm::SimplifyCFGPass());
  return passes;
}

llvm::ModulePassManager pass_list() {
  llvm::ModulePassManager passes;
  passes.addPass(llvm::GlobalDCEPass());
  passes.addPass(llvm::createModuleToFunctionPassAdaptor(tidy_up(), /*EagerlyInvalidate=*/true));
  passes.addPass(llvm::AlwaysInlinerPass());
  passes.addPass(llvm::ModuleInlinerWrapperPass(llvm::getInlineParams()));
  passes.addPass(llvm::GlobalDCEPass());
  passes.addPass(llvm::createModuleToFunctionPassAdaptor(simplify(), /*EagerlyInvalidate=*/true));
  return passes;
}

// Larger functions, made of expressions that no one wrote by hand, stay as they are: the passes take a time that grows with
// the square of a function's size, and code generation selects instructions the fast way where nothing is optimised.
constexpr unsigned kLargestOptimized = 20'000;  // instructions

void leave_large_functions(llvm::Module& module) {
  for (llvm::Function& function : module) {
    if (function.getInstructionCount() <= kLargestOptimized) continue;
    function.removeFnAttr(llvm::Attribute::AlwaysInline);
    function.addFnAttr(llvm::Attribute::NoInline);
    function.addFnAttr(llvm::Attribute::OptimizeNone);
  }
}

// Passes over functions ask it before they run.
bool is_optimized(llvm::Any unit) {
  const auto* function = llvm::any_cast<const llvm::Function*>(&unit);
  return !function || !(*function)->hasOptNone();
}

}  // namespace

void optimize(codegen::EmittedModule& emitted, const BackendOptions& options) {
  llvm::Module& module = *emitted.module;
  set_target_attributes(module, find_target(options.cpu));
  const std::unique_ptr<llvm::TargetMachine> machine = make_target_machine(options);
  module.setDataLayout(machine->createDataLayout());

  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::PassInstrumentationCallbacks callbacks;
  callbacks.registerShouldRunOptionalPassCallback(
      [](llvm::StringRef, llvm::Any unit) { return is_optimized(std::move(unit)); });
  llvm::PassBuilder passes(machine.get(), llvm::PipelineTuningOptions(), std::nullopt, &callbacks);
  passes.registerModuleAnalyses(modules);
  passes.registerCGSCCAnalyses(components);
  passes.registerFunctionAnalyses(functions);
  passes.registerLoopAnalyses(loops);
  passes.crossRegisterProxies(loops, functions, components, modules);
  if (options.optimize) leave_large_functions(module);
  llvm::ModulePassManager pipeline =
      options.optimize ? pass_list() : passes.buildO0DefaultPipeline(llvm::OptimizationLevel::O0);
  add_sanitizers(module, pipeline);
  pipeline.run(module, modules);
}

}  // namespace weir::backend
