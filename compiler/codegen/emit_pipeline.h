// Which kernel does what, and what its holes are filled with.
#pragma once

#include <functional>
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

using KernelBitcode = std::function<std::span<const char>(std::string_view name)>;

// What is written into the module. Scans hand their blocks on to the rest by consume_<pipeline>, which is only declared where
// the module has but one of the halves.
enum class Half : uint8_t { Both, Scans, Rest };
// The entry points that the module defines.
EntryFunctions emit_pipelines(JobModule& module, Half half, const PipelineProgram& program,
                              const JobShapes& shapes, const ExpressionSettings& settings,
                              const EmitOptions& options, const KernelBitcode& kernels);

}  // namespace weir::codegen
