// The way of a query, in one screen: text -> statements -> typed tree -> plan -> pipelines -> module.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/analysis/analyze.h"
#include "compiler/codegen/emit_program.h"
#include "compiler/codegen/pipeline.h"
#include "compiler/diagnostics/diagnostic.h"
#include "compiler/plan/passes.h"
#include "compiler/plan/plan.h"

namespace weir::compiler {

struct CompileOptions {
  analysis::Overrides overrides;  // --set
  plan::PassOptions passes;
  bool strict_decoder_only = false;
  bool keep_ast = false;  // for `explain --ast`
};

// Everything up to code, each stage kept so that `explain` can show it.
struct CompiledJob {
  typed::Job typed;
  plan::Plan plan;
  codegen::PipelineProgram pipelines;
};
struct Compilation {
  std::shared_ptr<const diagnostics::Source> source;
  diagnostics::Diagnostics diagnostics;
  std::string ast;  // printed; the tree itself has been consumed
  std::vector<std::variant<std::unique_ptr<CompiledJob>, typed::Listing>> steps;
};

// Never fails but by diagnostics. The catalog keeps what the text declares.
Compilation compile(std::shared_ptr<const diagnostics::Source> source, const CompileOptions& options,
                    catalog::Catalog& catalog);

// A job's native module, not yet optimised.
codegen::EmittedModule emit(const CompiledJob& job, const diagnostics::Source& source,
                            const CompileOptions& options);
// As two modules, of which `take_first` gets the first (codegen/emit_program.h).
codegen::EmittedModule emit_in_halves(const CompiledJob& job, const diagnostics::Source& source,
                                      const CompileOptions& options,
                                      const std::function<void(codegen::EmittedModule)>& take_first);

}  // namespace weir::compiler
