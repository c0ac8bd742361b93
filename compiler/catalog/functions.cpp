#include "compiler/catalog/functions.h"

#include <llvm/Bitcode/BitcodeReader.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/GlobalVariable.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>

#include <deque>
#include <map>

#include "compiler/catalog/signature.h"
#include "compiler/codegen/bitcode.h"
#include "compiler/diagnostics/check.h"

namespace weir::catalog {
namespace {

// Calls f(symbol, annotation text) for each annotation. `llvm.global.annotations` is an array of {function, text, …}; reading
// it needs no function body, so the module is parsed lazily and thrown away.
template <typename F>
void read_annotations(std::span<const char> bitcode, F&& f) {
  llvm::LLVMContext context;
  auto module = llvm::getLazyBitcodeModule(
      llvm::MemoryBufferRef(llvm::StringRef(bitcode.data(), bitcode.size()), "stdlib"), context,
      /*ShouldLazyLoadMetadata=*/true);
  WEIR_CHECK(static_cast<bool>(module), "the bitcode of the stdlib cannot be read");
  const llvm::GlobalVariable* annotations = (*module)->getNamedGlobal("llvm.global.annotations");
  WEIR_CHECK(annotations != nullptr && annotations->hasInitializer(), "the stdlib has no annotations");
  for (const llvm::Use& row : annotations->getInitializer()->operands()) {
    const auto* fields = llvm::cast<llvm::ConstantStruct>(row.get());
    const auto* text = llvm::cast<llvm::GlobalVariable>(fields->getOperand(1)->stripPointerCasts());
    f(std::string_view(fields->getOperand(0)->stripPointerCasts()->getName()),
      std::string_view(llvm::cast<llvm::ConstantDataArray>(text->getInitializer())->getAsCString()));
  }
}

}  // namespace

struct FunctionCatalog::Tables {
  std::deque<Function> functions;
  std::deque<Aggregate> aggregates;
  std::map<std::string, std::vector<const Function*>, std::less<>> functions_by_name;
  std::map<std::string, std::vector<const Aggregate*>, std::less<>> aggregates_by_name;
  std::vector<std::string> names;
};

FunctionCatalog::FunctionCatalog() {
  auto tables = std::make_shared<Tables>();
  if (const auto bitcode = bitcode::stdlib(); !bitcode.empty()) {
    read_annotations(bitcode, [&](std::string_view symbol, std::string_view text) {
      if (auto function = parse_function(text, symbol)) {
        const Function& stored = tables->functions.emplace_back(std::move(*function));
        tables->functions_by_name[stored.name].push_back(&stored);
      } else if (auto aggregate = parse_aggregate(text, symbol)) {
        const Aggregate& stored = tables->aggregates.emplace_back(std::move(*aggregate));
        tables->aggregates_by_name[stored.name].push_back(&stored);
      }
    });
  }
  std::map<std::string_view, bool> names;
  for (const auto& entry : tables->functions_by_name) names.emplace(entry.first, true);
  for (const auto& entry : tables->aggregates_by_name) names.emplace(entry.first, true);
  for (const auto& entry : names) tables->names.emplace_back(entry.first);
  tables_ = std::move(tables);
}

const FunctionCatalog& FunctionCatalog::instance() {
  static const FunctionCatalog catalog;
  return catalog;
}

std::span<const Function* const> FunctionCatalog::overloads(std::string_view upper_name) const {
  const auto found = tables_->functions_by_name.find(upper_name);
  if (found == tables_->functions_by_name.end()) return {};
  return found->second;
}

std::span<const Aggregate* const> FunctionCatalog::aggregates(std::string_view upper_name) const {
  const auto found = tables_->aggregates_by_name.find(upper_name);
  if (found == tables_->aggregates_by_name.end()) return {};
  return found->second;
}

const std::vector<std::string>& FunctionCatalog::names() const { return tables_->names; }

std::vector<const Function*> FunctionCatalog::all_functions() const {
  std::vector<const Function*> all;
  for (const auto& entry : tables_->functions_by_name) all.insert(all.end(), entry.second.begin(), entry.second.end());
  return all;
}

std::vector<const Aggregate*> FunctionCatalog::all_aggregates() const {
  std::vector<const Aggregate*> all;
  for (const auto& entry : tables_->aggregates_by_name) all.insert(all.end(), entry.second.begin(), entry.second.end());
  return all;
}

}  // namespace weir::catalog
