// Columns of a message's row that are no members of its value: the key, metadata, and format raw.
#pragma once

#include "compiler/codegen/emit_row.h"
#include "compiler/codegen/module.h"
#include "compiler/plan/plan.h"
#include "runtime/job/manifest/manifest.h"

namespace weir::codegen {

using job::MessageFormat;
MessageFormat value_format(const catalog::Table& table);
MessageFormat key_format(const catalog::Table& table);

// hole_message_columns(scan, message, row, error).
void emit_message_columns(Emit& emit, const KernelCopy& kernel, const plan::Scan& scan, const RowShape& row);

}  // namespace weir::codegen
