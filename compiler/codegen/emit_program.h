#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "compiler/codegen/pipeline.h"
#include "compiler/diagnostics/source.h"
#include "runtime/job/manifest/manifest.h"

namespace llvm {
class LLVMContext;
class Module;
}  // namespace llvm

namespace weir::codegen {

struct EmitOptions {
  bool fail_to_null = false;         // expression.on-error = null
  bool strict_decoder_only = false;  // the decode hole always misses (a way of the test suite)
};

// A module whose only export is `weir_program`: kernels with their holes filled, the entry table and the manifest.
struct EmittedModule {
  // Defined where LLVM's types are known.
  EmittedModule();
  EmittedModule(EmittedModule&&) noexcept;
  EmittedModule& operator=(EmittedModule&&) noexcept;
  ~EmittedModule();

  std::unique_ptr<llvm::LLVMContext> context;
  std::unique_ptr<llvm::Module> module;
  job::Manifest manifest;  // as embedded, for explain
};
EmittedModule emit_program(const PipelineProgram& program, const plan::Plan& plan,
                           const diagnostics::Source& source, const EmitOptions& options);

// The same as two modules, which are linked in the process, so that two threads can make their code. The first, what blocks
// of rows are handed to, is given away as soon as it is there; the second, what reads rows, has `weir_program`.
EmittedModule emit_program_in_halves(const PipelineProgram& program, const plan::Plan& plan,
                                     const diagnostics::Source& source, const EmitOptions& options,
                                     const std::function<void(EmittedModule)>& take_first);

// Entry points by name, `<n>` an id: scan_<pipeline> (scan_lines), consume_<pipeline> and consume_changes_<pipeline>; per aggregate
// merge_<op>, retract_<op>, fire_<op> or fire_sessions_<op>. See runtime/job/manifest/entry_points.h.

}  // namespace weir::codegen
