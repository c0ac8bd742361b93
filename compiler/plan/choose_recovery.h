#pragma once

#include "compiler/plan/plan.h"

namespace weir::plan {

// Where a table is read from a log: for every aggregate how its state comes back after a crash, why, and its fingerprint.
//
// Mode R reads input again. It is right only for windows of event time over what is the same when it is read again: their
// state at any moment is a function of the records between two offsets and of W. Everything else is mode C, which keeps
// changes of the state in a topic.
void choose_recovery(Plan& plan);

}  // namespace weir::plan
