// Constants that fail: what `1/0` or `CAST('abc' AS INT)` does to every row is said before any row is read.
#pragma once

#include "compiler/diagnostics/diagnostic.h"
#include "compiler/diagnostics/source.h"
#include "compiler/plan/plan.h"

namespace weir::compiler {

// Looks at what the plan evaluates, after the passes. A constant that fails is an error where every row that comes by evaluates
// it, and a warning where some may not (CASE, COALESCE, AND, OR, FILTER) or where failures are NULL (`expression.on-error`).
// A call that refuses its constant arguments (a pattern, a unit), whatever the others are, is one as well.
void check_constants(const plan::Plan& plan, const diagnostics::Source& source,
                     diagnostics::Diagnostics& diagnostics);

}  // namespace weir::compiler
