#include "runtime/job/manifest/expression_failure.h"

#include <fmt/format.h>

#include "runtime/abi/failure_text.h"

namespace weir::job {
std::string describe_failure(const Manifest& manifest, const abi::Failure& failure, std::string_view where) {
  const std::string_view reason = abi::failure_text(static_cast<abi::FailureReason>(failure.reason));
  const uint32_t index = failure.expression - 1;
  if (index >= manifest.expressions.size()) {
    return fmt::format("error: an expression: {}, {}\n", reason, where);
  }
  const ManifestExpression& expression = manifest.expressions[index];
  return fmt::format("error: {}:{}:{}: `{}`: {}, {}\n", manifest.source_name, expression.line,
                     expression.column, expression.text, reason, where);
}

}  // namespace weir::job

// The first failure of a batch is kept; `row` is the kernel's to set.
void weir_fail(weir::abi::Context* context, uint32_t expression, uint32_t reason) {
  if (context->failure.expression == 0) {
    context->failure.expression = expression + 1;
    context->failure.reason = reason;
  }
}
