// What each stage of the compiler made of a text, as text; for explain and test.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/backend/backend.h"
#include "compiler/compile.h"

namespace weir::cli {

enum class Stage { Ast, Plan, Passes, Pipelines, Ir, Asm };
std::optional<Stage> stage_named(std::string_view name);

struct StageText {
  std::string text;
  compiler::Compilation compilation;  // its diagnostics
};
// The text is empty if the query is wrong; the ast is there without analysis.
StageText show_stage(const std::shared_ptr<const diagnostics::Source>& source, Stage stage,
                     compiler::CompileOptions options, const backend::BackendOptions& backend_options);

}  // namespace weir::cli
