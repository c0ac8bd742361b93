// A row of (id BIGINT, name STRING) with the primary key `id`, both formats JSON, into upsert-kafka:
//
//   end = write(`{"id":`, id, `}`) behind the frame;           key_bytes = end - key
//   if (kind == Delete) value_bytes = kNullBytes;
//   else end = write(`{"id":`, id, `,"name":`, name, `}`);     value_bytes = end - value
//   *(RecordFrame*)out = {key_bytes, value_bytes, kNoTimestamp}
//   return end;
#include "compiler/codegen/emit_frame.h"

#include <llvm/IR/Intrinsics.h>

#include <cstddef>

#include "compiler/codegen/emit_prepare.h"
#include "compiler/diagnostics/check.h"
#include "runtime/abi/abi.h"
#include "runtime/abi/message.h"

namespace weir::codegen {
namespace {

// Bytes that were written.
struct Written {
  llvm::Value* end;
  llvm::Value* bytes;  // i32; kNullBytes: there is no key, or no value
};

llvm::Value* null_bytes(Emit& emit) { return emit.i32(int64_t{abi::kNullBytes}); }

llvm::Value* distance(Emit& emit, llvm::Value* begin, llvm::Value* end) {
  llvm::Type* const word = emit.b.getInt64Ty();
  llvm::Value* const bytes =
      emit.b.CreateSub(emit.b.CreatePtrToInt(end, word), emit.b.CreatePtrToInt(begin, word));
  return emit.b.CreateTrunc(bytes, emit.b.getInt32Ty());
}

// What `write` makes, or nothing at all.
Written unless(Emit& emit, llvm::Value* absent, llvm::Value* out,
               const std::function<llvm::Value*()>& write) {
  const Value result = emit.branch(
      absent, [&] { return Value{out, null_bytes(emit), emit.i1(false)}; },
      [&] {
        llvm::Value* const end = write();
        return Value{end, distance(emit, out, end), emit.i1(false)};
      });
  return {result.data, result.size};
}

// Text and bytes as they are; numbers big-endian.
llvm::Value* write_raw(Emit& emit, const Type& type, const Value& value, llvm::Value* out) {
  if (types::carrier(type) == Carrier::String) {
    emit.b.CreateMemCpy(out, llvm::MaybeAlign(1), value.data, llvm::MaybeAlign(1), value.size);
    return emit.b.CreateGEP(emit.b.getInt8Ty(), out, value.size);
  }
  llvm::Value* bits = value.data;
  if (type.kind == Kind::Boolean) bits = emit.b.CreateZExt(bits, emit.b.getInt8Ty());
  if (type.kind == Kind::Float) bits = emit.b.CreateBitCast(bits, emit.b.getInt32Ty());
  if (type.kind == Kind::Double) bits = emit.b.CreateBitCast(bits, emit.b.getInt64Ty());
  const unsigned size = bits->getType()->getIntegerBitWidth() / 8;
  if (size > 1) bits = emit.b.CreateUnaryIntrinsic(llvm::Intrinsic::bswap, bits);
  emit.store(bits, out, 1);
  return emit.at(out, size);
}

Written write_part(Emit& emit, const FramePart& part, const RowShape& shape, llvm::Value* row,
                   llvm::Value* out) {
  if (part.format == MessageFormat::Json) {
    llvm::Value* const end = write_json_object(emit, part, shape, row, out);
    return {end, distance(emit, out, end)};
  }
  WEIR_CHECK(part.columns.size() == 1, "format raw has one column");
  const Value value = load_column(emit, row, shape, part.columns[0]);
  return unless(emit, value.null, out,
                [&] { return write_raw(emit, shape.types[part.columns[0]], value, out); });
}

llvm::Value* part_bound(Emit& emit, const FramePart& part, const RowShape& shape, llvm::Value* row) {
  if (part.format == MessageFormat::Json) return json_object_bound(emit, part, shape, row);
  const uint32_t column = part.columns[0];
  if (types::carrier(shape.types[column]) == Carrier::String)
    return load_column(emit, row, shape, column).size;
  return emit.i64(8);
}

// Milliseconds; NULL is the time of producing.
llvm::Value* timestamp(Emit& emit, const OutputShape& shape, llvm::Value* row) {
  if (!shape.frame.timestamp_column) return emit.i64(abi::kNoTimestamp);
  const Value time = load_column(emit, row, shape.row, *shape.frame.timestamp_column);
  return emit.choose(time.null, emit.i64(abi::kNoTimestamp), floor_to_milliseconds(emit, time.data));
}

}  // namespace

void emit_frame_bound(Emit& emit, const OutputShape& shape, llvm::Value* row) {
  llvm::Value* bound = emit.b.CreateAdd(part_bound(emit, shape.frame.value, shape.row, row),
                                        emit.i64(sizeof(abi::RecordFrame)));
  if (shape.frame.key) bound = emit.b.CreateAdd(bound, part_bound(emit, *shape.frame.key, shape.row, row));
  emit.b.CreateRet(bound);
}

void emit_frame(Emit& emit, const OutputShape& shape, llvm::Value* row, llvm::Value* kind, llvm::Value* out) {
  Written key{emit.at(out, sizeof(abi::RecordFrame)), null_bytes(emit)};
  if (shape.frame.key) key = write_part(emit, *shape.frame.key, shape.row, row, key.end);

  Written value{};
  if (shape.frame.upsert) {
    const Value result = emit.branch(
        emit.b.CreateICmpEQ(kind, emit.i32(static_cast<int64_t>(abi::RowKind::Delete))),
        [&] { return Value{key.end, null_bytes(emit), emit.i1(false)}; },
        [&] {
          const Written written = write_part(emit, shape.frame.value, shape.row, row, key.end);
          return Value{written.end, written.bytes, emit.i1(false)};
        });
    value = {result.data, result.size};
  } else {
    value = write_part(emit, shape.frame.value, shape.row, row, key.end);
  }
  static_assert(sizeof(abi::RecordFrame) == 16);
  emit.store(key.bytes, emit.at(out, offsetof(abi::RecordFrame, key_bytes)), 1);
  emit.store(value.bytes, emit.at(out, offsetof(abi::RecordFrame, value_bytes)), 1);
  emit.store(timestamp(emit, shape, row), emit.at(out, offsetof(abi::RecordFrame, timestamp_ms)), 1);
  emit.b.CreateRet(value.end);
}

}  // namespace weir::codegen
