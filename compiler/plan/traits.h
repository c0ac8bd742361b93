#pragma once

#include "compiler/plan/plan.h"

namespace weir::plan {

// Fills in the traits of every node, from the scans up: how it changes, what its state is bounded by, whether the same
// input gives the same output.
void derive_traits(Plan& plan);

}  // namespace weir::plan
