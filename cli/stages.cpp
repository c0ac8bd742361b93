#include "cli/stages.h"

#include <fmt/format.h>

#include "compiler/codegen/build_pipelines.h"
#include "compiler/plan/print_plan.h"

namespace weir::cli {
namespace {

std::string show_job(const compiler::CompiledJob& job, const diagnostics::Source& source, Stage stage,
                     const compiler::CompileOptions& options,
                     const backend::BackendOptions& backend_options) {
  switch (stage) {
    case Stage::Plan: return plan::print_plan(job.plan);
    case Stage::Pipelines: return codegen::print_pipelines(job.pipelines, job.plan);
    case Stage::Ir:
    case Stage::Asm: {
      codegen::EmittedModule module = compiler::emit(job, source, options);
      backend::optimize(module, backend_options);
      return stage == Stage::Ir ? backend::print_ir(module)
                                : backend::print_assembly(module, backend_options);
    }
    case Stage::Ast:
    case Stage::Passes: break;
  }
  return {};
}

}  // namespace

std::optional<Stage> stage_named(std::string_view name) {
  if (name == "ast") return Stage::Ast;
  if (name == "plan") return Stage::Plan;
  if (name == "passes") return Stage::Passes;
  if (name == "pipelines") return Stage::Pipelines;
  if (name == "ir") return Stage::Ir;
  if (name == "asm") return Stage::Asm;
  return std::nullopt;
}

StageText show_stage(const std::shared_ptr<const diagnostics::Source>& source, Stage stage,
                     compiler::CompileOptions options, const backend::BackendOptions& backend_options) {
  std::string text;
  options.keep_ast = stage == Stage::Ast;
  if (stage == Stage::Passes) {
    options.passes.observer = [&](const plan::Pass& pass, const plan::Plan& after, bool changed) {
      text += fmt::format("{}: {}{}\n", pass.name, pass.what, changed ? "" : " (unchanged)");
      if (changed) text += plan::print_plan(after);
    };
  }
  catalog::Catalog catalog;
  compiler::Compilation compilation = compiler::compile(source, options, catalog);
  if (stage == Stage::Ast) {
    text = compilation.ast;
  } else if (compilation.diagnostics.has_errors()) {
    text.clear();
  } else {
    for (const auto& step : compilation.steps)
      if (const auto* job = std::get_if<std::unique_ptr<compiler::CompiledJob>>(&step))
        text += show_job(**job, *source, stage, options, backend_options);
  }
  return {std::move(text), std::move(compilation)};
}

}  // namespace weir::cli
