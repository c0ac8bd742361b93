// The generated half of the JSON decoder: which parser each column has, with what constants, and which comes next.
#pragma once

#include "compiler/codegen/emit_row.h"
#include "compiler/codegen/module.h"
#include "compiler/plan/plan.h"

namespace weir::codegen {

// hole_decode_columns(scan, step, at, end, row): the values of columns that follow each other.
void emit_decode_columns(Emit& emit, const KernelCopy& kernel, const plan::Scan& scan, const RowShape& row);
// hole_nulls_allowed(row): whether every column that is NOT NULL has a value.
void emit_nulls_allowed(Emit& emit, const plan::Scan& scan, const RowShape& row);

}  // namespace weir::codegen
