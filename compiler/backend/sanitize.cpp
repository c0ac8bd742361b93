#include "compiler/backend/sanitize.h"

#include <llvm/Transforms/Instrumentation/AddressSanitizer.h>
#include <llvm/Transforms/Instrumentation/ThreadSanitizer.h>

#include "weir_version.h"

namespace weir::backend {
namespace {

bool built_with(std::string_view sanitizer) {
  return version_sanitizers.find(sanitizer) != std::string_view::npos;
}

void mark(llvm::Module& module, llvm::Attribute::AttrKind attribute) {
  for (llvm::Function& function : module) {
    if (!function.isDeclaration()) function.addFnAttr(attribute);
  }
}

// Instrumented globals are registered by a constructor, and code that is compiled in process has none.
void leave_globals_alone(llvm::Module& module) {
  for (llvm::GlobalVariable& variable : module.globals()) {
    llvm::GlobalValue::SanitizerMetadata metadata;
    metadata.NoAddress = true;
    variable.setSanitizerMetadata(metadata);
  }
}

}  // namespace

void add_sanitizers(llvm::Module& module, llvm::ModulePassManager& passes) {
  if (built_with("address")) {
    mark(module, llvm::Attribute::SanitizeAddress);
    leave_globals_alone(module);
    passes.addPass(llvm::AddressSanitizerPass(llvm::AddressSanitizerOptions(), /*UseGlobalGC=*/false,
                                              /*UseOdrIndicator=*/false, llvm::AsanDtorKind::None,
                                              llvm::AsanCtorKind::None));
  }
  if (built_with("thread")) {
    mark(module, llvm::Attribute::SanitizeThread);
    passes.addPass(llvm::createModuleToFunctionPassAdaptor(llvm::ThreadSanitizerPass()));
  }
}

}  // namespace weir::backend
