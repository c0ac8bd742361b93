// The relation that both notations of a window become: typed::WindowFunction.
#pragma once

#include <vector>

#include "compiler/analysis/context.h"
#include "compiler/analysis/window_spec.h"

namespace weir::analysis {

// The input's columns, then window_start, window_end, window_time; the time attributes of the input become plain columns.
RelationPtr window_function(const Context& context, RelationPtr input, const typed::WindowSpec& spec,
                            uint32_t time_column, std::vector<uint32_t> partition_by, Span span);

// Whether the relation is SESSION(…) itself, which only GROUP BY may use.
const typed::WindowFunction* as_session(const typed::Relation& relation);

}  // namespace weir::analysis
