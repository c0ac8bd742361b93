#pragma once

#include "compiler/plan/plan.h"

namespace weir::plan {

// Scans materialise only the columns that something above reads; the others are still checked against their types, since
// whether a row is rejected depends on the table's declaration and the bytes alone.
void prune_columns(Plan& plan);

}  // namespace weir::plan
