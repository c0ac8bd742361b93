// The generated half of the JSON decoder: which parser each column has, with what constants.
#pragma once

#include "compiler/codegen/emit_row.h"
#include "compiler/codegen/module.h"
#include "compiler/plan/plan.h"

namespace weir::codegen {

// hole_decode_value(scan, column, at, end, row): the value at `at` into a column.
void emit_decode_value(Emit& emit, const KernelCopy& kernel, const plan::Scan& scan, const RowShape& row);
// hole_nulls_allowed(row): whether every column that is NOT NULL has a value.
void emit_nulls_allowed(Emit& emit, const plan::Scan& scan, const RowShape& row);

}  // namespace weir::codegen
