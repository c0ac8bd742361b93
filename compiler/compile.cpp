#include "compiler/compile.h"

#include "compiler/analysis/analyze.h"
#include "compiler/check_constants.h"
#include "compiler/codegen/build_pipelines.h"
#include "compiler/match.h"
#include "compiler/plan/build_plan.h"
#include "compiler/plan/passes.h"
#include "compiler/plan/print_plan.h"
#include "compiler/syntax/parse.h"
#include "compiler/syntax/print_ast.h"

namespace weir::compiler {
namespace {

std::unique_ptr<CompiledJob> compile_job(typed::Job typed, const CompileOptions& options) {
  auto job = std::make_unique<CompiledJob>();
  job->typed = std::move(typed);
  job->plan = plan::build_plan(job->typed);
  plan::run_passes(job->plan, options.passes);
  job->pipelines = codegen::build_pipelines(job->plan);
  return job;
}

codegen::EmitOptions emit_options(const CompiledJob& job, const CompileOptions& options) {
  return {.fail_to_null = job.plan.settings.get("expression.on-error", "fail") == "null",
          .strict_decoder_only = options.strict_decoder_only};
}

}  // namespace

Compilation compile(std::shared_ptr<const diagnostics::Source> source, const CompileOptions& options,
                    catalog::Catalog& catalog) {
  Compilation result;
  result.source = std::move(source);

  syntax::Script script = syntax::parse(*result.source, result.diagnostics);
  result.ast = options.keep_ast ? syntax::print_ast(script) : "";

  // From here on every name is resolved, every expression has a type and no cast is implicit.
  typed::Program program =
      analysis::analyze(std::move(script), result.source, options.overrides, catalog, result.diagnostics);
  if (result.diagnostics.has_errors()) return result;

  for (auto& step : program.steps) {
    match(
        std::move(step),
        [&](typed::Job&& job) {
          const bool explain = job.explain;
          auto compiled = compile_job(std::move(job), options);
          check_constants(compiled->plan, *result.source, result.diagnostics);
          if (explain)
            result.steps.emplace_back(typed::Listing{plan::print_plan(compiled->plan)});
          else
            result.steps.emplace_back(std::move(compiled));
        },
        [&](typed::Listing&& listing) { result.steps.emplace_back(std::move(listing)); });
  }
  return result;
}

codegen::EmittedModule emit(const CompiledJob& job, const diagnostics::Source& source,
                            const CompileOptions& options) {
  return codegen::emit_program(job.pipelines, job.plan, source, emit_options(job, options));
}

codegen::EmittedModule emit_in_halves(const CompiledJob& job, const diagnostics::Source& source,
                                      const CompileOptions& options,
                                      const std::function<void(codegen::EmittedModule)>& take_first) {
  return codegen::emit_program_in_halves(job.pipelines, job.plan, source, emit_options(job, options),
                                         take_first);
}

}  // namespace weir::compiler
