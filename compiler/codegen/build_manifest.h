#pragma once

#include "compiler/codegen/emit_expression.h"
#include "compiler/codegen/pipeline.h"
#include "compiler/codegen/shapes.h"
#include "runtime/job/manifest/manifest.h"

namespace weir::codegen {

// What the runtime has to know of a program beside its code.
job::Manifest build_manifest(const PipelineProgram& program, const plan::Plan& plan, const JobShapes& shapes,
                             const diagnostics::Source& source, const FailureSites& failures);

}  // namespace weir::codegen
