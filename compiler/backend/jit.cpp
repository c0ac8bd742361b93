#include <llvm/ExecutionEngine/Orc/ExecutionUtils.h>
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/ExecutionEngine/Orc/ThreadSafeModule.h>

#include <string>

#include "compiler/backend/backend.h"
#include "compiler/backend/target.h"

// Arithmetic of 128 bits that LLVM calls: of the compiler's own library, whose symbols no executable exports.
extern "C" {
__int128 __divti3(__int128, __int128);
__int128 __modti3(__int128, __int128);
unsigned __int128 __udivti3(unsigned __int128, unsigned __int128);
unsigned __int128 __umodti3(unsigned __int128, unsigned __int128);
double __floattidf(__int128);
double __floatuntidf(unsigned __int128);
float __floattisf(__int128);
__int128 __fixdfti(double);
unsigned __int128 __fixunsdfti(double);
}

namespace weir::backend {
namespace {

class OrcProgram : public JitProgram {
 public:
  OrcProgram(std::unique_ptr<llvm::orc::LLJIT> jit, const abi::Program* program)
      : jit_(std::move(jit)), program_(program) {}
  const abi::Program* program() const override { return program_; }

 private:
  std::unique_ptr<llvm::orc::LLJIT> jit_;
  const abi::Program* program_;
};

std::string describe(llvm::Error error) {
  return "code cannot be made in this process: " + llvm::toString(std::move(error));
}

llvm::Error define_builtins(llvm::orc::LLJIT& jit) {
  llvm::orc::SymbolMap symbols;
  const auto define = [&](const char* name, auto* function) {
    symbols[jit.mangleAndIntern(name)] = {llvm::orc::ExecutorAddr::fromPtr(function),
                                          llvm::JITSymbolFlags::Exported | llvm::JITSymbolFlags::Callable};
  };
  define("__divti3", &__divti3);
  define("__modti3", &__modti3);
  define("__udivti3", &__udivti3);
  define("__umodti3", &__umodti3);
  define("__floattidf", &__floattidf);
  define("__floatuntidf", &__floatuntidf);
  define("__floattisf", &__floattisf);
  define("__fixdfti", &__fixdfti);
  define("__fixunsdfti", &__fixunsdfti);
  return jit.getMainJITDylib().define(llvm::orc::absoluteSymbols(std::move(symbols)));
}

}  // namespace

std::expected<std::unique_ptr<JitProgram>, std::string> jit(codegen::EmittedModule emitted,
                                                            const BackendOptions& options) {
  using namespace llvm::orc;
  std::unique_ptr<llvm::TargetMachine> machine = make_target_machine(options);
  const llvm::DataLayout layout = machine->createDataLayout();
  emitted.module->setDataLayout(layout);
  auto made =
      LLJITBuilder()
          .setJITTargetMachineBuilder(JITTargetMachineBuilder(machine->getTargetTriple()))
          .setDataLayout(layout)
          .setPlatformSetUp(setUpInactivePlatform)  // there are no static constructors
          .setCompileFunctionCreator(
              [&](JITTargetMachineBuilder) -> llvm::Expected<std::unique_ptr<IRCompileLayer::IRCompiler>> {
                return std::make_unique<TMOwningSimpleCompiler>(std::move(machine));
              })
          .create();
  if (!made) return std::unexpected(describe(made.takeError()));
  LLJIT& lljit = **made;
  if (llvm::Error error = define_builtins(lljit)) return std::unexpected(describe(std::move(error)));
  // Services of the runtime (weir_*) and libc's functions are those of this process.
  auto process = DynamicLibrarySearchGenerator::GetForCurrentProcess(layout.getGlobalPrefix());
  if (!process) return std::unexpected(describe(process.takeError()));
  lljit.getMainJITDylib().addGenerator(std::move(*process));

  // The module goes before its context.
  ThreadSafeModule module(std::move(emitted.module), std::move(emitted.context));
  if (llvm::Error error = lljit.addIRModule(std::move(module)))
    return std::unexpected(describe(std::move(error)));
  auto program = lljit.lookup("weir_program");
  if (!program) return std::unexpected(describe(program.takeError()));
  return std::make_unique<OrcProgram>(std::move(*made), program->toPtr<const abi::Program*>());
}

}  // namespace weir::backend
