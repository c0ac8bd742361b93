// A window in GROUP BY, and TUMBLE_START(…) and the like in SELECT.
#pragma once

#include <optional>

#include "compiler/analysis/context.h"
#include "compiler/analysis/window_spec.h"
#include "compiler/syntax/ast.h"

namespace weir::analysis {

struct Place;

// `TUMBLE(ts, INTERVAL '5' MINUTE)`
struct GroupWindow {
  typed::WindowSpec spec;
  ExpressionPtr time;  // the attribute over the input
  Span span;
  uint32_t start_column = 0;  // of the window function's output; end and time follow
};
// Nothing after an error.
std::optional<GroupWindow> group_window(const Place& place, typed::WindowKind kind, const syntax::Call& call,
                                        Span span);

}  // namespace weir::analysis
