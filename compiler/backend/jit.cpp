#include <llvm/ExecutionEngine/Orc/CompileUtils.h>
#include <llvm/ExecutionEngine/Orc/ExecutionUtils.h>
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/ExecutionEngine/Orc/ThreadSafeModule.h>

#include <optional>
#include <string>
#include <thread>
#include <vector>

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

using Object = llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>;

Object make_object(const codegen::EmittedModule& emitted, const BackendOptions& options) {
  const std::unique_ptr<llvm::TargetMachine> machine = make_target_machine(options, *emitted.module);
  emitted.module->setDataLayout(machine->createDataLayout());
  return llvm::orc::SimpleCompiler(*machine)(*emitted.module);
}

std::expected<std::unique_ptr<JitProgram>, std::string> link(std::vector<Object> objects,
                                                             const BackendOptions& options) {
  using namespace llvm::orc;
  const std::unique_ptr<llvm::TargetMachine> machine = make_target_machine(options);
  const llvm::DataLayout layout = machine->createDataLayout();
  auto made = LLJITBuilder()
                  .setJITTargetMachineBuilder(JITTargetMachineBuilder(machine->getTargetTriple()))
                  .setDataLayout(layout)
                  .setPlatformSetUp(setUpInactivePlatform)  // there are no static constructors
                  .create();
  if (!made) return std::unexpected(describe(made.takeError()));
  LLJIT& lljit = **made;
  if (llvm::Error error = define_builtins(lljit)) return std::unexpected(describe(std::move(error)));
  // Services of the runtime (weir_*) and libc's functions are those of this process.
  auto process = DynamicLibrarySearchGenerator::GetForCurrentProcess(layout.getGlobalPrefix());
  if (!process) return std::unexpected(describe(process.takeError()));
  lljit.getMainJITDylib().addGenerator(std::move(*process));

  for (Object& object : objects) {
    if (!object) return std::unexpected(describe(object.takeError()));
    if (llvm::Error error = lljit.addObjectFile(std::move(*object)))
      return std::unexpected(describe(std::move(error)));
  }
  auto program = lljit.lookup("weir_program");
  if (!program) return std::unexpected(describe(program.takeError()));
  return std::make_unique<OrcProgram>(std::move(*made), program->toPtr<const abi::Program*>());
}

}  // namespace

std::expected<std::unique_ptr<JitProgram>, std::string> jit(codegen::EmittedModule emitted,
                                                            const BackendOptions& options) {
  std::vector<Object> objects;
  objects.push_back(make_object(emitted, options));
  return link(std::move(objects), options);
}

struct JitOfHalves::FirstHalf {
  std::optional<Object> object;
  std::jthread thread;
};

JitOfHalves::JitOfHalves(const BackendOptions& options) : options_(options) {}
JitOfHalves::~JitOfHalves() = default;

void JitOfHalves::start(codegen::EmittedModule module) {
  first_ = std::make_unique<FirstHalf>();
  first_->thread = std::jthread([this, module = std::move(module)]() mutable {
    optimize(module, options_);
    first_->object.emplace(make_object(module, options_));
  });
}

std::expected<std::unique_ptr<JitProgram>, std::string> JitOfHalves::finish(codegen::EmittedModule second) {
  optimize(second, options_);
  std::vector<Object> objects;
  objects.push_back(make_object(second, options_));
  first_->thread.join();
  objects.push_back(std::move(*first_->object));
  return link(std::move(objects), options_);
}

}  // namespace weir::backend
