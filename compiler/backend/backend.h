// LLVM module -> machine code, in process or as an object file.
#pragma once

#include <expected>
#include <memory>
#include <string>

#include "compiler/codegen/emit_program.h"
#include "runtime/abi/abi.h"

namespace weir::backend {

enum class Cpu : uint8_t { Host, X86_64_v3 };
struct BackendOptions {
  bool optimize = true;  // false: O0, a way of the test suite
  Cpu cpu = Cpu::Host;
};

// Sets target attributes, makes everything internal but weir_program, runs the passes.
void optimize(codegen::EmittedModule& module, const BackendOptions& options);

class JitProgram {
 public:
  virtual ~JitProgram() = default;
  virtual const abi::Program* program() const = 0;
};
std::expected<std::unique_ptr<JitProgram>, std::string> jit(codegen::EmittedModule module,
                                                            const BackendOptions& options);

// The same of a program in two modules, neither of them optimised yet: the first is worked on by a thread of its own.
class JitOfHalves {
 public:
  explicit JitOfHalves(const BackendOptions& options);
  ~JitOfHalves();
  void start(codegen::EmittedModule first);
  std::expected<std::unique_ptr<JitProgram>, std::string> finish(codegen::EmittedModule second);

 private:
  struct FirstHalf;
  const BackendOptions options_;
  std::unique_ptr<FirstHalf> first_;
};

std::expected<void, std::string> write_object(codegen::EmittedModule& module, const BackendOptions& options,
                                              const std::string& path);
std::string print_ir(const codegen::EmittedModule& module);
std::string print_assembly(codegen::EmittedModule& module, const BackendOptions& options);

// object + libweir_runtime.a -> executable (PIE, full RELRO); written beside and renamed.
std::expected<void, std::string> link_executable(const std::string& object, const std::string& output,
                                                 bool needs_kafka);

}  // namespace weir::backend
