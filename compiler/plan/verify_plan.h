#pragma once

#include "compiler/plan/plan.h"

namespace weir::plan {

// What holds between any two passes: inputs before users, column indexes in range, types of expressions equal to the types
// of the columns they make, no cycle. A violation is an internal error that names the pass.
void verify_plan(const Plan& plan, std::string_view after);

}  // namespace weir::plan
