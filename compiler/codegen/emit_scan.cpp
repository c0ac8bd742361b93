#include "compiler/codegen/emit_scan.h"

#include "compiler/codegen/emit_decode_json.h"
#include "compiler/codegen/emit_message.h"
#include "runtime/abi/abi.h"
#include "runtime/abi/scan_state.h"

namespace weir::codegen {
namespace {

// hole_complete_row(context, row, watermark): 0 fine, 1 event time is NULL, 2 it or the watermark cannot be computed
void emit_complete_row(Emit& emit, const ExpressionSettings& settings, const plan::Scan& scan,
                       const RowShape& row_shape) {
  llvm::Value* row = emit.argument(1);
  ExpressionScope scope = scope_of_row(emit, settings, emit.argument(0), row, row_shape);
  scope.on_failure = OnFailure::Flag;
  scope.failed = emit.slot(emit.b.getInt1Ty(), "failed");
  emit.store(emit.i1(false), scope.failed);
  const auto reject_failed = [&](const typed::Expression& expression) {
    if (expression.can_fail) emit.return_when(emit.load(emit.b.getInt1Ty(), scope.failed), emit.i32(2));
  };
  if (scan.computed_event_time) {
    const Value time = emit_expression(scope, *scan.computed_event_time);
    reject_failed(*scan.computed_event_time);
    emit.return_when(time.null, emit.i32(1));
    store_column(emit, row, row_shape, *scan.event_time_column, time);
  } else if (scan.event_time_column) {
    emit.return_when(load_null(emit, row, row_shape, *scan.event_time_column), emit.i32(1));
  }
  llvm::Value* watermark = emit.i64(abi::kNoWatermark);
  if (scan.watermark) {
    const Value value = emit_expression(scope, *scan.watermark);
    reject_failed(*scan.watermark);
    watermark = emit.choose(value.null, watermark, floor_to_milliseconds(emit, value.data));
  }
  emit.store(watermark, emit.argument(2), 8);
  emit.b.CreateRet(emit.i32(0));
}

}  // namespace

void add_scan_holes(HoleTable& holes, const ExpressionSettings& settings, const KernelCopy& kernel,
                    const plan::Scan& scan, const RowShape& row, bool strict_decoder_only) {
  holes["hole_row_bytes"] = constant(row.layout.row_bytes);
  const bool has_shapes = row.types.size() <= abi::kShapeColumns;
  holes["hole_decode_columns"] = [&, is_used = has_shapes && !strict_decoder_only](Emit& emit) {
    if (!is_used) {
      emit.b.CreateRet(llvm::ConstantPointerNull::get(emit.b.getPtrTy()));
    } else {
      emit_decode_columns(emit, kernel, scan, row);
    }
  };
  holes["hole_nulls_allowed"] = [&](Emit& emit) { emit_nulls_allowed(emit, scan, row); };
  if (catalog::has_messages(*scan.table)) {
    holes["hole_value_raw"] = constant(value_format(*scan.table) == MessageFormat::Raw);
    holes["hole_message_columns"] = [&](Emit& emit) { emit_message_columns(emit, kernel, scan, row); };
  }
  holes["hole_complete_row"] = [&](Emit& emit) { emit_complete_row(emit, settings, scan, row); };
}

}  // namespace weir::codegen
