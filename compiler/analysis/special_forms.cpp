#include "compiler/analysis/coercion.h"
#include "compiler/analysis/expression.h"

namespace weir::analysis {
namespace {

using typed::Operator;

WEIR_ERROR(UnitNotTaken, "`{}` does not take the unit {}", std::string_view, std::string_view);
WEIR_ERROR(TimeOperand, "`{}` takes a date or a timestamp, not {}", std::string_view, std::string_view);
WEIR_ERROR(UnitForm, "`{}` is called by its own form", std::string_view);
WEIR_ERROR(ArgumentCount, "`{}` takes {}, not {}", std::string_view, std::string_view, size_t);

ExpressionPtr make_case(std::vector<typed::Case::When> whens, ExpressionPtr otherwise, const Type& type,
                        Span span) {
  return typed::make(
      {.node = typed::Case{std::move(whens), std::move(otherwise)}, .type = type, .span = span});
}

ExpressionPtr is_not_null(const ExpressionPtr& operand) {
  return typed::make({.node = typed::Operation{Operator::IsNotNull, {operand}},
                      .type = types::boolean(false),
                      .span = operand->span});
}

// The arguments; nothing if one of them has an error.
std::optional<std::vector<ExpressionPtr>> analyze_arguments(const Place& place, const syntax::Call& call) {
  std::vector<ExpressionPtr> arguments;
  bool good = true;
  for (const auto& argument : call.arguments) {
    arguments.push_back(analyze_expression(place, *argument.value));
    good &= arguments.back() != nullptr;
  }
  if (!good) return std::nullopt;
  return arguments;
}

bool check_count(const Place& place, const syntax::Call& call, size_t least, size_t most,
                 std::string_view words) {
  if (call.arguments.size() >= least && call.arguments.size() <= most) return true;
  place.context.diagnostics.emit(ArgumentCount{}, place.context.at(call.name.span), upper(call.name.text),
                                 words, call.arguments.size());
  return false;
}

// The first that is not NULL. Not nullable if one of the arguments is not.
ExpressionPtr coalesce(const Place& place, const syntax::Call& call, Span span) {
  auto arguments = analyze_arguments(place, call);
  if (!arguments || !unify(place.context, *arguments, "COALESCE")) return nullptr;
  std::vector<typed::Case::When> whens;
  size_t last = 0;
  while (last + 1 < arguments->size() && (*arguments)[last]->type.nullable) {
    const ExpressionPtr& argument = (*arguments)[last++];
    whens.push_back({is_not_null(argument), argument});
  }
  const ExpressionPtr& otherwise = (*arguments)[last];
  if (whens.empty()) return otherwise;
  return make_case(std::move(whens), otherwise, otherwise->type, place.context.at(span));
}

ExpressionPtr nullif(const Place& place, const syntax::Call& call, Span span) {
  auto arguments = analyze_arguments(place, call);
  if (!arguments) return nullptr;
  const ExpressionPtr value = (*arguments)[0];
  ExpressionPtr equal = comparison(place.context, Operator::Equal, value, (*arguments)[1], span);
  if (!equal) return nullptr;
  const Type type = types::with_nullable(value->type, true);
  return make_case({{std::move(equal), null_of(type, value->span)}}, value, type, place.context.at(span));
}

ExpressionPtr if_form(const Place& place, const syntax::Call& call, Span span) {
  ExpressionPtr condition = analyze_condition(place, *call.arguments[0].value);
  std::vector<ExpressionPtr> branches{analyze_expression(place, *call.arguments[1].value),
                                      analyze_expression(place, *call.arguments[2].value)};
  if (!condition || !branches[0] || !branches[1] || !unify(place.context, branches, "IF")) return nullptr;
  const Type type =
      types::with_nullable(branches[0]->type, branches[0]->type.nullable || branches[1]->type.nullable);
  return make_case({{condition, branches[0]}}, branches[1], type, place.context.at(span));
}

// Lengths of time: those that TIMESTAMPDIFF and TIMESTAMPADD count, and longer ones that times are rounded to.
bool takes_unit(syntax::TimeUnit unit, bool rounds) {
  switch (unit) {
    case syntax::TimeUnit::Millennium:
    case syntax::TimeUnit::Century:
    case syntax::TimeUnit::Decade: return rounds;
    case syntax::TimeUnit::Dow:
    case syntax::TimeUnit::Isodow:
    case syntax::TimeUnit::Doy:
    case syntax::TimeUnit::Epoch:
    case syntax::TimeUnit::Isoyear: return false;
    default: return true;
  }
}

// Flink's short forms of EXTRACT.
constexpr std::pair<std::string_view, std::string_view> kFieldFunctions[] = {
    {"YEAR", "YEAR"},     {"QUARTER", "QUARTER"}, {"MONTH", "MONTH"},   {"WEEK", "WEEK"},
    {"DAYOFYEAR", "DOY"}, {"DAYOFMONTH", "DAY"},  {"DAYOFWEEK", "DOW"}, {"HOUR", "HOUR"},
    {"MINUTE", "MINUTE"}, {"SECOND", "SECOND"},
};

}  // namespace

std::optional<ExpressionPtr> special_form(const Place& place, const syntax::Call& call, Span span) {
  const std::string name = upper(call.name.text);
  const Context& context = place.context;
  if (name == "COALESCE") {
    if (!check_count(place, call, 1, SIZE_MAX, "at least one argument")) return nullptr;
    return coalesce(place, call, span);
  }
  if (name == "IFNULL") {
    if (!check_count(place, call, 2, 2, "two arguments")) return nullptr;
    return coalesce(place, call, span);
  }
  if (name == "NULLIF") {
    if (!check_count(place, call, 2, 2, "two arguments")) return nullptr;
    return nullif(place, call, span);
  }
  if (name == "IF") {
    if (!check_count(place, call, 3, 3, "three arguments")) return nullptr;
    return if_form(place, call, span);
  }
  if (name == "PROCTIME") {
    if (!check_count(place, call, 0, 0, "no arguments")) return nullptr;
    return typed::make(
        {.node = typed::ProcessingTime{}, .type = types::timestamp_ltz(3, false), .span = context.at(span)});
  }
  if (name == "MOD" && context.shared.functions.overloads(name).empty()) {
    if (!check_count(place, call, 2, 2, "two arguments")) return nullptr;
    auto arguments = analyze_arguments(place, call);
    if (!arguments) return nullptr;
    return arithmetic(context, syntax::BinaryOperator::Modulo, (*arguments)[0], (*arguments)[1],
                      call.name.span, span);
  }
  if (name == "FLOOR_TIME" || name == "CEIL_TIME") {
    context.diagnostics.emit(UnitForm{}, context.at(call.name.span), name)
        .hint("write {}(time TO unit)", name.substr(0, name.find('_')));
    return nullptr;
  }
  for (const auto& [function, unit] : kFieldFunctions) {
    if (name != function || !context.shared.functions.overloads(name).empty()) continue;
    if (!check_count(place, call, 1, 1, "one argument")) return nullptr;
    auto arguments = analyze_arguments(place, call);
    if (!arguments) return nullptr;
    return call_function(context, "EXTRACT", {text(unit, context.at(call.name.span)), (*arguments)[0]},
                         call.name.span, span);
  }
  return std::nullopt;
}

ExpressionPtr analyze_case(const Place& place, const syntax::Case& node, Span span) {
  ExpressionPtr operand;
  bool good = true;
  if (node.operand) {
    operand = analyze_expression(place, *node.operand);
    good = operand != nullptr;
  }
  std::vector<ExpressionPtr> conditions, results;
  for (const auto& when : node.whens) {
    ExpressionPtr condition;
    if (node.operand) {
      ExpressionPtr value = analyze_expression(place, *when.condition);
      if (value && operand) {
        condition = comparison(place.context, Operator::Equal, operand, value, when.condition->span);
      }
    } else {
      condition = analyze_condition(place, *when.condition);
    }
    conditions.push_back(condition);
    results.push_back(analyze_expression(place, *when.result));
    good &= condition != nullptr && results.back() != nullptr;
  }
  if (node.otherwise) {
    results.push_back(analyze_expression(place, *node.otherwise));
  } else {
    results.push_back(null_of(types::null_type(), place.context.at(span)));
  }
  if (!good || !results.back() || !unify(place.context, results, "CASE")) return nullptr;
  std::vector<typed::Case::When> whens;
  Type type = results.back()->type;
  for (size_t i = 0; i < conditions.size(); ++i) {
    type.nullable |= results[i]->type.nullable;
    whens.push_back({conditions[i], results[i]});
  }
  return make_case(std::move(whens), results.back(), type, place.context.at(span));
}

bool check_time(const Context& context, std::string_view written, const typed::Expression& operand) {
  const types::Type& type = operand.type;
  if (types::is_timestamp(type) || type.kind == types::Kind::Date || type.kind == types::Kind::Null)
    return true;
  context.diagnostics.emit(TimeOperand{}, operand.span, written, types::to_string(type));
  return false;
}

ExpressionPtr extract(const Place& place, const syntax::Extract& node, Span span) {
  ExpressionPtr operand = analyze_expression(place, *node.operand);
  const Context& context = place.context;
  if (!operand || !check_time(context, "EXTRACT", *operand)) return nullptr;
  return call_function(context, "EXTRACT", {text(unit_name(node.unit), context.at(node.unit_span)), operand},
                       node.unit_span, span);
}

ExpressionPtr unit_call(const Place& place, const syntax::UnitCall& node, Span span) {
  const Context& context = place.context;
  const std::string written = upper(node.name.text);
  const bool rounds = written == "FLOOR" || written == "CEIL" || written == "CEILING";
  if (!takes_unit(node.unit, rounds)) {
    context.diagnostics.emit(UnitNotTaken{}, context.at(node.unit_span), written, unit_name(node.unit))
        .hint("use MICROSECOND, MILLISECOND, SECOND, MINUTE, HOUR, DAY, WEEK, MONTH, QUARTER{}",
              rounds ? ", YEAR, DECADE, CENTURY or MILLENNIUM" : " or YEAR");
    return nullptr;
  }
  std::vector<ExpressionPtr> arguments{text(unit_name(node.unit), context.at(node.unit_span))};
  bool good = true;
  for (const auto& argument : node.arguments) {
    arguments.push_back(analyze_expression(place, *argument));
    good &= arguments.back() != nullptr;
  }
  if (!good) return nullptr;
  if (rounds && arguments.size() == 2 && !check_time(context, written, *arguments[1])) return nullptr;
  const std::string name = !rounds ? written : written == "FLOOR" ? "FLOOR_TIME" : "CEIL_TIME";
  return call_function(context, name, std::move(arguments), node.name.span, span);
}

}  // namespace weir::analysis
