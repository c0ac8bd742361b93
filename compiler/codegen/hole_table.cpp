#include "compiler/codegen/hole_table.h"

#include <algorithm>

#include "compiler/diagnostics/check.h"
#include "compiler/plan/describe.h"
#include "runtime/time/windows.h"

namespace weir::codegen {

static_assert(static_cast<uint32_t>(typed::WindowKind::Session) ==
                  static_cast<uint32_t>(time::WindowKind::Session) &&
              static_cast<uint32_t>(typed::WindowKind::Hop) == static_cast<uint32_t>(time::WindowKind::Hop));

std::function<void(Emit&)> constant(int64_t value) {
  return [value](Emit& emit) {
    emit.b.CreateRet(
        llvm::ConstantInt::get(emit.function->getReturnType(), static_cast<uint64_t>(value), true));
  };
}

void add_window_holes(HoleTable& holes, const WindowSpec& window) {
  holes["hole_window_kind"] = constant(static_cast<int64_t>(window.kind));
  holes["hole_window_size"] = constant(window.size_ms);
  holes["hole_window_slide"] = constant(window.slide_ms);
  holes["hole_window_offset"] = constant(window.offset_ms);
  holes["hole_pane_size"] = constant(plan::pane_ms(window));
}

void fill_holes(JobModule& module, const KernelCopy& kernel, const HoleTable& holes) {
  // Bigger holes, called once per group or row that is written: whether they are inlined is left to the optimiser.
  static constexpr std::string_view large[] = {"hole_encode",       "hole_finish", "hole_entry_copy",
                                               "hole_entry_create", "hole_merge",  "hole_retract",
                                               "hole_key_compare"};
  for (const auto& [name, function] : kernel.holes) {
    const auto found = holes.find(name);
    WEIR_CHECK(found != holes.end(), "a kernel calls a hole that is not filled here: " + name);
    Emit emit(module, function);
    found->second(emit);
    function->setLinkage(llvm::GlobalValue::InternalLinkage);
    function->addFnAttr(llvm::Attribute::NoUnwind);
    if (std::ranges::find(large, name) == std::end(large)) function->addFnAttr(llvm::Attribute::AlwaysInline);
  }
}

}  // namespace weir::codegen
