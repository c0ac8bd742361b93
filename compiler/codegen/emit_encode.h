// Rows as text: JSON objects, or the print connector's `+I[a, b]`. Each ends its line.
#pragma once

#include <string>
#include <vector>

#include "compiler/codegen/emit_row.h"

namespace weir::codegen {

enum class OutputFormat : uint8_t { Json, Print };

struct OutputShape {
  OutputFormat format = OutputFormat::Json;
  RowShape row;
  std::vector<std::string> names;
  bool iso_timestamps = false;  // json.timestamp-format.standard = ISO-8601
  bool has_op = false;          // the op member comes first (JSON)
  std::string prefix;           // print-identifier with its separator
};

// hole_encode_bound: no row takes more bytes.
void emit_encode_bound(Emit& emit, const OutputShape& shape, llvm::Value* row);
// hole_encode: writes at `out`, returns the end. `kind`: RowKind, or 255 where the output has no op.
void emit_encode(Emit& emit, const OutputShape& shape, llvm::Value* row, llvm::Value* kind, llvm::Value* out);

}  // namespace weir::codegen
