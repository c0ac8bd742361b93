#include "tests/unit/compiler/codegen/evaluate.h"

#include <gtest/gtest.h>

namespace weir::codegen_tests {
namespace {

// void evaluate(Context*, char* input, char* output): literals into a row, then the expression over it, into another.
void emit_function(JobModule& module, const char* name, const std::vector<ExpressionPtr>& outputs,
                   const RowShape& input, const RowShape& output, const ExpressionSettings& settings,
                   EntryFunctions& entries) {
  llvm::Type* pointer = llvm::PointerType::getUnqual(module.context());
  auto* type =
      llvm::FunctionType::get(llvm::Type::getVoidTy(module.context()), {pointer, pointer, pointer}, false);
  auto* function = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, name, module.module());
  Emit emit(module, function);
  ExpressionScope scope = scope_of_row(emit, settings, emit.argument(0), emit.argument(1), input);
  std::vector<Value> values;
  for (const ExpressionPtr& expression : outputs) values.push_back(emit_expression(scope, *expression));
  store_columns(emit, emit.argument(2), output, 0, values);
  emit.b.CreateRetVoid();
  entries.emplace_back(name, function);
}

std::vector<Type> nullable_types(const std::vector<ExpressionPtr>& expressions) {
  std::vector<Type> types;
  for (const ExpressionPtr& expression : expressions)
    types.push_back(types::with_nullable(expression->type, true));
  return types;
}

using Function = void (*)(abi::Context*, char*, char*);

}  // namespace

Outcome Evaluation::operator()(const ExpressionPtr& expression, OnFailure on_failure, bool optimize) const {
  const diagnostics::Source source("test.stream", "text of the expression");
  FailureSites failures(source);
  const ExpressionSettings settings{failures, on_failure};
  auto context = std::make_unique<llvm::LLVMContext>();
  JobModule module(*context, bitcode::stdlib());
  const RowShape input = make_row_shape(nullable_types(columns_));
  const RowShape output = make_row_shape({types::with_nullable(expression->type, true)});
  EntryFunctions entries;
  emit_function(module, "fill", columns_, make_row_shape({}), input, settings, entries);
  emit_function(module, "evaluate", {expression}, input, output, settings, entries);
  EmittedModule emitted = finish_module(std::move(context), module, entries, {});
  const backend::BackendOptions options{.optimize = optimize};
  backend::optimize(emitted, options);
  auto program = backend::jit(std::move(emitted), options);
  EXPECT_TRUE(program.has_value()) << program.error();
  if (!program) return {};
  const abi::EntryPoint* functions = (*program)->program()->entries;

  abi::Context run{};
  state::open_arena(run.arena);
  alignas(16) char row[1024] = {};
  alignas(16) char result[64] = {};
  reinterpret_cast<Function>(functions[0].function)(&run, nullptr, row);
  reinterpret_cast<Function>(functions[1].function)(&run, row, result);

  Outcome outcome;
  outcome.failure = run.failure.expression ? run.failure.reason : 0;
  outcome.null = (result[0] & 1) != 0;
  const char* at = result + output.layout.offsets[0];
  if (!outcome.null) {
    switch (types::carrier(expression->type)) {
      case Carrier::I8: outcome.integer = *reinterpret_cast<const int8_t*>(at); break;
      case Carrier::I16: outcome.integer = *reinterpret_cast<const int16_t*>(at); break;
      case Carrier::I32: outcome.integer = *reinterpret_cast<const int32_t*>(at); break;
      case Carrier::I64: outcome.integer = *reinterpret_cast<const int64_t*>(at); break;
      case Carrier::I128: outcome.integer = *reinterpret_cast<const Int128*>(at); break;
      case Carrier::F32: outcome.floating = *reinterpret_cast<const float*>(at); break;
      case Carrier::F64: outcome.floating = *reinterpret_cast<const double*>(at); break;
      case Carrier::String: {
        const auto* text = reinterpret_cast<const abi::StringRef*>(at);
        outcome.text.assign(text->data, text->size);
        break;
      }
    }
  }
  state::close_arena(run.arena);
  return outcome;
}

}  // namespace weir::codegen_tests
