// Casts that the analysis writes: from here on no conversion is implicit.
// What can fail is nullable: with `expression.on-error` = `null` its failure is NULL.
#pragma once

#include "compiler/analysis/context.h"

namespace weir::analysis {

// The expression as the type (nullability stays that of the expression); itself where nothing changes. Constants are converted
// at once. The conversion must exist.
ExpressionPtr cast_to(const ExpressionPtr& expression, const Type& type);

// A text constant as a number, time or truth value, for `ts > '2026-01-01 00:00:00'`. Null if the text is no such value.
ExpressionPtr literal_as(const Context& context, const ExpressionPtr& literal, const Type& type);
bool is_text_literal(const typed::Expression& expression);
bool is_null_literal(const typed::Expression& expression);
ExpressionPtr null_of(const Type& type, Span span);

// An operation; nullable if an operand is.
ExpressionPtr operation(typed::Operator op, std::vector<ExpressionPtr> operands, const Type& type, Span span,
                        bool can_fail = false);
ExpressionPtr logical(typed::Operator op, std::vector<ExpressionPtr> operands, Span span);

// As a SQL constant of type STRING.
ExpressionPtr text(std::string_view value, Span span);

}  // namespace weir::analysis
