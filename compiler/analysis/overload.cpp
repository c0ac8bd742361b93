#include <algorithm>

#include "compiler/analysis/coercion.h"
#include "compiler/analysis/expression.h"
#include "compiler/diagnostics/suggest.h"
#include "compiler/types/coerce.h"
#include "compiler/types/decimal.h"

namespace weir::analysis {
namespace {

using catalog::TypePattern;
using Form = TypePattern::Form;
using Arguments = std::vector<ExpressionPtr>;

WEIR_ERROR(UnknownFunction, "there is no function `{}`", std::string_view);
WEIR_ERROR(FunctionNotBuilt, "function `{}` is not built yet", std::string_view);
WEIR_ERROR(NoOverload, "`{}` does not take ({})", std::string_view, std::string_view);

// Functions of Flink SQL that a ported query may call.
constexpr std::string_view kFlinkFunctions[] = {"ARRAY",
                                                "ARRAY_AGG",
                                                "ARRAY_CONTAINS",
                                                "CARDINALITY",
                                                "CHR",
                                                "COLLECT",
                                                "CONVERT_TZ",
                                                "CURRENT_TIME",
                                                "CURRENT_WATERMARK",
                                                "DATE_ADD",
                                                "DAYOFMONTH",
                                                "DAYOFWEEK",
                                                "DAYOFYEAR",
                                                "DECODE",
                                                "ELT",
                                                "ENCODE",
                                                "FIRST_VALUE",
                                                "GROUPING",
                                                "HOUR",
                                                "IS_ALPHA",
                                                "IS_DECIMAL",
                                                "IS_DIGIT",
                                                "JSON_ARRAY",
                                                "JSON_EXISTS",
                                                "JSON_OBJECT",
                                                "JSON_QUERY",
                                                "JSON_STRING",
                                                "JSON_VALUE",
                                                "LAG",
                                                "LAST_VALUE",
                                                "LEAD",
                                                "LISTAGG",
                                                "LOCALTIME",
                                                "MAP",
                                                "MD5",
                                                "MINUTE",
                                                "MONTH",
                                                "PARSE_URL",
                                                "PERCENTILE",
                                                "QUARTER",
                                                "RAND",
                                                "RAND_INTEGER",
                                                "REGEXP",
                                                "REGEXP_EXTRACT",
                                                "REGEXP_REPLACE",
                                                "ROW",
                                                "ROW_NUMBER",
                                                "SECOND",
                                                "SHA1",
                                                "SHA2",
                                                "SHA224",
                                                "SHA256",
                                                "SHA384",
                                                "SHA512",
                                                "SOURCE_WATERMARK",
                                                "SPLIT",
                                                "STDDEV_POP",
                                                "STDDEV_SAMP",
                                                "STR_TO_MAP",
                                                "TRY_CAST",
                                                "TYPEOF",
                                                "URL_DECODE",
                                                "URL_ENCODE",
                                                "UUID",
                                                "VAR_POP",
                                                "VAR_SAMP",
                                                "WEEK",
                                                "YEAR"};

// Functions of other databases, and how the same is written here.
struct OtherFunction {
  std::string_view name, here;
};
constexpr OtherFunction kOtherFunctions[] = {
    {"DATE_TRUNC", "FLOOR(ts TO HOUR)"},
    {"TIME_BUCKET", "a window: TUMBLE(ts, INTERVAL '5' MINUTE) in GROUP BY"},
    {"DATE_BIN", "a window: TUMBLE(ts, INTERVAL '5' MINUTE) in GROUP BY"},
    {"DATE_PART", "EXTRACT(HOUR FROM ts)"},
    {"DATEDIFF", "TIMESTAMPDIFF(DAY, from, to)"},
    {"DATE_DIFF", "TIMESTAMPDIFF(DAY, from, to)"},
    {"DATEADD", "TIMESTAMPADD(DAY, 1, ts), or ts + INTERVAL '1' DAY"},
    {"TO_CHAR", "DATE_FORMAT(ts, 'yyyy-MM-dd')"},
    {"STR_TO_DATE", "TO_TIMESTAMP(text, 'yyyy-MM-dd HH:mm:ss')"},
    {"FROM_UNIXTIME_MILLIS", "TO_TIMESTAMP_LTZ(n, 3)"},
    {"GETDATE", "CURRENT_TIMESTAMP"},
    {"NVL", "COALESCE(a, b)"},
    {"ISNULL", "a IS NULL, or COALESCE(a, b)"},
    {"LEN", "CHAR_LENGTH(text)"},
    {"STRPOS", "POSITION(part IN text)"},
    {"CHARINDEX", "POSITION(part IN text)"},
    {"COUNT_IF", "COUNT(*) FILTER (WHERE …)"},
    {"COUNTIF", "COUNT(*) FILTER (WHERE …)"},
    {"SUM_IF", "SUM(x) FILTER (WHERE …)"},
    {"MEAN", "AVG(x)"},
    {"APPROX_COUNT_DISTINCT", "COUNT(DISTINCT x), which is exact"},
    {"POW", "POWER(x, y)"},
    {"TRY_TO_NUMBER", "TRY_CAST(text AS DECIMAL(38, 10))"}};

enum class Fit : uint8_t { None, Cast, Exact };

Fit fit(const Type& argument, const TypePattern& pattern) {
  switch (pattern.form) {
    case Form::Any: return argument.kind == Kind::Null ? Fit::Cast : Fit::Exact;
    case Form::AnyDecimal64:
      return argument.kind == Kind::Decimal && argument.precision <= 18 ? Fit::Exact : Fit::None;
    case Form::AnyDecimal:
      if (argument.kind == Kind::Decimal) return Fit::Exact;
      return types::is_integer(argument) || argument.kind == Kind::Null ? Fit::Cast : Fit::None;
    case Form::AnyTimestamp:
      if (argument.kind == Kind::Timestamp) return Fit::Exact;
      return types::implicit_cast(argument, types::timestamp(3)) ? Fit::Cast : Fit::None;
    case Form::AnyTimestampLtz:
      if (argument.kind == Kind::TimestampLtz) return Fit::Exact;
      return types::implicit_cast(argument, types::timestamp_ltz(3)) ? Fit::Cast : Fit::None;
    case Form::Exact:
      if (argument.kind == pattern.type.kind) return Fit::Exact;
      return types::implicit_cast(argument, pattern.type) ? Fit::Cast : Fit::None;
    case Form::SameAs:
    case Form::Rule: return Fit::None;
  }
  return Fit::None;
}

// The argument's type once it has been cast for the parameter.
Type parameter_type(const Type& argument, const TypePattern& pattern) {
  switch (pattern.form) {
    case Form::AnyDecimal:
    case Form::AnyDecimal64:
      return argument.kind == Kind::Null ? types::decimal(10, 0) : types::as_decimal(argument);
    case Form::AnyTimestamp: {
      if (argument.kind == Kind::Timestamp) return argument;
      return types::timestamp(argument.kind == Kind::TimestampLtz ? argument.precision : 3);
    }
    case Form::AnyTimestampLtz: {
      if (argument.kind == Kind::TimestampLtz) return argument;
      return types::timestamp_ltz(argument.kind == Kind::Timestamp ? argument.precision : 3);
    }
    case Form::Exact: return argument.kind == pattern.type.kind ? argument : pattern.type;
    default: return argument.kind == Kind::Null ? types::simple(Kind::Integer) : argument;
  }
}

const TypePattern& pattern_of(const std::vector<TypePattern>& parameters, size_t index) {
  return parameters[std::min(index, parameters.size() - 1)];
}

Fit fit_all(const Arguments& arguments, const std::vector<TypePattern>& parameters, bool variadic) {
  const bool count_fits =
      variadic ? arguments.size() + 1 >= parameters.size() : arguments.size() == parameters.size();
  if (!count_fits) return Fit::None;
  Fit result = Fit::Exact;
  for (size_t i = 0; i < arguments.size(); ++i) {
    result = std::min(result, fit(arguments[i]->type, pattern_of(parameters, i)));
  }
  return result;
}

// The first overload that fits as it stands, else the first that fits with casts.
template <typename Overload>
const Overload* choose(std::span<const Overload* const> overloads, const Arguments& arguments,
                       auto&& is_variadic) {
  for (const Fit wanted : {Fit::Exact, Fit::Cast}) {
    for (const Overload* candidate : overloads) {
      if (fit_all(arguments, candidate->parameters, is_variadic(*candidate)) >= wanted) return candidate;
    }
  }
  return nullptr;
}

void cast_arguments(Arguments& arguments, const std::vector<TypePattern>& parameters) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    arguments[i] = cast_to(arguments[i], parameter_type(arguments[i]->type, pattern_of(parameters, i)));
  }
}

std::string type_list(const Arguments& arguments) {
  std::string text;
  for (const auto& argument : arguments)
    text += (text.empty() ? "" : ", ") + types::to_string(argument->type);
  return text;
}

// "(STRING, INT), (STRING)": what the overloads take, each once.
template <typename Overload>
std::string parameter_lists(std::span<const Overload* const> overloads) {
  std::vector<std::string> lists;
  for (const Overload* overload : overloads) {
    std::string list;
    for (const TypePattern& pattern : overload->parameters) {
      std::string name{"any type"};
      if (pattern.form == Form::Exact) name = types::to_string(pattern.type);
      if (pattern.form == Form::AnyDecimal || pattern.form == Form::AnyDecimal64) name = "DECIMAL";
      if (pattern.form == Form::AnyTimestamp) name = "TIMESTAMP";
      if (pattern.form == Form::AnyTimestampLtz) name = "TIMESTAMP_LTZ";
      list += (list.empty() ? "" : ", ") + name;
    }
    if constexpr (requires { overload->variadic; }) {
      if (overload->variadic) list += " …";
    }
    list = "(" + list + ")";
    if (std::find(lists.begin(), lists.end(), list) == lists.end()) lists.push_back(std::move(list));
  }
  std::string text;
  for (const auto& list : lists) text += (text.empty() ? "" : ", ") + list;
  return text;
}

template <typename Overload>
void no_overload(const Context& context, std::string_view name, std::span<const Overload* const> overloads,
                 const Arguments& arguments, Span span) {
  auto emitted = context.diagnostics.emit(NoOverload{}, context.at(span), name, type_list(arguments));
  emitted.note("it takes {}", parameter_lists(overloads));
  // What one CAST would mend.
  const auto is_text = [](const Type& type) { return type.kind == Kind::String; };
  const auto takes_numbers = [](const Overload* overload) {
    return overload->parameters.size() == 1 && (overload->parameters.front().form == Form::AnyDecimal ||
                                                types::is_numeric(overload->parameters.front().type));
  };
  if (arguments.size() == 1 && is_text(arguments.front()->type) &&
      std::all_of(overloads.begin(), overloads.end(), takes_numbers)) {
    emitted.hint("convert the text: {}(CAST(… AS DOUBLE)), or AS DECIMAL(p, s)", name);
  } else if (const Overload* only = overloads.size() == 1 ? overloads.front() : nullptr) {
    for (size_t i = 0; i < arguments.size() && !only->parameters.empty(); ++i) {
      const TypePattern& pattern = pattern_of(only->parameters, i);
      if (pattern.form != Form::Exact || !is_text(pattern.type) || is_text(arguments[i]->type)) continue;
      emitted.hint("convert it: CAST(… AS STRING)");
      break;
    }
  }
}

int64_t constant_or(const ExpressionPtr& expression, int64_t otherwise, bool& is_constant) {
  const auto* literal = std::get_if<typed::Literal>(&expression->node);
  const auto* number = literal == nullptr ? nullptr : std::get_if<types::Int128>(&literal->value.data);
  is_constant = number != nullptr;
  return is_constant ? static_cast<int64_t>(*number) : otherwise;
}

// ROUND(DECIMAL(p, s), n): as many digits after the point as n says, and one more before it.
Type round_decimal(const Arguments& arguments) {
  const Type type = arguments.front()->type;
  bool is_constant = true;
  const int64_t places = arguments.size() > 1 ? constant_or(arguments[1], 0, is_constant) : 0;
  if (!is_constant || places >= type.scale) return type;
  const int integer_digits = type.precision - type.scale + 1;
  if (places < 0) return types::decimal(std::min(types::kMaxDecimalPrecision, integer_digits), 0);
  return types::decimal(integer_digits + static_cast<int>(places), static_cast<int>(places));
}

Type pattern_result(const TypePattern& result, const std::string& rule, const Arguments& arguments) {
  switch (result.form) {
    case Form::SameAs: return arguments[result.argument]->type;
    case Form::AnyDecimal:
    case Form::AnyDecimal64:
    case Form::AnyTimestamp:
    case Form::AnyTimestampLtz:
    case Form::Any: break;
    case Form::Exact: return result.type;
    case Form::Rule:
      if (rule == "sum_decimal") return types::decimal_sum(arguments.front()->type);
      if (rule == "avg_decimal") return types::decimal_average(arguments.front()->type);
      if (rule == "mod_decimal") {
        return types::decimal_result(types::DecimalOperation::Modulo, arguments[0]->type, arguments[1]->type);
      }
      if (rule == "round_decimal") return round_decimal(arguments);
      if (rule == "integral_decimal") return types::decimal(arguments.front()->type.precision, 0);
      break;
  }
  diagnostics::internal_error(__FILE__, __LINE__, "a result rule of the standard library that is not known");
}

}  // namespace

ExpressionPtr call_function(const Context& context, std::string_view name, Arguments arguments,
                            Span name_span, Span span) {
  const auto overloads = context.shared.functions.overloads(name);
  if (overloads.empty()) {
    if (std::find(std::begin(kFlinkFunctions), std::end(kFlinkFunctions), name) !=
        std::end(kFlinkFunctions)) {
      context.diagnostics.emit(FunctionNotBuilt{}, context.at(name_span), name);
      return nullptr;
    }
    auto emitted = context.diagnostics.emit(UnknownFunction{}, context.at(name_span), name);
    const auto* other = std::find_if(std::begin(kOtherFunctions), std::end(kOtherFunctions),
                                     [&](const OtherFunction& function) { return function.name == name; });
    if (other != std::end(kOtherFunctions)) {
      emitted.hint("write {}", other->here);
      return nullptr;
    }
    std::vector<std::string> names = context.shared.functions.names();
    for (const char* form : {"COALESCE", "NULLIF", "IF", "IFNULL", "PROCTIME"}) names.emplace_back(form);
    if (const auto near = diagnostics::nearest(name, names)) emitted.hint("did you mean `{}`?", *near);
    return nullptr;
  }
  // These pass their arguments as one array.
  if ((name == "GREATEST" || name == "LEAST") && !unify(context, arguments, name)) return nullptr;
  const auto* function = choose(overloads, arguments, [](const catalog::Function& f) { return f.variadic; });
  if (function == nullptr) {
    no_overload(context, name, overloads, arguments, name_span);
    return nullptr;
  }
  cast_arguments(arguments, function->parameters);
  Type type = pattern_result(function->result, function->result_rule, arguments);
  bool nullable = function->may_return_null || function->can_fail;
  if (!function->called_on_null) {
    for (const auto& argument : arguments) nullable |= argument->type.nullable;
  }
  type.nullable = nullable;
  return typed::make({.node = typed::Call{function, std::move(arguments)},
                      .type = type,
                      .span = context.at(span),
                      .can_fail = function->can_fail,
                      .deterministic = !function->is_volatile});
}

const catalog::Aggregate* choose_aggregate(const Context& context, std::string_view name,
                                           Arguments& arguments, Span name_span) {
  const auto overloads = context.shared.functions.aggregates(name);
  const auto* aggregate = choose(overloads, arguments, [](const catalog::Aggregate&) { return false; });
  if (aggregate == nullptr) {
    no_overload(context, name, overloads, arguments, name_span);
    return nullptr;
  }
  cast_arguments(arguments, aggregate->parameters);
  return aggregate;
}

Type result_type(const catalog::Aggregate& aggregate, const Arguments& arguments) {
  Type type = pattern_result(aggregate.result, aggregate.result_rule, arguments);
  type.nullable = aggregate.may_return_null || aggregate.can_fail;
  return type;
}

}  // namespace weir::analysis
