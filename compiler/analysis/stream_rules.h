// What a stream cannot do, or does at a price: updates into what takes none, state without a bound, clocks in updated rows.
#pragma once

#include <string_view>

#include "compiler/analysis/context.h"

namespace weir::analysis {

// Whether rows of the relation are replaced later: an aggregate without window below.
bool is_updating(const typed::Relation& relation);
// Whether a window function stands on the way of its rows, not yet used up by an aggregate.
bool has_open_window(const typed::Relation& relation);
bool reads_table(const typed::Relation& relation, const catalog::Table& table);

// `what` is "an aggregate", "TUMBLE": refused over an updating input. False after an error.
bool require_append_only(const Context& context, const typed::Relation& input, std::string_view what,
                         Span span);
// A clock or a random number in a row that is updated later would change the row it takes back.
bool require_deterministic_updates(const Context& context, const typed::Relation& input,
                                   const std::vector<ExpressionPtr>& expressions);
// A group per moment without a window is never given up.
void warn_of_time_key(const Context& context, const typed::Relation& input,
                      const std::vector<ExpressionPtr>& keys);
// The sink of an INSERT (null: standard output). False after an error.
bool check_sink(const Context& context, const catalog::Table* sink, const typed::Relation& query, Span span);

}  // namespace weir::analysis
