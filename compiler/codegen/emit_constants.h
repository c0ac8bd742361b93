// Constant expressions as a program of their own: the code that a job would run computes them when it is compiled.
#pragma once

#include <span>
#include <vector>

#include "compiler/analysis/typed.h"
#include "compiler/codegen/emit_program.h"
#include "compiler/diagnostics/source.h"

namespace weir::codegen {

struct ConstantProgram {
  EmittedModule module;                  // entry i: `void constant_<i>(Context*)`
  std::vector<diagnostics::Span> sites;  // by the index that weir_fail is called with
};
// Each expression has no columns and reads no clock.
ConstantProgram emit_constants(std::span<const typed::ExpressionPtr> expressions,
                               const diagnostics::Source& source, int64_t zone_offset_us);

}  // namespace weir::codegen
