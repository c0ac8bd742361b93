#pragma once

#include <string>

#include "compiler/plan/plan.h"

namespace weir::plan {

// A tree per sink, root first; a node that has been printed is referred to by its number. The form of `explain --plan`.
std::string print_plan(const Plan& plan);

}  // namespace weir::plan
