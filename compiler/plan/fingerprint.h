// What the state of an aggregate is, apart from how it is computed: a state that was kept under one fingerprint fits every
// operator with the same one.
//
// It is taken from the plan before any pass, in a canonical form: views, projections and the order of conditions do not count,
// because each expression is written over the columns of the tables it comes from. In it are the tables and their watermarks,
// the columns that are used, filters, window, keys, and where the state itself is kept (mode C) the aggregates. Not in it:
// other queries, sinks, options, aggregates in mode R (they are computed again), passes, layouts.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/plan/plan.h"

namespace weir::plan {

// One text for each way from a table to the aggregate (UNION ALL makes several), sorted.
struct StateText {
  enum Part { Input, Filters, Window, Keys };
  std::vector<std::array<std::string, 4>> ways;
};
// `plan` as build_plan made it. `keeps_state`: for each node, whether it is an aggregate in mode C.
StateText state_text(const Plan& plan, NodeId aggregate, const std::vector<bool>& keeps_state);

// The same on every machine and in every version.
uint64_t stable_hash(std::string_view text);
uint64_t fingerprint(const StateText& text);
// 16 bits of each part, the first lowest.
uint64_t fingerprint_parts(const StateText& text);

}  // namespace weir::plan
