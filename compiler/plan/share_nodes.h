#pragma once

#include "compiler/plan/plan.h"

namespace weir::plan {

// Equal parts of the queries of a job are computed once: a view that two INSERTs read is one aggregate with two consumers.
// Only what is deterministic is shared.
void share_nodes(Plan& plan);

}  // namespace weir::plan
