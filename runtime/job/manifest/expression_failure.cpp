#include "runtime/job/manifest/expression_failure.h"

#include <fmt/format.h>

namespace weir::job {
namespace {

std::string_view reason_of(uint32_t reason) {
  using enum abi::FailureReason;
  switch (static_cast<abi::FailureReason>(reason)) {
    case None: break;
    case Overflow: return "the result is out of range";
    case DivisionByZero: return "division by zero";
    case NotNull: return "NULL for a NOT NULL column";
    case Cast: return "the value cannot be converted";
    case Argument: return "an argument is outside of what the function takes";
  }
  return "it fails";
}

}  // namespace

std::string describe_failure(const Manifest& manifest, const abi::Failure& failure, std::string_view where) {
  const uint32_t index = failure.expression - 1;
  if (index >= manifest.expressions.size()) {
    return fmt::format("error: an expression: {}, {}\n", reason_of(failure.reason), where);
  }
  const ManifestExpression& expression = manifest.expressions[index];
  return fmt::format("error: {}:{}:{}: `{}`: {}, {}\n", manifest.source_name, expression.line,
                     expression.column, expression.text, reason_of(failure.reason), where);
}

}  // namespace weir::job

// The first failure of a batch is kept; `row` is the kernel's to set.
void weir_fail(weir::abi::Context* context, uint32_t expression, uint32_t reason) {
  if (context->failure.expression == 0) {
    context->failure.expression = expression + 1;
    context->failure.reason = reason;
  }
}
