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

EmittedModule emit_program(const PipelineProgram& program, const plan::Plan& plan,
                           const diagnostics::Source& source, const EmitOptions& options) {
  auto context = std::make_unique<llvm::LLVMContext>();
  JobModule module(*context, bitcode::stdlib());

  const JobShapes shapes = make_job_shapes(program);
  FailureSites failures(source);
  const int64_t zone_offset_ms =
      catalog::parse_zone_offset_ms(plan.settings.get("table.local-time-zone", "UTC")).value_or(0);
  const ExpressionSettings settings{failures, options.fail_to_null ? OnFailure::Null : OnFailure::Report,
                                    zone_offset_ms * 1000};
  const EntryFunctions entries = emit_pipelines(module, program, shapes, settings, options, bitcode::kernel);

  return finish_module(std::move(context), module, entries,
                       build_manifest(program, plan, shapes, source, failures));
}

}  // namespace weir::codegen
