#pragma once

#include "compiler/analysis/typed.h"
#include "compiler/plan/plan.h"

namespace weir::plan {

// Typed queries of one job -> plan, one node per construct, nothing rewritten yet; equal relations are not shared yet.
Plan build_plan(const typed::Job& job);

}  // namespace weir::plan
