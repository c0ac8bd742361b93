// Typed expressions to code over one row.
#pragma once

#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "compiler/analysis/typed.h"
#include "compiler/codegen/emit.h"
#include "compiler/diagnostics/source.h"
#include "runtime/job/manifest/manifest.h"

namespace weir::codegen {

// The expressions that may fail while the job runs, each once by its place in the text; for the manifest.
class FailureSites {
 public:
  explicit FailureSites(const diagnostics::Source& source) : source_(source) {}
  uint32_t index_of(diagnostics::Span span);
  diagnostics::Span span_of(uint32_t index) const;
  const std::vector<job::ManifestExpression>& all() const { return expressions_; }

 private:
  const diagnostics::Source& source_;
  std::vector<job::ManifestExpression> expressions_;
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> by_span_;
};

// What an expression that fails does, besides being NULL.
enum class OnFailure : uint8_t {
  Report,  // weir_fail
  Null,    // nothing (expression.on-error = null)
  Flag,    // sets `failed`
};

struct ExpressionScope {
  Emit& emit;
  llvm::Value* context;                   // Context*
  std::function<Value(uint32_t)> column;  // of the input row
  FailureSites& failures;
  OnFailure on_failure = OnFailure::Report;
  llvm::Value* failed = nullptr;  // Flag: an i1 in memory
  int64_t zone_offset_us = 0;     // of table.local-time-zone: local time less UTC
};

Value emit_expression(ExpressionScope& scope, const typed::Expression& expression);

// Where the condition holds and the value is not NULL: the failure happens, and the value becomes NULL. `reason` is an
// i32, FailureReason.
void fail_when(ExpressionScope& scope, llvm::Value* condition, llvm::Value* reason, diagnostics::Span blamed,
               Value& value);

// Calls a function in status form (stdlib/function.h), the result's address added to the arguments; NULL and failures
// come out as they should. `null`: that of the arguments; the call is left out where it holds.
struct StatusForm {
  bool failure_is_null = false;  // TRY_CAST
  bool narrow_decimal = false;   // a DECIMAL result is written in its own carrier instead of 128 bits
};
Value call_with_status(ExpressionScope& scope, llvm::Function* callee, std::vector<Emit::Argument> arguments,
                       llvm::Value* null, const Type& type, diagnostics::Span blamed, StatusForm form = {});

// A DECIMAL in the 128 bits that the standard library works on, and back in its own carrier.
llvm::Value* widen_decimal(Emit& emit, llvm::Value* data);
llvm::Value* narrow_decimal(Emit& emit, llvm::Value* data, const Type& type);

// emit_arithmetic.cpp, emit_logic.cpp
Value emit_arithmetic(ExpressionScope& scope, const typed::Expression& expression,
                      const typed::Operation& operation);
Value emit_logic(ExpressionScope& scope, const typed::Operation& operation);
Value emit_comparison(ExpressionScope& scope, const typed::Operation& operation);

}  // namespace weir::codegen
