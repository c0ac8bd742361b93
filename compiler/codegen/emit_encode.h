// Rows as text: JSON objects, or the print connector's `+I[a, b]`, which end their line; or records of a log (emit_frame.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/codegen/emit_message.h"
#include "compiler/codegen/emit_row.h"

namespace weir::codegen {

enum class OutputFormat : uint8_t { Json, Print, Frame };

// The key or the value of a record.
struct FramePart {
  MessageFormat format = MessageFormat::Json;
  std::vector<uint32_t> columns;   // of the row; format raw: one
  std::vector<std::string> names;  // of the members (JSON)
  bool iso_timestamps = false;
};
struct FrameShape {
  std::optional<FramePart> key;
  FramePart value;
  std::optional<uint32_t> timestamp_column;
  bool upsert = false;  // a deletion is a tombstone
};

struct OutputShape {
  OutputFormat format = OutputFormat::Json;
  RowShape row;
  std::vector<std::string> names;
  bool iso_timestamps = false;  // json.timestamp-format.standard = ISO-8601
  bool has_op = false;          // the op member comes first (JSON)
  std::string prefix;           // print-identifier with its separator
  FrameShape frame;             // Frame
};

// hole_encode_bound: no row takes more bytes.
void emit_encode_bound(Emit& emit, const OutputShape& shape, llvm::Value* row);
// hole_encode: writes at `out`, returns the end. `kind`: RowKind, or 255 where the output has no op.
void emit_encode(Emit& emit, const OutputShape& shape, llvm::Value* row, llvm::Value* kind, llvm::Value* out);

// Writes `{"a":1,"b":null}` at `out`, returns its end.
llvm::Value* write_json_object(Emit& emit, const FramePart& part, const RowShape& shape, llvm::Value* row,
                               llvm::Value* out);
// No such object takes more bytes.
llvm::Value* json_object_bound(Emit& emit, const FramePart& part, const RowShape& shape, llvm::Value* row);

}  // namespace weir::codegen
