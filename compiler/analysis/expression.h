// Expressions as written -> typed expressions over the columns of a scope.
#pragma once

#include <string_view>
#include <vector>

#include "compiler/analysis/context.h"
#include "compiler/analysis/scope.h"
#include "compiler/syntax/ast.h"

namespace weir::analysis {

struct AggregateCollector;  // aggregate.h

// Where an expression stands.
struct Place {
  const Context& context;
  const Scope& scope;
  std::string_view clause;                   // "WHERE", "SELECT": for messages
  AggregateCollector* aggregates = nullptr;  // null: aggregates may not stand here
  bool in_aggregate = false;
  uint32_t depth = 0;
};

// Null after an error; parts beside the error have been looked at too.
ExpressionPtr analyze_expression(const Place& place, const syntax::Expression& expression);
// The same, and an error unless it is BOOLEAN (or NULL).
ExpressionPtr analyze_condition(const Place& place, const syntax::Expression& expression);

// A place inside the expression of another, `by` steps down.
Place deeper(const Place& place, uint32_t by = 1);
// Every one is looked at; `good` becomes false, and the result null, for those with an error.
std::vector<ExpressionPtr> analyze_all(const Place& place,
                                       const std::vector<const syntax::Expression*>& expressions, bool& good);
// A BOOLEAN operand of `op`; a bare NULL is one too. Null after an error.
ExpressionPtr truth(const Place& place, const ExpressionPtr& operand, std::string_view op);

// type_name.cpp: a type as written; nothing after an error.
std::optional<Type> analyze_type(const Context& context, const syntax::TypeName& name);

// ---- parts, one file each ----------------------------------------------------------------------

// literals.cpp
ExpressionPtr number_literal(const Context& context, std::string_view digits, bool negative, Span span);
ExpressionPtr typed_literal(const Context& context, const syntax::TypedLiteral& literal, Span span);
ExpressionPtr interval_literal(const Context& context, const syntax::IntervalLiteral& literal, Span span);
std::string_view unit_name(syntax::TimeUnit unit);  // "MINUTE"

// operators.cpp: operands without errors
ExpressionPtr arithmetic(const Context& context, syntax::BinaryOperator op, ExpressionPtr left,
                         ExpressionPtr right, Span op_span, Span span);
ExpressionPtr negate(const Context& context, ExpressionPtr operand, Span span);
ExpressionPtr comparison(const Context& context, typed::Operator op, ExpressionPtr left, ExpressionPtr right,
                         Span span);
// One type for all, for branches of CASE and lists of IN; `what` is "CASE". False after an error.
bool unify(const Context& context, std::vector<ExpressionPtr>& branches, std::string_view what);

// predicates.cpp
ExpressionPtr analyze_is(const Place& place, const syntax::IsPredicate& node, Span span);
ExpressionPtr analyze_between(const Place& place, const syntax::Between& node, Span span);
ExpressionPtr analyze_in(const Place& place, const syntax::InList& node, Span span);
ExpressionPtr analyze_like(const Place& place, const syntax::Like& node, Span span);

// overload.cpp
ExpressionPtr call_function(const Context& context, std::string_view name,
                            std::vector<ExpressionPtr> arguments, Span name_span, Span span);
// The overload and the arguments cast to it; null after an error.
const catalog::Aggregate* choose_aggregate(const Context& context, std::string_view name,
                                           std::vector<ExpressionPtr>& arguments, Span name_span);
Type result_type(const catalog::Aggregate& aggregate, const std::vector<ExpressionPtr>& arguments);

// special_forms.cpp: what looks like a function and is none. Nothing if the name is no special form.
std::optional<ExpressionPtr> special_form(const Place& place, const syntax::Call& call, Span span);
ExpressionPtr analyze_case(const Place& place, const syntax::Case& node, Span span);
ExpressionPtr unit_call(const Place& place, const syntax::UnitCall& node, Span span);
ExpressionPtr extract(const Place& place, const syntax::Extract& node, Span span);

// aggregate_call.cpp
ExpressionPtr aggregate_call(const Place& place, const syntax::Call& call, Span span);
// group_window.cpp: TUMBLE_START(…) and the like. Nothing if the name is none of them.
std::optional<ExpressionPtr> window_auxiliary(const Place& place, const syntax::Call& call, Span span);

std::string upper(std::string_view text);

}  // namespace weir::analysis
