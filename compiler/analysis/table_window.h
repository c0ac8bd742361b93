// The table-valued notation of a window: TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '5' MINUTE).
#pragma once

#include <optional>
#include <vector>

#include "compiler/analysis/context.h"
#include "compiler/analysis/query.h"
#include "compiler/syntax/ast.h"

namespace weir::analysis {

struct TableWindow {
  RelationPtr input;
  typed::WindowSpec spec;
  uint32_t time_column = 0;
  std::vector<uint32_t> partition_by;
};
// Arguments by position or by name. Nothing after an error.
std::optional<TableWindow> table_window(const Context& context, typed::WindowKind kind,
                                        const syntax::TableFunction& function, const CommonTables* common,
                                        Span span);

}  // namespace weir::analysis
