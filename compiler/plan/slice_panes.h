#pragma once

#include "compiler/plan/plan.h"

namespace weir::plan {

// A SESSION function becomes part of the aggregate above it: only there has a session a meaning. Required.
void form_sessions(Plan& plan);

// An aggregate by the windows of a TUMBLE, HOP or CUMULATE function takes records in panes (slices of gcd(size, slide)) and
// merges windows from them, so that a record costs one update however many windows it is in. Done where nothing between the
// two looks at the window; else each record is copied to each of its windows, with the same result.
void slice_panes(Plan& plan);

}  // namespace weir::plan
