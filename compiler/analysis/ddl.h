// CREATE TABLE, CREATE VIEW, DROP -> catalog.
#pragma once

#include "compiler/analysis/analyze.h"
#include "compiler/analysis/context.h"
#include "compiler/syntax/ast.h"

namespace weir::analysis {

void create_table(const Context& context, const syntax::CreateTable& statement, const Overrides& overrides,
                  Span span);
void create_view(const Context& context, syntax::CreateView& statement,
                 const std::shared_ptr<const diagnostics::Source>& source, Span span);
void drop(const Context& context, const syntax::Drop& statement);

}  // namespace weir::analysis
