// Evaluates typed expressions by the whole way: emitted, optimised, compiled in process, called.
#pragma once

#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "compiler/analysis/typed.h"
#include "compiler/backend/backend.h"
#include "compiler/codegen/bitcode.h"
#include "compiler/codegen/emit_expression.h"
#include "compiler/codegen/emit_prepare.h"
#include "compiler/codegen/finish_module.h"
#include "runtime/state/arena.h"

namespace weir::codegen_tests {

using namespace codegen;
using typed::ExpressionPtr;
using typed::Operator;
using types::Int128;

// ---- expressions by hand -------------------------------------------------------------------------------

inline ExpressionPtr number(const Type& type, Int128 value) { return typed::literal({type, value}); }
inline ExpressionPtr floating(double value) {
  return typed::literal({types::simple(Kind::Double, false), value});
}
inline ExpressionPtr text(std::string value) {
  return typed::literal({types::string(false), std::move(value)});
}
inline ExpressionPtr null(const Type& type) { return typed::literal({type, {}}); }
inline ExpressionPtr operation(Operator op, std::vector<ExpressionPtr> operands, const Type& type,
                               bool can_fail = false) {
  typed::Expression expression{typed::Operation{op, std::move(operands)}, type, {0, 4}};
  expression.can_fail = can_fail;
  return typed::make(std::move(expression));
}
inline ExpressionPtr cast(ExpressionPtr operand, const Type& to, bool try_cast = false) {
  typed::Expression expression{typed::Cast{std::move(operand), try_cast}, to, {0, 4}};
  expression.can_fail = true;
  return typed::make(std::move(expression));
}

// ---- evaluation ----------------------------------------------------------------------------------------

struct Outcome {
  bool null = false;
  Int128 integer = 0;
  double floating = 0;
  std::string text;
  uint32_t failure = 0;  // FailureReason; 0: none
};

// `values`: the columns of the input row, as literals. The row is nullable throughout, so nothing is folded away.
class Evaluation {
 public:
  explicit Evaluation(std::vector<ExpressionPtr> columns = {}) : columns_(std::move(columns)) {}
  Outcome operator()(const ExpressionPtr& expression, OnFailure on_failure = OnFailure::Report,
                     bool optimize = true) const;

 private:
  std::vector<ExpressionPtr> columns_;
};

}  // namespace weir::codegen_tests
