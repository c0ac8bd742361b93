#include "compiler/catalog/catalog.h"

namespace weir::catalog {

const Table* Catalog::table(std::string_view name) const {
  const auto found = tables_.find(name);
  return found == tables_.end() ? nullptr : found->second.get();
}

const View* Catalog::view(std::string_view name) const {
  const auto found = views_.find(name);
  return found == views_.end() ? nullptr : found->second.get();
}

const Table* Catalog::add(Table table) {
  table.id = next_id_++;
  auto name = table.name;
  auto& entry = tables_[std::move(name)];
  if (entry) dropped_.push_back(entry);
  entry = std::make_shared<const Table>(std::move(table));
  return entry.get();
}

void Catalog::add(View view) {
  auto name = view.name;
  views_[std::move(name)] = std::make_shared<const View>(std::move(view));
}

bool Catalog::drop_table(std::string_view name) {
  const auto found = tables_.find(name);
  if (found == tables_.end()) return false;
  dropped_.push_back(found->second);
  tables_.erase(found);
  return true;
}

bool Catalog::drop_view(std::string_view name) {
  const auto found = views_.find(name);
  if (found == views_.end()) return false;
  views_.erase(found);
  return true;
}

std::vector<std::string> Catalog::table_names() const {
  std::vector<std::string> names;
  for (const auto& [name, table] : tables_) names.push_back(name);
  return names;
}

std::vector<std::string> Catalog::view_names() const {
  std::vector<std::string> names;
  for (const auto& [name, view] : views_) names.push_back(name);
  return names;
}

}  // namespace weir::catalog
