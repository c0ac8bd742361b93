#include "compiler/catalog/functions.h"

#include <deque>
#include <map>

#include "compiler/catalog/signature.h"
#include "compiler/codegen/bitcode.h"
#include "compiler/diagnostics/check.h"

namespace weir::catalog {
namespace {

// The table has a symbol, a source file's stem and the four lines of an annotation for each function.
std::string_view take_lines(std::string_view& text, int count) {
  size_t end = 0;
  for (; count > 0; --count) {
    end = text.find('\n', end);
    WEIR_CHECK(end != std::string_view::npos, "the table of functions is cut off");
    ++end;
  }
  const std::string_view lines = text.substr(0, end - 1);
  text.remove_prefix(end);
  return lines;
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
  const std::span<const char> table = bitcode::functions();
  for (std::string_view left(table.data(), table.size()); !left.empty();) {
    const std::string_view symbol = take_lines(left, 1);
    const std::string_view topic = take_lines(left, 1);
    const std::string_view annotation = take_lines(left, 4);
    if (auto function = parse_function(annotation, symbol)) {
      function->topic = topic;
      const Function& stored = tables->functions.emplace_back(std::move(*function));
      tables->functions_by_name[stored.name].push_back(&stored);
    } else if (auto aggregate = parse_aggregate(annotation, symbol)) {
      const Aggregate& stored = tables->aggregates.emplace_back(std::move(*aggregate));
      tables->aggregates_by_name[stored.name].push_back(&stored);
    }
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
  for (const auto& entry : tables_->functions_by_name)
    all.insert(all.end(), entry.second.begin(), entry.second.end());
  return all;
}

std::vector<const Aggregate*> FunctionCatalog::all_aggregates() const {
  std::vector<const Aggregate*> all;
  for (const auto& entry : tables_->aggregates_by_name)
    all.insert(all.end(), entry.second.begin(), entry.second.end());
  return all;
}

}  // namespace weir::catalog
