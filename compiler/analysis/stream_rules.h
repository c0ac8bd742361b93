// What a stream cannot do, or does at a price: updates where none are taken, state without a bound, clocks in updated rows.
#pragma once

#include <functional>
#include <string_view>

#include "compiler/analysis/context.h"

namespace weir::analysis {

// Whether rows of the relation are replaced later: an aggregate without window below.
bool is_updating(const typed::Relation& relation);
// Whether a window function stands on the way of its rows, not yet used up by an aggregate.
bool has_open_window(const typed::Relation& relation);
// A table that the relation reads and that is wanted; null if there is none.
const catalog::Table* find_table(const typed::Relation& relation,
                                 const std::function<bool(const catalog::Table&)>& wanted);

// `what` is "an aggregate", "TUMBLE": refused over an updating input. False after an error.
bool require_append_only(const Context& context, const typed::Relation& input, std::string_view what,
                         Span span);
// A clock or a random number in a row that is updated later would change the row it takes back.
bool require_deterministic_updates(const Context& context, const typed::Relation& input,
                                   const std::vector<ExpressionPtr>& expressions);
// A group per moment without a window is never given up.
void warn_of_time_key(const Context& context, const typed::Relation& input,
                      const std::vector<ExpressionPtr>& keys);
// Nor is one per window, where the key is no window any more.
void warn_of_lost_window(const Context& context, const typed::Relation& input,
                         const std::vector<ExpressionPtr>& keys);

}  // namespace weir::analysis
