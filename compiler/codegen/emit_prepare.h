// From a source row to what a consumer works on: filters, projections and window functions without aggregate.
#pragma once

#include "compiler/codegen/emit_expression.h"
#include "compiler/codegen/emit_row.h"
#include "compiler/codegen/pipeline.h"

namespace weir::codegen {

// What every hole of a job needs to know to evaluate expressions.
struct ExpressionSettings {
  FailureSites& failures;
  OnFailure on_failure = OnFailure::Report;
  int64_t zone_offset_us = 0;
};
// A scope over the columns of a row in memory.
ExpressionScope scope_of_row(Emit& emit, const ExpressionSettings& settings, llvm::Value* context,
                             llvm::Value* row, const RowShape& shape);

// Bounds of a window as columns. `bound`: UTC milliseconds.
llvm::Value* window_bound(Emit& emit, const WindowSpec& spec, llvm::Value* bound);
llvm::Value* window_time(Emit& emit, llvm::Value* end);
// Microseconds to whole milliseconds, downwards.
llvm::Value* floor_to_milliseconds(Emit& emit, llvm::Value* microseconds);

// hole_prepare(context, row, window_start, window_end, prepared) -> bool
void emit_prepare(Emit& emit, const ExpressionSettings& settings, const Prepare& prepare,
                  const RowShape& source, const RowShape& prepared);
// hole_source_time(context, row): the time that a window function without aggregate looks at.
void emit_source_time(Emit& emit, const ExpressionSettings& settings, const PrepareFanOut& fan_out,
                      const RowShape& source);
// hole_passes_outside(context, row) -> bool
void emit_passes_outside(Emit& emit, const ExpressionSettings& settings, const Prepare& prepare,
                         const RowShape& source);
const PrepareFanOut* find_fan_out(const Prepare& prepare);

}  // namespace weir::codegen
