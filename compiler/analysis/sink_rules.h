// What a sink takes: updates or new rows only, of which key, and never what it gives itself.
#pragma once

#include <vector>

#include "compiler/analysis/context.h"

namespace weir::analysis {

// The sink of an INSERT (null: standard output); `targets` are the columns of the sink that those of the query go to.
// False after an error.
bool check_sink(const Context& context, const catalog::Table* sink, const typed::Relation& query,
                const std::vector<uint32_t>& targets, Span span);

// Of a job: one INSERT reads as new rows what another writes as updates and deletes.
void warn_of_unseen_deletes(const Context& context, const std::vector<typed::Insert>& inserts);

}  // namespace weir::analysis
