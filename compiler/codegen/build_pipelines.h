#pragma once

#include <string>

#include "compiler/codegen/pipeline.h"
#include "compiler/plan/plan.h"

namespace weir::codegen {

// Cuts the plan at aggregates. The plan must outlive the result.
PipelineProgram build_pipelines(const plan::Plan& plan);

// The form of `explain --pipelines`.
std::string print_pipelines(const PipelineProgram& program, const plan::Plan& plan);

}  // namespace weir::codegen
