#include <algorithm>

#include "compiler/analysis/aggregate.h"

namespace weir::analysis {
namespace {

WEIR_ERROR(AggregatePlace, "aggregate `{}` does not stand in {}", std::string_view, std::string_view);
WEIR_ERROR(NestedAggregate, "aggregate `{}` stands inside an aggregate", std::string_view);

}  // namespace

ExpressionPtr aggregate_call(const Place& place, const syntax::Call& call, Span span) {
  const Context& context = place.context;
  const std::string name = upper(call.name.text);
  if (place.in_aggregate) {
    context.diagnostics.emit(NestedAggregate{}, context.at(call.name.span), name)
        .hint("aggregate the inner one in a sub-query");
    return nullptr;
  }
  if (place.aggregates == nullptr) {
    auto emitted = context.diagnostics.emit(AggregatePlace{}, context.at(call.name.span), name, place.clause);
    if (place.clause == "WHERE") emitted.hint("use HAVING");
    return nullptr;
  }
  Place inner = place;
  inner.aggregates = nullptr;
  inner.in_aggregate = true;
  ++inner.depth;
  std::vector<ExpressionPtr> arguments;
  bool good = true;
  for (const auto& argument : call.arguments) {
    if (std::holds_alternative<syntax::Star>(argument.value->node) && name == "COUNT") continue;
    arguments.push_back(analyze_expression(inner, *argument.value));
    good &= arguments.back() != nullptr;
  }
  ExpressionPtr condition;
  if (call.filter) {
    Place filter_place = inner;
    filter_place.clause = "FILTER";
    condition = analyze_condition(filter_place, *call.filter);
    good &= condition != nullptr;
  }
  if (!good) return nullptr;
  const auto* function = choose_aggregate(context, name, arguments, call.name.span);
  if (function == nullptr) return nullptr;
  typed::AggregateCall result{.function = function,
                              .arguments = arguments,
                              .distinct = call.distinct,
                              .filter = condition,
                              .type = result_type(*function, arguments),
                              .span = context.at(span)};
  auto& calls = place.aggregates->calls;
  const auto same = [&](const typed::AggregateCall& other) {
    const bool same_filter =
        !other.filter == !result.filter && (!other.filter || typed::equal(*other.filter, *result.filter));
    return other.function == result.function && other.distinct == result.distinct && same_filter &&
           std::equal(other.arguments.begin(), other.arguments.end(), result.arguments.begin(),
                      result.arguments.end(),
                      [](const auto& a, const auto& b) { return typed::equal(*a, *b); });
  };
  const auto found = std::find_if(calls.begin(), calls.end(), same);
  const auto index = static_cast<uint32_t>(found - calls.begin());
  const Type type = result.type;
  if (found == calls.end()) calls.push_back(std::move(result));
  return typed::column(kAggregateColumn + index, type, context.at(span));
}

}  // namespace weir::analysis
