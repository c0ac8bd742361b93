#pragma once

#include "compiler/plan/plan.h"

namespace weir::plan {

// Filters move towards the scans: below projections, below window functions whose bounds they do not use, and into the
// branches of UNION ALL, so that a row is dropped before it is copied. Never below LATE, which sees rows before any WHERE.
void push_filter(Plan& plan);

}  // namespace weir::plan
