// Tables and views by name; a value that a shell keeps between statements.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/catalog/table.h"

namespace weir::catalog {

class Catalog {
 public:
  const Table* table(std::string_view name) const;
  const View* view(std::string_view name) const;
  const Table* add(Table table);  // gives it its id; the pointer stays valid even after drop_table
  void add(View view);
  bool drop_table(std::string_view name);
  bool drop_view(std::string_view name);
  std::vector<std::string> table_names() const;
  std::vector<std::string> view_names() const;

  Settings settings;  // in force after the statements so far

 private:
  std::map<std::string, std::shared_ptr<const Table>, std::less<>> tables_;
  std::map<std::string, std::shared_ptr<const View>, std::less<>> views_;
  std::vector<std::shared_ptr<const Table>> dropped_;
  uint32_t next_id_ = 1;
};

}  // namespace weir::catalog
