#pragma once

#include "compiler/analysis/typed.h"
#include "compiler/plan/plan.h"

namespace weir::plan {

// Simplifies what is known when the query is compiled: three-valued logic with constants, arithmetic and comparison of
// integer constants, NULL tests of what is never NULL, CASE with constant conditions; drops filters that are always true.
// What would fail is left as it is, and what stands behind a constant FALSE in an AND is never evaluated, as at run time.
void fold_constants(Plan& plan);
typed::ExpressionPtr fold(const typed::ExpressionPtr& expression);

}  // namespace weir::plan
