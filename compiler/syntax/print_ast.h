#pragma once

#include <string>

#include "compiler/syntax/ast.h"

namespace weir::syntax {

// One node a line, indented; the form of `weir explain --ast`.
std::string print_ast(const Script& script);
// An expression as SQL, for names of columns and messages.
std::string to_sql(const Expression& expression);

}  // namespace weir::syntax
