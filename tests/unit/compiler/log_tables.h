// Compiles queries over tables of a log, for tests of what the compiler makes of them.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <variant>

#include "compiler/compile.h"
#include "compiler/diagnostics/render.h"

namespace weir::compiler_tests {

// `tables` are declared over files; those named become tables of the connector. Changes a declaration through `change`.
class LogTables {
 public:
  explicit LogTables(const std::string& tables) { compile(tables); }

  template <typename Change>
  LogTables& change(const std::string& name, Change&& change) {
    catalog::Table table = *catalog_.table(name);
    change(table);
    catalog_.add(std::move(table));
    return *this;
  }
  LogTables& in_log(const std::string& name, const std::string& connector = "kafka") {
    return change(name, [&](catalog::Table& table) { table.options.set("connector", connector); });
  }
  static catalog::TableColumn& column(catalog::Table& table, const std::string& name) {
    for (catalog::TableColumn& column : table.columns)
      if (column.name == name) return column;
    ADD_FAILURE() << "no column " << name;
    return table.columns[0];
  }

  // The one job of a text.
  std::unique_ptr<compiler::CompiledJob> job(const std::string& text,
                                             const compiler::CompileOptions& options = {}) {
    compiler::Compilation result = compile(text, options);
    for (auto& step : result.steps)
      if (auto* job = std::get_if<std::unique_ptr<compiler::CompiledJob>>(&step)) return std::move(*job);
    ADD_FAILURE() << "no job in " << text;
    return nullptr;
  }
  const diagnostics::Source& source() const { return *source_; }

 private:
  compiler::Compilation compile(const std::string& text, const compiler::CompileOptions& options = {}) {
    source_ = std::make_shared<diagnostics::Source>("test.stream", text);
    compiler::Compilation result = compiler::compile(source_, options, catalog_);
    EXPECT_FALSE(result.diagnostics.has_errors()) << diagnostics::render_all(result.diagnostics, *source_);
    return result;
  }

  catalog::Catalog catalog_;
  std::shared_ptr<const diagnostics::Source> source_;
};

}  // namespace weir::compiler_tests
