// GROUP BY, HAVING, DISTINCT, and what SELECT may say then.
#pragma once

#include <string>
#include <vector>

#include "compiler/analysis/context.h"
#include "compiler/analysis/expression.h"
#include "compiler/analysis/group_window.h"
#include "compiler/analysis/query.h"

namespace weir::analysis {

// While SELECT and HAVING are analysed over the input, the result of aggregate i is the column kAggregateColumn + i.
constexpr uint32_t kAggregateColumn = 1u << 30;

struct AggregateCollector {
  std::vector<typed::AggregateCall> calls;  // equal calls once
  const GroupWindow* window = nullptr;      // of GROUP BY
  bool window_broken = false;               // it had an error
};

// What GROUP BY says.
struct Grouping {
  std::vector<ExpressionPtr> keys;  // over the input, the group window left out; as SELECT may repeat them
  std::optional<GroupWindow> window;
  size_t window_position = 0;  // how many keys stand before it
  bool good = true;
};
Grouping analyze_group_by(const Place& place, const std::vector<syntax::ExpressionPtr>& expressions);

// The columns that the group window will have behind those of the input are given to it before SELECT is analysed.
void place_group_window(Grouping& grouping, const typed::Relation& input);

struct SelectList {
  std::vector<ExpressionPtr> expressions;  // over the input
  std::vector<std::string> names;
};
// Aggregation, HAVING, projection. Null after an error.
RelationPtr aggregate(const Context& context, RelationPtr input, Grouping grouping,
                      AggregateCollector collector, const SelectList& select, const ExpressionPtr& having,
                      Span span);
// SELECT DISTINCT over an input without GROUP BY. Null after an error.
RelationPtr distinct(const Context& context, RelationPtr input, const SelectList& select, Span span);

}  // namespace weir::analysis
