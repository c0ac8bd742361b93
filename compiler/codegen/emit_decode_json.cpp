// For (a BIGINT, b STRING, c DECIMAL(10, 2)) of which b is not read:
//
//   choose:
//     switch (step->action) { case 0: goto a; case 1: goto b; case 2: goto c; default: return at; }
//   a:
//     at = column_bigint(scan, at, end, row, 8, 0);        // both return null where the record is not of the shape
//     at = column_end(at, ++step, commas, …);
//     if (step->action != 1) goto choose;
//   b:
//     at = column_string(scan, at, end, row, kNoOffset, 1);
//     at = column_end(at, ++step, commas, …);
//     if (step->action != 2) goto choose;
//   c:
//     at = column_decimal64(scan, at, end, row, 16, 2, 10, 2);
//     at = column_end(at, ++step, commas, …);
//     goto choose;
//
// So members in the order of the columns, which is the usual one, are straight-line code, and any other order still has a
// parser of its own for each column. The loop over records and the parsers are C++ (runtime/kernels/decode_record.h).
#include "compiler/codegen/emit_decode_json.h"

#include <algorithm>
#include <cstddef>
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

void emit_decode_columns(Emit& emit, const KernelCopy& kernel, const plan::Scan& scan, const RowShape& row) {
  const auto kernel_function = [&](const char* name) {
    const auto found = kernel.functions.find(name);
    WEIR_CHECK(found != kernel.functions.end(), std::string("the scan lacks ") + name);
    return found->second;
  };
  llvm::Type* const pointer = emit.b.getPtrTy();
  llvm::Value* const step_argument = emit.argument(1);
  llvm::Value* const step_slot = emit.slot(pointer, "step");
  llvm::Value* const at_slot = emit.slot(pointer, "at");
  emit.store(emit.load(pointer, step_argument), step_slot);
  emit.store(emit.argument(2), at_slot);
  const auto action = [&] {
    llvm::Value* step = emit.load(pointer, step_slot);
    return emit.load(emit.b.getInt32Ty(), emit.at(step, offsetof(abi::ShapeStep, action)), 4);
  };

  auto* const choose = emit.block("choose");
  auto* const other = emit.block("other");
  auto* const mismatch = emit.block("mismatch");
  emit.b.CreateBr(choose);
  emit.b.SetInsertPoint(choose);
  auto* const choice = emit.b.CreateSwitch(action(), other);

  const auto go_on_unless_null = [&](llvm::Value* at) {
    auto* const fits = emit.block("fits");
    emit.b.CreateCondBr(emit.b.CreateIsNull(at), mismatch, fits);
    emit.b.SetInsertPoint(fits);
  };
  const auto end_column = [&](llvm::Value* behind, bool by_comma) {
    llvm::Value* const next = emit.at(emit.load(pointer, step_slot), sizeof(abi::ShapeStep));
    emit.store(next, step_slot);
    go_on_unless_null(behind);
    llvm::Value* const literal =
        emit.b.CreateCall(kernel_function("column_end"), {behind, next, emit.argument(5), emit.i1(by_comma)});
    go_on_unless_null(literal);
    emit.store(literal, at_slot);
  };
  llvm::BasicBlock* shared_end = nullptr;  // of the columns that are not inlined
  if (row.types.size() > kInlinedColumns) {
    shared_end = emit.block("shared_end");
    emit.b.SetInsertPoint(shared_end);
    end_column(emit.load(pointer, at_slot), true);
    emit.b.CreateBr(choose);
  }
  uint32_t last = 0;
  for (uint32_t i = 0; i < row.types.size(); ++i) {
    if (is_member(scan, i)) last = i;
  }
  uint32_t times = 0;
  llvm::BasicBlock* before = nullptr;  // where the column before ends
  llvm::Value* action_before = nullptr;
  for (uint32_t i = 0; i < row.types.size(); ++i) {
    if (!is_member(scan, i)) continue;
    auto* const column = emit.block("column");
    choice->addCase(emit.i32(i), column);
    if (before != nullptr) {
      emit.b.SetInsertPoint(before);
      emit.b.CreateCondBr(emit.b.CreateICmpEQ(action_before, emit.i32(i)), column, choose);
    }
    emit.b.SetInsertPoint(column);
    const Parser parser = parser_of(emit, row.types[i], times);
    std::vector<llvm::Value*> arguments = {
        emit.argument(0), emit.load(pointer, at_slot),     emit.argument(3),
        emit.argument(4), emit.i32(row.layout.offsets[i]), emit.i32(i)};
    arguments.insert(arguments.end(), parser.constants.begin(), parser.constants.end());
    llvm::CallInst* const behind = emit.b.CreateCall(kernel_function(parser.function), arguments);
    if (i >= kInlinedColumns) {
      behind->setIsNoInline();
      emit.store(behind, at_slot);
      emit.b.CreateBr(shared_end);
      before = nullptr;
      continue;
    }
    end_column(behind, i != last);
    action_before = action();
    before = emit.b.GetInsertBlock();
  }
  if (before != nullptr) {
    emit.b.SetInsertPoint(before);
    emit.b.CreateBr(choose);
  }
  emit.b.SetInsertPoint(other);
  emit.store(emit.load(pointer, step_slot), step_argument);
  emit.b.CreateRet(emit.load(pointer, at_slot));
  emit.b.SetInsertPoint(mismatch);
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
