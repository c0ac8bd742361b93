// INSERT and bare SELECT: the query's columns become the sink's.
#pragma once

#include "compiler/analysis/context.h"
#include "compiler/syntax/ast.h"

namespace weir::analysis {

// Nothing after an error.
std::optional<typed::Insert> analyze_insert(const Context& context, const syntax::Insert& statement,
                                            Span span);
std::optional<typed::Insert> analyze_select_statement(const Context& context, const syntax::Query& query,
                                                      Span span);

}  // namespace weir::analysis
