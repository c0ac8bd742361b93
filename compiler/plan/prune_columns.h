#pragma once

#include <vector>

#include "compiler/plan/plan.h"

namespace weir::plan {

// Scans materialise only the columns that something above reads; the others are still checked against their types, since
// whether a row is rejected depends on the table's declaration and the bytes alone.
void prune_columns(Plan& plan);

// By node and column: whether something above reads it.
std::vector<std::vector<bool>> needed_columns(const Plan& plan);

}  // namespace weir::plan
