// The holes of scan_lines and scan_messages: how a record becomes a row with its event time and its watermark.
#pragma once

#include "compiler/codegen/emit_prepare.h"
#include "compiler/codegen/hole_table.h"
#include "compiler/codegen/module.h"
#include "compiler/plan/plan.h"

namespace weir::codegen {

// All but hole_consume. `kernel`: the copy whose holes they are. What is given must outlive the table.
// `strict_decoder_only`: every record is left to the strict parser.
void add_scan_holes(HoleTable& holes, const ExpressionSettings& settings, const KernelCopy& kernel,
                    const plan::Scan& scan, const RowShape& row, bool strict_decoder_only);

}  // namespace weir::codegen
