#include "compiler/codegen/emit_program.h"

#include "compiler/catalog/options.h"
#include "compiler/codegen/bitcode.h"
#include "compiler/codegen/build_manifest.h"
#include "compiler/codegen/emit_pipeline.h"
#include "compiler/codegen/finish_module.h"

namespace weir::codegen {
EmittedModule::EmittedModule() = default;
EmittedModule::EmittedModule(EmittedModule&&) noexcept = default;
EmittedModule& EmittedModule::operator=(EmittedModule&& other) noexcept {
  module = std::move(other.module);  // before the context that it lives in
  context = std::move(other.context);
  manifest = std::move(other.manifest);
  return *this;
}
EmittedModule::~EmittedModule() { module.reset(); }

namespace {

// What is said of a program once, however many modules it is written into.
struct Emission {
  Emission(const PipelineProgram& program_, const plan::Plan& plan_, const diagnostics::Source& source_,
           const EmitOptions& options_)
      : program(program_),
        plan(plan_),
        source(source_),
        options(options_),
        shapes(make_job_shapes(program_)),
        failures(source_),
        settings{failures, options_.fail_to_null ? OnFailure::Null : OnFailure::Report,
                 1000 * catalog::parse_zone_offset_ms(plan_.settings.get("table.local-time-zone", "UTC"))
                            .value_or(0)} {}

  EntryFunctions emit(JobModule& module, Half half) {
    return emit_pipelines(module, half, program, shapes, settings, options, bitcode::kernel);
  }
  job::Manifest manifest() const { return build_manifest(program, plan, shapes, source, failures); }

  const PipelineProgram& program;
  const plan::Plan& plan;
  const diagnostics::Source& source;
  const EmitOptions& options;
  const JobShapes shapes;
  FailureSites failures;
  const ExpressionSettings settings;
};

// Of another module; only its address is used.
llvm::Function* declare(JobModule& module, const std::string& symbol) {
  if (llvm::Function* declared = module.module().getFunction(symbol)) return declared;
  auto* const type = llvm::FunctionType::get(llvm::Type::getVoidTy(module.context()), false);
  return llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, symbol, module.module());
}

}  // namespace

EmittedModule emit_program(const PipelineProgram& program, const plan::Plan& plan,
                           const diagnostics::Source& source, const EmitOptions& options) {
  Emission emission(program, plan, source, options);
  auto context = std::make_unique<llvm::LLVMContext>();
  JobModule module(*context, bitcode::stdlib());
  const EntryFunctions entries = emission.emit(module, Half::Both);
  return finish_module(std::move(context), module, entries, emission.manifest());
}

EmittedModule emit_program_in_halves(const PipelineProgram& program, const plan::Plan& plan,
                                     const diagnostics::Source& source, const EmitOptions& options,
                                     const std::function<void(EmittedModule)>& take_first) {
  Emission emission(program, plan, source, options);
  std::vector<std::pair<std::string, std::string>> of_the_rest;  // entry point, symbol
  {
    auto context = std::make_unique<llvm::LLVMContext>();
    JobModule module(*context, bitcode::stdlib());
    const EntryFunctions entries = emission.emit(module, Half::Rest);
    for (const auto& [name, function] : entries) of_the_rest.emplace_back(name, function->getName().str());
    take_first(finish_half(std::move(context), module, entries));
  }
  auto context = std::make_unique<llvm::LLVMContext>();
  JobModule module(*context, bitcode::stdlib());
  EntryFunctions entries = emission.emit(module, Half::Scans);
  for (const auto& [name, symbol] : of_the_rest) entries.emplace_back(name, declare(module, symbol));
  return finish_module(std::move(context), module, entries, emission.manifest());
}

}  // namespace weir::codegen
