#include <llvm/Analysis/CGSCCPassManager.h>
#include <llvm/Analysis/LoopAnalysisManager.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Transforms/IPO/AlwaysInliner.h>

#include "compiler/backend/backend.h"
#include "compiler/backend/target.h"

namespace weir::backend {

void optimize(codegen::EmittedModule& emitted, const BackendOptions& options) {
  llvm::Module& module = *emitted.module;
  set_target_attributes(module, find_target(options.cpu));
  const std::unique_ptr<llvm::TargetMachine> machine = make_target_machine(options);
  module.setDataLayout(machine->createDataLayout());

  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::PipelineTuningOptions tuning;
  tuning.SLPVectorization = false;
  llvm::PassBuilder passes(machine.get(), tuning);
  passes.registerModuleAnalyses(modules);
  passes.registerCGSCCAnalyses(components);
  passes.registerFunctionAnalyses(functions);
  passes.registerLoopAnalyses(loops);
  passes.crossRegisterProxies(loops, functions, components, modules);
  const auto level = options.optimize ? llvm::OptimizationLevel::O2 : llvm::OptimizationLevel::O0;
  llvm::ModulePassManager pipeline =
      options.optimize ? passes.buildPerModuleDefaultPipeline(level) : passes.buildO0DefaultPipeline(level);
  pipeline.run(module, modules);
}

}  // namespace weir::backend
