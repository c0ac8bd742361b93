// TUMBLE, HOP, CUMULATE, SESSION in FROM and in GROUP BY: both become typed::WindowFunction.
#pragma once

#include <optional>
#include <string_view>

#include "compiler/analysis/context.h"
#include "compiler/analysis/query.h"
#include "compiler/analysis/scope.h"
#include "compiler/syntax/ast.h"

namespace weir::analysis {

struct Place;

std::optional<typed::WindowKind> window_kind(std::string_view upper_name);
std::string_view window_name(typed::WindowKind kind);

// A window of GROUP BY: `TUMBLE(ts, INTERVAL '5' MINUTE)`.
struct GroupWindow {
  typed::WindowSpec spec;
  ExpressionPtr time;  // the attribute over the input
  Span span;
  uint32_t start_column = 0;  // of the window function's output; end and time follow
};
// Null after an error.
std::optional<GroupWindow> group_window(const Place& place, typed::WindowKind kind, const syntax::Call& call,
                                        Span span);

// The input's columns, then window_start, window_end, window_time; the time attributes of the input become plain columns.
RelationPtr window_function(const Context& context, RelationPtr input, const typed::WindowSpec& spec,
                            uint32_t time_column, std::vector<uint32_t> partition_by, Span span);

// A function in FROM: a window, LATE(window), REJECTED(table); null after an error.
RelationPtr table_function(const Context& context, const syntax::TableFunction& function,
                           const CommonTables* common, Span span);

// Whether the relation is SESSION(…) itself, which only GROUP BY may use.
const typed::WindowFunction* as_session(const typed::Relation& relation);

}  // namespace weir::analysis
