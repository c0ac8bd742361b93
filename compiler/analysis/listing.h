// What SHOW, DESCRIBE and SET alone print.
#pragma once

#include <string>

#include "compiler/analysis/context.h"
#include "compiler/syntax/ast.h"

namespace weir::analysis {

// CREATE TABLE as SHOW CREATE TABLE prints it; secrets are `******`.
std::string table_ddl(const catalog::Table& table, const syntax::CreateTable& statement);

// Nothing after an error.
std::optional<std::string> show(const Context& context, const syntax::Show& statement, Span span);
std::optional<std::string> describe(const Context& context, const syntax::Describe& statement);
std::string settings_listing(const catalog::Settings& settings);

}  // namespace weir::analysis
