// Any text compiles or gives diagnostics: no crash, no hang, no internal error; every structure can be printed, and LLVM finds
// the code well-formed.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "compiler/codegen/build_pipelines.h"
#include "compiler/compile.h"
#include "compiler/diagnostics/render.h"
#include "compiler/plan/print_plan.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir;
  const auto source = std::make_shared<const diagnostics::Source>(
      "fuzz.stream", std::string(reinterpret_cast<const char*>(data), size));
  catalog::Catalog catalog;
  compiler::CompileOptions options;
  options.keep_ast = true;
  const compiler::Compilation compilation = compiler::compile(source, options, catalog);
  diagnostics::render_all(compilation.diagnostics, *source);
  for (const auto& step : compilation.steps) {
    const auto* job = std::get_if<std::unique_ptr<compiler::CompiledJob>>(&step);
    if (!job) continue;
    plan::print_plan((*job)->plan);
    codegen::print_pipelines((*job)->pipelines, (*job)->plan);
    compiler::emit(**job, *source, options);
  }
  return 0;
}
