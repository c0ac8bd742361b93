#include "compiler/codegen/emit_prepare.h"

#include <cstddef>

#include "compiler/codegen/emit_parts.h"
#include "compiler/diagnostics/check.h"
#include "compiler/match.h"
#include "runtime/abi/abi.h"
#include "runtime/abi/late.h"
#include "runtime/time/windows.h"

namespace weir::codegen {
namespace {

llvm::Value* floor_divide(Emit& emit, llvm::Value* value, int64_t divisor) {
  llvm::Value* quotient = emit.b.CreateSDiv(value, emit.i64(divisor));
  llvm::Value* rest = emit.b.CreateSub(value, emit.b.CreateMul(quotient, emit.i64(divisor)));
  llvm::Value* below = emit.b.CreateICmpSLT(rest, emit.i64(0));
  return emit.b.CreateSub(quotient, emit.b.CreateZExt(below, emit.b.getInt64Ty()));
}

llvm::Value* floor_to(Emit& emit, llvm::Value* time, int64_t size, int64_t offset) {
  llvm::Value* from_offset = emit.b.CreateSub(time, emit.i64(offset));
  llvm::Value* aligned = emit.b.CreateMul(floor_divide(emit, from_offset, size), emit.i64(size));
  return emit.b.CreateAdd(aligned, emit.i64(offset));
}

// Whether a record at `time` (ms) counts in no window of the windowing any more, `w` being what it is judged by; one that is
// in no window at all is not late. `lateness`: that sessions allow.
llvm::Value* is_late(Emit& emit, const WindowSpec& spec, llvm::Value* time, llvm::Value* w,
                     llvm::Value* lateness) {
  const auto passed = [&](llvm::Value* end) {
    return emit.b.CreateICmpSGE(w, emit.b.CreateSub(end, emit.i64(time::kEpsilon)));
  };
  switch (spec.kind) {
    case typed::WindowKind::Session: return emit.b.CreateICmpSLE(emit.b.CreateAdd(time, lateness), w);
    case typed::WindowKind::Tumble:
    case typed::WindowKind::Cumulate: {
      llvm::Value* start = floor_to(emit, time, spec.size_ms, spec.offset_ms);
      return passed(emit.b.CreateAdd(start, emit.i64(spec.size_ms)));
    }
    case typed::WindowKind::Hop: {
      llvm::Value* start = floor_to(emit, time, spec.slide_ms, spec.offset_ms);
      llvm::Value* end = emit.b.CreateAdd(start, emit.i64(spec.size_ms));
      return emit.both(emit.b.CreateICmpSLT(time, end), passed(end));
    }
  }
  WEIR_CHECK(false, "a window kind out of range");
}

// What the windows judge the record by: the watermark of its partition, or of all that is below LATE where that is higher.
// `late_watermark` is the same.
llvm::Value* raise_watermark(Emit& emit, llvm::Value* context, const PrepareLate& late,
                             llvm::Value*& lateness) {
  llvm::Type* i64 = emit.b.getInt64Ty();
  llvm::Value* consumers =
      emit.load(emit.b.getPtrTy(), emit.at(context, offsetof(abi::Context, consumers)), 8);
  llvm::Value* floor = emit.load(emit.b.getPtrTy(), emit.at(consumers, late.floor * sizeof(void*)), 8);
  lateness = emit.load(i64, emit.at(floor, offsetof(abi::LateFloor, allowed_lateness)), 8);
  llvm::Value* below = emit.load(i64, emit.at(floor, offsetof(abi::LateFloor, watermark)), 8);
  llvm::Value* own_place = emit.at(context, offsetof(abi::Context, record_watermark));
  llvm::Value* own = emit.load(i64, own_place, 8);
  llvm::Value* w = emit.b.CreateSelect(emit.b.CreateICmpSLT(own, below), below, own);
  emit.store(w, own_place, 8);
  return w;
}

// Of hole_prepare(context, row, window_start, window_end, prepared).
ExpressionScope scope_of_prepare(Emit& emit, const ExpressionSettings& settings, const Prepare& prepare,
                                 const RowShape& source) {
  llvm::Value* row = emit.argument(1);
  ExpressionScope scope = scope_of_row(emit, settings, emit.argument(0), row, source);
  if (const PrepareFanOut* fan_out = find_fan_out(prepare)) {
    // Behind the source row's columns: window_start, window_end, window_time.
    const auto first = static_cast<uint32_t>(source.types.size());
    scope.column = [&emit, &source, row, first, fan_out](uint32_t column) {
      if (column < first) return load_column(emit, row, source, column);
      if (column == first) return emit.not_null(window_bound(emit, fan_out->spec, emit.argument(2)));
      if (column == first + 1) return emit.not_null(window_bound(emit, fan_out->spec, emit.argument(3)));
      return emit.not_null(window_time(emit, emit.argument(3)));
    };
  }
  return scope;
}

// Of a AND (b AND c): a, b, c.
std::vector<const typed::Expression*> conjuncts_of(const typed::Expression& predicate) {
  const auto* operation = std::get_if<typed::Operation>(&predicate.node);
  if (!operation || operation->op != typed::Operator::And) return {&predicate};
  std::vector<const typed::Expression*> conjuncts;
  for (const typed::ExpressionPtr& operand : operation->operands) {
    for (const typed::Expression* conjunct : conjuncts_of(*operand)) conjuncts.push_back(conjunct);
  }
  return conjuncts;
}

// Whether it uses a column that comes behind those of the source row.
bool looks_at_window(const typed::Expression& expression, const RowShape& source) {
  bool looks = false;
  typed::visit_columns(expression, [&](uint32_t column) { looks |= column >= source.types.size(); });
  return looks;
}

}  // namespace

ExpressionScope scope_of_row(Emit& emit, const ExpressionSettings& settings, llvm::Value* context,
                             llvm::Value* row, const RowShape& shape) {
  return {emit,
          context,
          [&emit, row, &shape](uint32_t column) { return load_column(emit, row, shape, column); },
          settings.failures,
          settings.on_failure,
          nullptr,
          settings.zone_offset_us};
}

llvm::Value* window_bound(Emit& emit, const WindowSpec& spec, llvm::Value* bound) {
  return emit.b.CreateMul(emit.b.CreateAdd(bound, emit.i64(spec.zone_offset_ms)), emit.i64(1000));
}

llvm::Value* window_time(Emit& emit, llvm::Value* end) {
  return emit.b.CreateMul(emit.b.CreateSub(end, emit.i64(1)), emit.i64(1000));
}

llvm::Value* floor_to_milliseconds(Emit& emit, llvm::Value* microseconds) {
  return floor_divide(emit, microseconds, 1000);
}

const PrepareFanOut* find_fan_out(const Prepare& prepare) {
  for (const auto& step : prepare.steps) {
    if (const auto* fan_out = std::get_if<PrepareFanOut>(&step)) return fan_out;
  }
  return nullptr;
}

void emit_prepare(Emit& emit, const ExpressionSettings& settings, const Prepare& prepare,
                  const RowShape& source, const RowShape& prepared) {
  llvm::Value* context = emit.argument(0);
  ExpressionScope scope = scope_of_prepare(emit, settings, prepare, source);
  for (const auto& step : prepare.steps) {
    match(
        step,
        [&](const PrepareFilter& filter) {
          const Value passes = emit_expression(scope, *filter.predicate);
          emit.return_when(emit.negate(emit.is_true(passes)), emit.i1(false));
        },
        [&](const PrepareLate& late) {
          const Value time = emit_expression(scope, *late.time);
          llvm::Value* lateness = nullptr;
          llvm::Value* w = raise_watermark(emit, context, late, lateness);
          llvm::Value* is_one = is_late(emit, late.spec, floor_to_milliseconds(emit, time.data), w, lateness);
          emit.return_when(emit.either(time.null, emit.negate(is_one)), emit.i1(false));
        },
        [](const PrepareFanOut&) {});
  }
  emit_in_parts(emit, prepare.outputs.size(), [&](Emit& in, uint32_t first, uint32_t last) {
    ExpressionScope part_scope = scope_of_prepare(in, settings, prepare, source);
    std::vector<Value> outputs;
    for (uint32_t i = first; i < last; ++i) {
      outputs.push_back(emit_expression(part_scope, *prepare.outputs[i]));
    }
    store_columns(in, in.argument(4), prepared, first, outputs);
  });
  emit.b.CreateRet(emit.i1(true));
}

void emit_passes_outside(Emit& emit, const ExpressionSettings& settings, const Prepare& prepare,
                         const RowShape& source) {
  ExpressionScope scope = scope_of_prepare(emit, settings, prepare, source);
  for (const auto& step : prepare.steps) {
    const auto* filter = std::get_if<PrepareFilter>(&step);
    if (!filter) continue;
    for (const typed::Expression* conjunct : conjuncts_of(*filter->predicate)) {
      if (looks_at_window(*conjunct, source)) continue;
      const Value passes = emit_expression(scope, *conjunct);
      emit.return_when(emit.negate(emit.is_true(passes)), emit.i1(false));
    }
  }
  emit.b.CreateRet(emit.i1(true));
}

void emit_source_time(Emit& emit, const ExpressionSettings& settings, const PrepareFanOut& fan_out,
                      const RowShape& source) {
  ExpressionScope scope = scope_of_row(emit, settings, emit.argument(0), emit.argument(1), source);
  emit.b.CreateRet(floor_to_milliseconds(emit, emit_expression(scope, *fan_out.time).data));
}

}  // namespace weir::codegen
