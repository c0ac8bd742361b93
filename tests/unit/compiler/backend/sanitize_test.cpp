// Code that is made at run time is as checked as the code around it.
#include <gtest/gtest.h>

#include <cstdlib>

#include "compiler/backend/backend.h"
#include "compiler/codegen/bitcode.h"
#include "compiler/codegen/emit.h"
#include "compiler/codegen/finish_module.h"
#include "weir_version.h"

namespace weir {
namespace {

using namespace codegen;

// void overrun(char* p) { p[bytes] = 1; }
void run_store_at(uint64_t bytes, char* memory) {
  auto context = std::make_unique<llvm::LLVMContext>();
  JobModule module(*context, bitcode::stdlib());
  auto* type = llvm::FunctionType::get(llvm::Type::getVoidTy(*context),
                                       {llvm::PointerType::getUnqual(*context)}, false);
  auto* function =
      llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, "overrun", module.module());
  Emit emit(module, function);
  emit.store(emit.b.getInt8(1), emit.at(emit.argument(0), bytes));
  emit.b.CreateRetVoid();
  EmittedModule emitted = finish_module(std::move(context), module, {{"overrun", function}}, {});
  backend::optimize(emitted, {});
  auto program = backend::jit(std::move(emitted), {});
  ASSERT_TRUE(program.has_value()) << program.error();
  reinterpret_cast<void (*)(char*)>((*program)->program()->entries[0].function)(memory);
}

TEST(Sanitize, AnOverrunInGeneratedCodeIsSeen) {
  if (version_sanitizers.find("address") == std::string_view::npos) {
    GTEST_SKIP() << "this build has no AddressSanitizer";
  }
  char* memory = static_cast<char*>(std::malloc(64));
  run_store_at(63, memory);
  EXPECT_EQ(memory[63], 1);
  EXPECT_DEATH(run_store_at(64, memory), "heap-buffer-overflow");
  std::free(memory);
}

}  // namespace
}  // namespace weir
