#include "compiler/codegen/emit_expression.h"

#include <cstddef>

#include "compiler/catalog/functions.h"
#include "compiler/codegen/emit_cast.h"
#include "compiler/diagnostics/check.h"
#include "compiler/match.h"
#include "runtime/abi/row_layout.h"
#include "stdlib/function.h"

namespace weir::codegen {
namespace {

Value emit_literal(Emit& emit, const types::Value& literal, const Type& type) {
  if (literal.is_null()) return emit.null_value(type);
  llvm::Type* in_register = emit.register_type(type);
  if (const auto* text = std::get_if<std::string>(&literal.data)) {
    return {emit.text(*text), emit.i64(static_cast<int64_t>(text->size())), emit.i1(false)};
  }
  if (const auto* number = std::get_if<double>(&literal.data)) {
    return emit.not_null(llvm::ConstantFP::get(in_register, *number));
  }
  const types::Int128 integer = std::get<types::Int128>(literal.data);
  if (in_register->isFloatingPointTy()) {
    return emit.not_null(llvm::ConstantFP::get(in_register, static_cast<double>(integer)));
  }
  return emit.not_null(emit.integer(in_register, integer));
}

// whens[at…], then otherwise; only what is chosen is evaluated.
Value emit_case(ExpressionScope& scope, const typed::Case& node, size_t at) {
  if (at == node.whens.size()) return emit_expression(scope, *node.otherwise);
  Emit& emit = scope.emit;
  const Value condition = emit_expression(scope, *node.whens[at].condition);
  return emit.branch(
      emit.is_true(condition), [&] { return emit_expression(scope, *node.whens[at].result); },
      [&] { return emit_case(scope, node, at + 1); });
}

using PatternForm = catalog::TypePattern::Form;

bool passes_types(const Type& type) { return type.kind == Kind::Decimal || types::is_timestamp(type); }

// The argument in the carrier that the parameter has.
Emit::Argument pass(Emit& emit, const Value& value, const Type& type, const catalog::TypePattern& parameter) {
  if (type.kind != Kind::Decimal) return {value.data, value.size};
  if (parameter.form == PatternForm::AnyDecimal64)
    return {emit.b.CreateSExtOrTrunc(value.data, emit.b.getInt64Ty())};
  return {widen_decimal(emit, value.data)};
}

// Arguments of a repeated parameter, as an array; with their NULL flags where the function takes NULLs.
void pass_repeated(Emit& emit, const catalog::Function& function, std::span<const Value> values,
                   std::span<const typed::ExpressionPtr> operands, std::vector<Emit::Argument>& arguments) {
  const catalog::TypePattern& parameter = function.parameters.back();
  const Type& type = operands.empty() ? parameter.type : operands.front()->type;
  const bool is_decimal = type.kind == Kind::Decimal && parameter.form != PatternForm::AnyDecimal64;
  llvm::Type* element = is_decimal ? emit.b.getInt128Ty() : emit.memory_type(types::carrier(type));
  const uint64_t bytes =
      is_decimal ? 16 : abi::carrier_bytes(static_cast<abi::Carrier>(types::carrier(type)));
  llvm::Value* array = emit.slot(llvm::ArrayType::get(element, values.size()), "arguments");
  llvm::Value* nulls = emit.slot(llvm::ArrayType::get(emit.b.getInt8Ty(), values.size()), "nulls");
  for (size_t i = 0; i < values.size(); ++i) {
    const Emit::Argument passed = pass(emit, values[i], operands[i]->type, parameter);
    llvm::Value* place = emit.at(array, i * bytes);
    const bool is_bool = passed.data->getType()->isIntegerTy(1);
    emit.store(is_bool ? emit.b.CreateZExt(passed.data, emit.b.getInt8Ty()) : passed.data, place);
    if (passed.size) emit.store(passed.size, emit.at(place, 8));
    if (function.called_on_null)
      emit.store(emit.b.CreateZExt(values[i].null, emit.b.getInt8Ty()), emit.at(nulls, i));
  }
  arguments.push_back({array});
  if (function.called_on_null) arguments.push_back({nulls});
  arguments.push_back({emit.i32(static_cast<int64_t>(values.size()))});
}

Value emit_call(ExpressionScope& scope, const typed::Expression& expression, const typed::Call& node) {
  Emit& emit = scope.emit;
  const catalog::Function& function = *node.function;
  std::vector<Value> values;
  llvm::Value* null = emit.i1(false);
  for (const typed::ExpressionPtr& operand : node.arguments) {
    values.push_back(emit_expression(scope, *operand));
    if (!function.called_on_null) null = emit.either(null, values.back().null);
  }
  std::vector<Emit::Argument> arguments = {{scope.context}};
  const size_t single = function.parameters.size() - (function.variadic ? 1 : 0);
  for (size_t i = 0; i < single; ++i) {
    const Type& type = node.arguments[i]->type;
    if (function.called_on_null) arguments.push_back({values[i].null});
    if (function.parameters[i].form == PatternForm::Any) continue;
    arguments.push_back(pass(emit, values[i], type, function.parameters[i]));
    if (function.takes_types && passes_types(type)) {
      arguments.push_back({emit.i32(type.precision)});
      arguments.push_back({emit.i32(type.scale)});
    }
  }
  if (function.variadic) {
    pass_repeated(emit, function, std::span(values).subspan(single),
                  std::span(node.arguments).subspan(single), arguments);
  }
  if (function.takes_zone) arguments.push_back({emit.i64(scope.zone_offset_us)});
  if (function.takes_types && expression.type.kind == Kind::Decimal) {
    arguments.push_back({emit.i32(expression.type.precision)});
    arguments.push_back({emit.i32(expression.type.scale)});
  }

  llvm::Function* callee = emit.module.stdlib_function(function.symbol);
  if (function.may_return_null || function.can_fail) {
    const bool narrow = function.result.form == PatternForm::SameAs &&
                        function.parameters[function.result.argument].form == PatternForm::AnyDecimal64;
    return call_with_status(scope, callee, std::move(arguments), null, expression.type, expression.span,
                            {.narrow_decimal = narrow});
  }
  return emit.branch(
      null, [&] { return emit.null_value(expression.type); },
      [&] {
        Value value = emit.result(emit.call(callee, arguments), expression.type);
        if (expression.type.kind == Kind::Decimal) {
          value.data = narrow_decimal(emit, value.data, expression.type);
        }
        return value;
      });
}

Value emit_operation(ExpressionScope& scope, const typed::Expression& expression,
                     const typed::Operation& node) {
  using enum typed::Operator;
  switch (node.op) {
    case Add:
    case Subtract:
    case Multiply:
    case Divide:
    case Modulo:
    case Negate: return emit_arithmetic(scope, expression, node);
    case Equal:
    case NotEqual:
    case Less:
    case LessEqual:
    case Greater:
    case GreaterEqual:
    case IsDistinctFrom:
    case IsNotDistinctFrom: return emit_comparison(scope, node);
    case And:
    case Or:
    case Not:
    case IsNull:
    case IsNotNull:
    case IsTrue:
    case IsNotTrue:
    case IsFalse:
    case IsNotFalse: return emit_logic(scope, node);
  }
  WEIR_CHECK(false, "an operator out of range");
}

llvm::Value* load_context(ExpressionScope& scope, size_t offset) {
  Emit& emit = scope.emit;
  return emit.load(emit.b.getInt64Ty(), emit.at(scope.context, offset), 8);
}

}  // namespace

uint32_t FailureSites::index_of(diagnostics::Span span) {
  const auto [found, added] =
      by_span_.try_emplace({span.begin, span.end}, static_cast<uint32_t>(expressions_.size()));
  if (added) {
    const diagnostics::LineColumn place = source_.place(span.begin);
    expressions_.push_back({std::string(source_.text(span)), place.line, place.column});
  }
  return found->second;
}

diagnostics::Span FailureSites::span_of(uint32_t index) const {
  for (const auto& [span, at] : by_span_) {
    if (at == index) return {span.first, span.second};
  }
  WEIR_CHECK(false, "a place that no expression has");
}

Value emit_expression(ExpressionScope& scope, const typed::Expression& expression) {
  Emit& emit = scope.emit;
  return match(
      expression.node,
      [&](const typed::Literal& node) { return emit_literal(emit, node.value, expression.type); },
      [&](const typed::ColumnIndex& node) { return scope.column(node.index); },
      [&](const typed::Operation& node) { return emit_operation(scope, expression, node); },
      [&](const typed::Cast& node) {
        return emit_cast(scope, expression, emit_expression(scope, *node.operand));
      },
      [&](const typed::Case& node) { return emit_case(scope, node, 0); },
      [&](const typed::Call& node) { return emit_call(scope, expression, node); },
      [&](const typed::ProcessingTime&) {
        llvm::Value* now = load_context(scope, offsetof(abi::Context, processing_time_us));
        return emit.not_null(emit.b.CreateSub(now, emit.b.CreateSRem(now, emit.i64(1000))));
      },
      [&](const typed::RecordWatermark&) {
        llvm::Value* watermark = load_context(scope, offsetof(abi::Context, record_watermark));
        llvm::Value* none = emit.b.CreateICmpEQ(watermark, emit.i64(abi::kNoWatermark));
        return Value{emit.b.CreateMul(watermark, emit.i64(1000)), nullptr, none};
      });
}

void fail_when(ExpressionScope& scope, llvm::Value* condition, llvm::Value* reason, diagnostics::Span blamed,
               Value& value) {
  Emit& emit = scope.emit;
  condition = emit.both(condition, emit.negate(value.null));
  if (scope.on_failure != OnFailure::Null) {
    emit.when(
        condition,
        [&] {
          if (scope.on_failure == OnFailure::Flag) {
            emit.store(emit.i1(true), scope.failed);
            return;
          }
          llvm::FunctionCallee fail = emit.module.module().getOrInsertFunction(
              "weir_fail", emit.b.getVoidTy(), emit.b.getPtrTy(), emit.b.getInt32Ty(), emit.b.getInt32Ty());
          llvm::CallInst* call =
              emit.b.CreateCall(fail, {scope.context, emit.i32(scope.failures.index_of(blamed)), reason});
          call->addFnAttr(llvm::Attribute::Cold);
        },
        /*unlikely=*/true);
  }
  value.null = emit.either(value.null, condition);
}

Value call_with_status(ExpressionScope& scope, llvm::Function* callee, std::vector<Emit::Argument> arguments,
                       llvm::Value* null, const Type& type, diagnostics::Span blamed, StatusForm form) {
  Emit& emit = scope.emit;
  const bool is_decimal = type.kind == Kind::Decimal && !form.narrow_decimal;
  const bool is_string = types::carrier(type) == Carrier::String;
  llvm::Type* in_memory = is_decimal ? emit.b.getInt128Ty() : emit.memory_type(types::carrier(type));
  llvm::Value* slot = emit.slot(in_memory, "result");
  arguments.push_back({slot});
  return emit.branch(
      null, [&] { return emit.null_value(type); },
      [&] {
        llvm::Value* status = emit.call(callee, arguments);
        llvm::Value* is_value =
            emit.b.CreateICmpEQ(status, emit.i32(static_cast<int64_t>(stdlib::Status::Value)));
        llvm::Value* failed =
            emit.b.CreateICmpUGT(status, emit.i32(static_cast<int64_t>(stdlib::Status::Value)));
        Value value = emit.not_null(nullptr);
        if (!form.failure_is_null) {
          // FailureReason is the status less one.
          fail_when(scope, failed, emit.b.CreateSub(status, emit.i32(1)), blamed, value);
        }
        value.null = emit.negate(is_value);
        // A result that was not written is not read.
        if (is_string) {
          llvm::Value* data = emit.load(emit.b.getPtrTy(), slot);
          llvm::Value* size = emit.load(emit.b.getInt64Ty(), emit.at(slot, 8));
          value.data = emit.choose(is_value, data, llvm::ConstantPointerNull::get(emit.b.getPtrTy()));
          value.size = emit.choose(is_value, size, emit.i64(0));
        } else {
          llvm::Value* data = emit.load(in_memory, slot);
          value.data = emit.choose(is_value, data, llvm::Constant::getNullValue(in_memory));
          if (is_decimal) value.data = narrow_decimal(emit, value.data, type);
          if (emit.register_type(type)->isIntegerTy(1)) {
            value.data = emit.b.CreateICmpNE(value.data, emit.b.getInt8(0));
          }
        }
        return value;
      });
}

llvm::Value* widen_decimal(Emit& emit, llvm::Value* data) {
  return emit.b.CreateSExt(data, emit.b.getInt128Ty());
}

llvm::Value* narrow_decimal(Emit& emit, llvm::Value* data, const Type& type) {
  return emit.b.CreateSExtOrTrunc(data, emit.register_type(type));
}

}  // namespace weir::codegen
