// What a sink's output promises over crashes and restarts, end to end, and what would change it.
#pragma once

#include <string>
#include <vector>

#include "compiler/plan/plan.h"

namespace weir::cli {

struct Delivery {
  std::string promise;             // "exactly once (…)"
  std::vector<std::string> notes;  // what it rests on, what strengthens or weakens it
};
Delivery delivery_of(const plan::Plan& plan, plan::NodeId sink);

}  // namespace weir::cli
