// Relations are built here, so that time attributes and window columns follow the same rules everywhere.
#pragma once

#include <string>
#include <vector>

#include "compiler/analysis/context.h"

namespace weir::analysis {

RelationPtr table_relation(const catalog::Table& table, Span span);
RelationPtr filter(RelationPtr input, ExpressionPtr predicate);
// A bare column keeps its time attribute and its window. Names are made unique as Flink does: `a`, `a0`.
RelationPtr projection(RelationPtr input, std::vector<ExpressionPtr> expressions,
                       std::vector<std::string> names, Span span);
// Types are made equal; a time attribute or a window stays where all inputs have the same. Null after an error.
RelationPtr union_all(const Context& context, std::vector<RelationPtr> inputs, Span span);
// Whether a UNION ALL has made a plain column of what bounds a window in one of its inputs.
bool lost_window(const typed::Column& column);
// Other names for the columns; the count has been checked.
RelationPtr renamed(const RelationPtr& input, std::vector<std::string> names);

// The output column of an expression over the input.
typed::Column column_of(const typed::Relation& input, const typed::Expression& expression, std::string name);

}  // namespace weir::analysis
