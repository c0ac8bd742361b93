// For (a BIGINT, b STRING, c DECIMAL(10, 2)) of which b is not read:
//
//   switch (column) {
//     case 0: return column_bigint(scan, at, end, row, 8, 0);
//     case 1: return column_string(scan, at, end, row, kNoOffset, 1);
//     case 2: return column_decimal64(scan, at, end, row, 16, 2, 10, 2);
//   }
//
// The loop around it, over the members of the record before, and the parsers are C++ (runtime/kernels/decode_record.h).
#include "compiler/codegen/emit_decode_json.h"

#include <algorithm>
#include <map>

#include "compiler/diagnostics/check.h"
#include "runtime/abi/scan_state.h"

namespace weir::codegen {
namespace {

static_assert(static_cast<uint8_t>(Kind::Null) == static_cast<uint8_t>(abi::ColumnKind::Null) &&
              static_cast<uint8_t>(Kind::Decimal) == static_cast<uint8_t>(abi::ColumnKind::Decimal) &&
              static_cast<uint8_t>(Kind::Timestamp) == static_cast<uint8_t>(abi::ColumnKind::Timestamp) &&
              static_cast<uint8_t>(Kind::IntervalDayTime) ==
                  static_cast<uint8_t>(abi::ColumnKind::IntervalDayTime));

// So many columns have parsers of their own inlined; the rest of a wide table shares one per type, because the time that
// LLVM takes for one function grows faster than the function.
constexpr uint32_t kInlinedColumns = 16;

bool is_member(const plan::Scan& scan, uint32_t column) {
  return scan.origins[column] == plan::Origin::Value;
}

struct Parser {
  const char* function;
  std::vector<llvm::Value*> constants;  // behind those that all have
};

// `times` counts the timestamp columns, which have their remembered minutes apart.
Parser parser_of(Emit& emit, const Type& type, uint32_t& times) {
  switch (type.kind) {
    case Kind::Boolean: return {"column_boolean", {}};
    case Kind::TinyInt: return {"column_tinyint", {}};
    case Kind::SmallInt: return {"column_smallint", {}};
    case Kind::Integer: return {"column_integer", {}};
    case Kind::BigInt: return {"column_bigint", {}};
    case Kind::Float: return {"column_float", {}};
    case Kind::Double: return {"column_double", {}};
    case Kind::Decimal:
      return {types::carrier(type) == Carrier::I64 ? "column_decimal64" : "column_decimal128",
              {emit.i32(type.precision), emit.i32(type.scale)}};
    case Kind::String: return {"column_string", {}};
    case Kind::Timestamp:
    case Kind::TimestampLtz: {
      const uint32_t slot = std::min(times++, abi::kMinuteCaches - 1);
      return {"column_timestamp",
              {emit.i32(type.precision), emit.i1(type.kind == Kind::TimestampLtz), emit.i32(slot)}};
    }
    case Kind::Bytes:
    case Kind::Date:
    case Kind::IntervalYearMonth:
    case Kind::IntervalDayTime: return {"column_other", {}};
    case Kind::Null: break;
  }
  WEIR_CHECK(false, "a column of a type that no format reads");
}

}  // namespace

void emit_decode_value(Emit& emit, const KernelCopy& kernel, const plan::Scan& scan, const RowShape& row) {
  auto* const none = emit.block("none");
  auto* const choice = emit.b.CreateSwitch(emit.argument(1), none);
  uint32_t times = 0;
  for (uint32_t i = 0; i < row.types.size(); ++i) {
    if (!is_member(scan, i)) continue;
    auto* const block = emit.block("column");
    choice->addCase(emit.i32(i), block);
    emit.b.SetInsertPoint(block);
    const Parser parser = parser_of(emit, row.types[i], times);
    const auto found = kernel.functions.find(parser.function);
    WEIR_CHECK(found != kernel.functions.end(), std::string("the scan lacks ") + parser.function);
    std::vector<llvm::Value*> arguments = {emit.argument(0),
                                           emit.argument(2),
                                           emit.argument(3),
                                           emit.argument(4),
                                           emit.i32(row.layout.offsets[i]),
                                           emit.i32(i)};
    arguments.insert(arguments.end(), parser.constants.begin(), parser.constants.end());
    llvm::CallInst* const value = emit.b.CreateCall(found->second, arguments);
    if (i >= kInlinedColumns) value->setIsNoInline();
    emit.b.CreateRet(value);
  }
  emit.b.SetInsertPoint(none);
  emit.b.CreateRet(llvm::ConstantPointerNull::get(emit.b.getPtrTy()));
}

void emit_nulls_allowed(Emit& emit, const plan::Scan& scan, const RowShape& row) {
  std::map<uint32_t, uint64_t> forbidden;  // bits by word
  for (uint32_t i = 0; i < row.types.size(); ++i) {
    if (is_member(scan, i) && !row.types[i].nullable) {
      forbidden[abi::RowLayout::null_word(i)] |= abi::RowLayout::null_bit(i);
    }
  }
  llvm::Value* allowed = emit.i1(true);
  for (const auto& [word, bits] : forbidden) {
    llvm::Value* nulls = emit.load(emit.b.getInt64Ty(), emit.at(emit.argument(0), word), 8);
    llvm::Value* none = emit.b.CreateICmpEQ(emit.b.CreateAnd(nulls, emit.b.getInt64(bits)), emit.i64(0));
    allowed = emit.both(allowed, none);
  }
  emit.b.CreateRet(allowed);
}

}  // namespace weir::codegen
