#pragma once

#include "compiler/plan/plan.h"

namespace weir::plan {

// HOP and CUMULATE windows are made from the window before: the new pane is added, the oldest taken away (or, for aggregates
// that cannot subtract exactly, kept in two stacks), so that a firing does not cost more with more panes to a window. Without
// it, every firing merges all panes.
void slide_windows(Plan& plan);

}  // namespace weir::plan
