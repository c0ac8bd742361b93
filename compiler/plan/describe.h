// Nodes and their parts in one line, for explain, names of operators, and messages.
#pragma once

#include <numeric>
#include <string>
#include <vector>

#include "compiler/plan/plan.h"

namespace weir::plan {

std::string describe(const Plan& plan, NodeId id);
// An aggregate as its user knows it, however it is computed: "Aggregate TUMBLE(5 min) by category". The name of its operator in
// messages.
std::string describe_operator(const Plan& plan, NodeId id);
// The keys of an aggregate, as SQL.
std::vector<std::string> describe_keys(const Plan& plan, NodeId aggregate);
// "TUMBLE(5 min)", "HOP(every 10 s, size 1 min)"
std::string describe_window(const WindowSpec& spec);
// "SUM(DISTINCT amount) FILTER (WHERE paid)"
std::string describe_call(const AggregateCall& call, const std::vector<std::string>& columns);

// The length of the slices that windows are merged from: no window's bound lies inside one.
inline int64_t pane_ms(const WindowSpec& spec) {
  return spec.kind == typed::WindowKind::Session ? 0 : std::gcd(spec.size_ms, spec.slide_ms);
}

}  // namespace weir::plan
