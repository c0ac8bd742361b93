// Which kernel does what, and what its holes are filled with.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/codegen/emit_prepare.h"
#include "compiler/codegen/emit_program.h"
#include "compiler/codegen/finish_module.h"
#include "compiler/codegen/module.h"
#include "compiler/codegen/shapes.h"

namespace weir::codegen {

// By the hole's name, what writes its body.
using HoleTable = std::map<std::string_view, std::function<void(Emit&)>, std::less<>>;
// Writes the bodies of the holes that a kernel calls, and makes them part of their caller.
void fill_holes(JobModule& module, const KernelCopy& kernel, const HoleTable& holes);

using KernelBitcode = std::function<std::span<const char>(std::string_view name)>;

EntryFunctions emit_pipelines(JobModule& module, const PipelineProgram& program, const JobShapes& shapes,
                              const ExpressionSettings& settings, const EmitOptions& options,
                              const KernelBitcode& kernels);

}  // namespace weir::codegen
