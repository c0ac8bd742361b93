// Takes the annotations of WEIR_FUNCTION and WEIR_AGGREGATE out of the stdlib's bitcode, when Weir is built:
//
//   extract_functions linked.bc stdlib.bc functions.txt
//
// functions.txt has six lines for each: the C symbol, the source file's stem, kind, signature, doc, example (the last four are
// the annotation, stdlib/function.h). stdlib.bc is the module without them, which makes it quicker to read at run time.
#include <llvm/Bitcode/BitcodeReader.h>
#include <llvm/Bitcode/BitcodeWriter.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/GlobalVariable.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/Path.h>
#include <llvm/Support/raw_ostream.h>

namespace {

int fail(const llvm::Twine& what) {
  llvm::errs() << "extract_functions: " << what << "\n";
  return 1;
}

llvm::StringRef text_of(const llvm::Constant* pointer) {
  const auto* variable = llvm::cast<llvm::GlobalVariable>(pointer->stripPointerCasts());
  return llvm::cast<llvm::ConstantDataArray>(variable->getInitializer())->getAsCString();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return fail("wants linked.bc stdlib.bc functions.txt");
  auto buffer = llvm::MemoryBuffer::getFile(argv[1]);
  if (!buffer) return fail(buffer.getError().message());
  llvm::LLVMContext context;
  auto parsed = llvm::parseBitcodeFile(**buffer, context);
  if (!parsed) return fail(llvm::toString(parsed.takeError()));
  llvm::Module& module = **parsed;

  std::error_code error;
  llvm::raw_fd_ostream list(argv[3], error);
  if (error) return fail(error.message());
  const llvm::GlobalVariable* annotations = module.getNamedGlobal("llvm.global.annotations");
  if (annotations == nullptr) return fail("no annotations");
  for (const llvm::Use& row : annotations->getInitializer()->operands()) {
    const auto* fields = llvm::cast<llvm::ConstantStruct>(row.get());
    const llvm::StringRef annotation = text_of(fields->getOperand(1));
    if (!annotation.starts_with("weir.")) continue;
    if (annotation.count('\n') != 3) return fail("an annotation is not of four lines: " + annotation);
    list << fields->getOperand(0)->stripPointerCasts()->getName() << "\n"
         << llvm::sys::path::stem(text_of(fields->getOperand(2))) << "\n"
         << annotation << "\n";
  }
  list.close();
  if (list.has_error()) return fail(list.error().message());

  // `llvm.used` goes too: a query links what it calls and nothing else.
  for (const char* name : {"llvm.global.annotations", "llvm.used", "llvm.compiler.used"}) {
    if (llvm::GlobalVariable* variable = module.getNamedGlobal(name)) variable->eraseFromParent();
  }
  for (llvm::GlobalVariable& variable : llvm::make_early_inc_range(module.globals())) {
    if (variable.hasSection() && variable.getSection() == "llvm.metadata" && variable.use_empty())
      variable.eraseFromParent();
  }
  llvm::raw_fd_ostream out(argv[2], error);
  if (error) return fail(error.message());
  llvm::WriteBitcodeToFile(module, out);
  out.close();
  if (out.has_error()) return fail(out.error().message());
  return 0;
}
