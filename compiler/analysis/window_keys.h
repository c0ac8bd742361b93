// Which keys of GROUP BY are bounds of a window, and whether they tell one window from another.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/analysis/context.h"

namespace weir::analysis {

// The column of the input that the key is; null if it is an expression.
const typed::Column* as_column(const typed::Relation& input, const ExpressionPtr& key);

// The window whose bounds are among the keys: the one made last, if there are several.
struct KeyWindow {
  uint32_t id = 0;
  bool start = false;
  bool end = false;
  bool time = false;
  std::string written;  // one of its columns, as named
  Span span;
};
KeyWindow key_window(const typed::Relation& input, const std::vector<ExpressionPtr>& keys);

// Adds what is missing of the window's bounds to the keys; whether the aggregation is windowed, or nothing after an error.
// `strict`: one bound alone, where it does not do, is an error; else it is a plain key.
std::optional<bool> complete_window(const Context& context, const typed::Relation& input,
                                    std::vector<ExpressionPtr>& keys, bool strict);

// A SESSION relation must be grouped by its bounds and by exactly the columns it is partitioned by. False after an error.
bool check_session_keys(const Context& context, const typed::Relation& input,
                        const std::vector<ExpressionPtr>& keys, Span span);

// What an aggregate over a SESSION relation takes must be known of each record: not the session's bounds. False after an error.
bool check_session_calls(const Context& context, const typed::Relation& input,
                         const std::vector<typed::AggregateCall>& calls);

}  // namespace weir::analysis
