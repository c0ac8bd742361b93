// Functions in FROM: a window, LATE(window), REJECTED(table).
#pragma once

#include "compiler/analysis/context.h"
#include "compiler/analysis/query.h"
#include "compiler/syntax/ast.h"

namespace weir::analysis {

// Null after an error.
RelationPtr table_function(const Context& context, const syntax::TableFunction& function,
                           const CommonTables* common, Span span);

}  // namespace weir::analysis
