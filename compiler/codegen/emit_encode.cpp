// A JSON row of (a BIGINT, b STRING) is written as
//
//   copy(`{"a":`); a NULL ? copy(`null`) : weir_json_integer(a); copy(`,"b":`); b NULL ? … : weir_json_string(b); copy("}\n")
#include "compiler/codegen/emit_encode.h"

#include "compiler/codegen/emit_frame.h"
#include "compiler/codegen/emit_parts.h"
#include "compiler/diagnostics/check.h"
#include "runtime/abi/abi.h"

namespace weir::codegen {
namespace {

constexpr int64_t kNoKind = 255;

// ---- names and constants -----------------------------------------------------------------------------

std::string json_quoted(std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (byte < 0x20) {
      quoted += "\\u00";
      quoted += hex[byte >> 4];
      quoted += hex[byte & 15];
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

std::string before_column(const OutputShape& shape, size_t column) {
  if (shape.format == OutputFormat::Print) return column == 0 ? "[" : ", ";
  // Before the first one stands `{` or the op member.
  return (column == 0 ? "" : ",") + json_quoted(shape.names[column]) + ":";
}

const char* after_row(const OutputShape& shape) {
  return shape.format == OutputFormat::Print ? "]\n" : "}\n";
}

// What comes first, by kind.
std::string opening(const OutputShape& shape, abi::RowKind kind) {
  constexpr const char* codes[] = {"+I", "-U", "+U", "-D"};
  const char* code = codes[static_cast<size_t>(kind)];
  if (shape.format == OutputFormat::Print) return shape.prefix + code;
  const std::string op = std::string("{\"op\":\"") + code + "\"";
  return shape.names.empty() ? op : op + ",";
}

// ---- writing -----------------------------------------------------------------------------------------

llvm::Value* copy_text(Emit& emit, llvm::Value* out, std::string_view text) {
  if (text.empty()) return out;
  emit.b.CreateMemCpy(out, llvm::MaybeAlign(1), emit.text(text), llvm::MaybeAlign(1), text.size());
  return emit.at(out, text.size());
}

llvm::Value* write_opening(Emit& emit, const OutputShape& shape, llvm::Value* kind, llvm::Value* out) {
  if (shape.format == OutputFormat::Json && !shape.has_op) return copy_text(emit, out, "{");
  const size_t length = opening(shape, abi::RowKind::Insert).size();
  std::string all;
  for (const auto each :
       {abi::RowKind::Insert, abi::RowKind::UpdateBefore, abi::RowKind::UpdateAfter, abi::RowKind::Delete}) {
    all += opening(shape, each);
  }
  // All four have one length; no kind is an insertion.
  llvm::Value* index = emit.choose(emit.b.CreateICmpEQ(kind, emit.i32(kNoKind)), emit.i32(0), kind);
  llvm::Value* start =
      emit.b.CreateMul(emit.b.CreateZExt(index, emit.b.getInt64Ty()), emit.i64(static_cast<int64_t>(length)));
  llvm::Value* from = emit.b.CreateGEP(emit.b.getInt8Ty(), emit.text(all), start);
  emit.b.CreateMemCpy(out, llvm::MaybeAlign(1), from, llvm::MaybeAlign(1), length);
  return emit.at(out, length);
}

llvm::Value* write_value(Emit& emit, bool json, bool iso_timestamps, const Type& type, const Value& value,
                         llvm::Value* out) {
  const std::string prefix = json ? "weir_json_" : "weir_text_";
  const auto write = [&](const char* what, std::initializer_list<Emit::Argument> rest) -> llvm::Value* {
    std::vector<Emit::Argument> arguments = {{out}};
    arguments.insert(arguments.end(), rest.begin(), rest.end());
    return emit.call(emit.module.stdlib_function(prefix + what), arguments);
  };
  switch (type.kind) {
    case Kind::Boolean: return write("boolean", {{value.data}});
    case Kind::TinyInt:
    case Kind::SmallInt:
    case Kind::Integer:
    case Kind::BigInt:
    case Kind::IntervalYearMonth:
      return write("integer", {{emit.b.CreateSExt(value.data, emit.b.getInt64Ty())}});
    case Kind::IntervalDayTime:  // milliseconds, as Flink's formats have it
      return write("integer", {{emit.b.CreateSDiv(value.data, emit.i64(1000))}});
    case Kind::Float: return write("float", {{value.data}});
    case Kind::Double: return write("double", {{value.data}});
    case Kind::Decimal:
      if (types::carrier(type) == Carrier::I64)
        return write("decimal64", {{value.data}, {emit.i32(type.scale)}});
      return write("decimal128", {{value.data}, {emit.i32(type.scale)}});
    case Kind::String: return write("string", {{value.data}, {value.size}});
    case Kind::Bytes: return write("bytes", {{value.data}, {value.size}});
    case Kind::Date: return write("date", {{value.data}});
    case Kind::Timestamp:
    case Kind::TimestampLtz: {
      const bool utc = type.kind == Kind::TimestampLtz;
      return write("timestamp", {{value.data}, {emit.i1(iso_timestamps || !json)}, {emit.i1(utc)}});
    }
    case Kind::Null: return copy_text(emit, out, "null");
  }
  WEIR_CHECK(false, "a type without a text form");
}

// `null`, or the value.
llvm::Value* write_column(Emit& emit, bool json, bool iso_timestamps, const RowShape& shape, uint32_t column,
                          llvm::Value* row, llvm::Value* out) {
  const Value value = load_column(emit, row, shape, column);
  return emit
      .branch(
          value.null, [&] { return emit.not_null(copy_text(emit, out, "null")); },
          [&] {
            return emit.not_null(write_value(emit, json, iso_timestamps, shape.types[column], value, out));
          })
      .data;
}

// ---- bounds ------------------------------------------------------------------------------------------

// Of a value whose size does not depend on it.
int64_t fixed_bound(const Type& type) {
  switch (type.kind) {
    case Kind::Null:
    case Kind::Boolean: return 5;
    case Kind::TinyInt:
    case Kind::SmallInt:
    case Kind::Integer:
    case Kind::BigInt:
    case Kind::IntervalYearMonth:
    case Kind::IntervalDayTime: return 20;
    case Kind::Float:
    case Kind::Double: return 32;
    case Kind::Decimal: return 42;
    case Kind::Date: return 16;
    case Kind::Timestamp:
    case Kind::TimestampLtz: return 40;
    case Kind::String:
    case Kind::Bytes: return 4 + 2;  // `null` or quotes
  }
  WEIR_CHECK(false, "a type without a text form");
}

// What writes values may store whole words.
constexpr int64_t kSlack = 32;
// A character takes at most six bytes (`\u001f`); base64 takes less.
constexpr int64_t kBytesPerCharacter = 6;

}  // namespace

void emit_encode_bound(Emit& emit, const OutputShape& shape, llvm::Value* row) {
  if (shape.format == OutputFormat::Frame) return emit_frame_bound(emit, shape, row);
  int64_t fixed = kSlack + static_cast<int64_t>(opening(shape, abi::RowKind::Insert).size());
  llvm::Value* strings = emit.i64(0);
  for (uint32_t i = 0; i < shape.row.types.size(); ++i) {
    fixed += static_cast<int64_t>(before_column(shape, i).size()) + fixed_bound(shape.row.types[i]);
    if (types::carrier(shape.row.types[i]) == Carrier::String) {
      strings = emit.b.CreateAdd(strings, load_column(emit, row, shape.row, i).size);
    }
  }
  emit.b.CreateRet(
      emit.b.CreateAdd(emit.b.CreateMul(strings, emit.i64(kBytesPerCharacter)), emit.i64(fixed)));
}

void emit_encode(Emit& emit, const OutputShape& shape, llvm::Value* row, llvm::Value* kind,
                 llvm::Value* out) {
  if (shape.format == OutputFormat::Frame) return emit_frame(emit, shape, row, kind, out);
  out = write_opening(emit, shape, kind, out);
  const bool json = shape.format == OutputFormat::Json;
  const auto part = [&](Emit& in, uint32_t first, uint32_t last, llvm::Value* at) {
    for (uint32_t i = first; i < last; ++i) {
      at = copy_text(in, at, before_column(shape, i));
      at = write_column(in, json, shape.iso_timestamps, shape.row, i, parameter_in(in, row), at);
    }
    return at;
  };
  out = emit_in_parts(emit, shape.row.types.size(), out, part);
  if (shape.format == OutputFormat::Print && shape.row.types.empty()) out = copy_text(emit, out, "[");
  emit.b.CreateRet(copy_text(emit, out, after_row(shape)));
}

llvm::Value* write_json_object(Emit& emit, const FramePart& part, const RowShape& shape, llvm::Value* row,
                               llvm::Value* out) {
  const auto members = [&](Emit& in, uint32_t first, uint32_t last, llvm::Value* at) {
    for (uint32_t i = first; i < last; ++i) {
      at = copy_text(in, at, (i == 0 ? "{" : ",") + json_quoted(part.names[i]) + ":");
      at = write_column(in, true, part.iso_timestamps, shape, part.columns[i], parameter_in(in, row), at);
    }
    return at;
  };
  out = emit_in_parts(emit, part.columns.size(), out, members);
  return copy_text(emit, out, part.columns.empty() ? "{}" : "}");
}

llvm::Value* json_object_bound(Emit& emit, const FramePart& part, const RowShape& shape, llvm::Value* row) {
  int64_t fixed = kSlack + 2;
  llvm::Value* strings = emit.i64(0);
  for (size_t i = 0; i < part.columns.size(); ++i) {
    const uint32_t column = part.columns[i];
    fixed += static_cast<int64_t>(json_quoted(part.names[i]).size()) + 2 + fixed_bound(shape.types[column]);
    if (types::carrier(shape.types[column]) == Carrier::String)
      strings = emit.b.CreateAdd(strings, load_column(emit, row, shape, column).size);
  }
  return emit.b.CreateAdd(emit.b.CreateMul(strings, emit.i64(kBytesPerCharacter)), emit.i64(fixed));
}

}  // namespace weir::codegen
