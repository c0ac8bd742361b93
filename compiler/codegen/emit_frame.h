// Rows as records of a log: RecordFrame (runtime/abi/message.h), key, value.
#pragma once

#include "compiler/codegen/emit_encode.h"

namespace weir::codegen {

// Bodies of hole_encode_bound and hole_encode.
void emit_frame_bound(Emit& emit, const OutputShape& shape, llvm::Value* row);
void emit_frame(Emit& emit, const OutputShape& shape, llvm::Value* row, llvm::Value* kind, llvm::Value* out);

}  // namespace weir::codegen
