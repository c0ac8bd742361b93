#include "compiler/catalog/signature.h"

#include <array>
#include <charconv>
#include <string>

#include "compiler/diagnostics/check.h"

namespace weir::catalog {
namespace {

using types::Kind;
using Form = TypePattern::Form;

struct NamedPattern {
  std::string_view name;
  Form form;
  Kind kind;
};
constexpr NamedPattern kPatterns[] = {
    {"BOOLEAN", Form::Exact, Kind::Boolean},
    {"TINYINT", Form::Exact, Kind::TinyInt},
    {"SMALLINT", Form::Exact, Kind::SmallInt},
    {"INT", Form::Exact, Kind::Integer},
    {"BIGINT", Form::Exact, Kind::BigInt},
    {"FLOAT", Form::Exact, Kind::Float},
    {"DOUBLE", Form::Exact, Kind::Double},
    {"STRING", Form::Exact, Kind::String},
    {"BYTES", Form::Exact, Kind::Bytes},
    {"DATE", Form::Exact, Kind::Date},
    {"INTERVAL_DAY", Form::Exact, Kind::IntervalDayTime},
    {"INTERVAL_YEAR", Form::Exact, Kind::IntervalYearMonth},
    {"DECIMAL", Form::AnyDecimal, Kind::Decimal},
    {"DECIMAL64", Form::AnyDecimal64, Kind::Decimal},
    {"TIMESTAMP", Form::AnyTimestamp, Kind::Timestamp},
    {"TIMESTAMP_LTZ", Form::AnyTimestampLtz, Kind::TimestampLtz},
    {"ANY", Form::Any, Kind::Null},
};
constexpr std::string_view kRules[] = {"sum_decimal", "avg_decimal", "round_decimal", "integral_decimal",
                                       "mod_decimal"};

[[noreturn]] void malformed(std::string_view annotation) {
  diagnostics::internal_error(__FILE__, __LINE__,
                              "malformed annotation in the stdlib: " + std::string(annotation));
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// Takes what stands before the separator off the front of `text`; all of it where there is none.
std::string_view take(std::string_view& text, std::string_view separator) {
  const size_t at = text.find(separator);
  const std::string_view part = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + separator.size());
  return trim(part);
}

std::optional<uint32_t> parse_number(std::string_view text) {
  uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<TypePattern> parse_pattern(std::string_view text) {
  std::string_view arguments = text;
  const std::string_view name = take(arguments, "(");
  for (const NamedPattern& known : kPatterns) {
    if (known.name != name) continue;
    TypePattern pattern{.form = known.form, .type = {.kind = known.kind}};
    if (arguments.empty()) return pattern;
    if (arguments.back() != ')') return std::nullopt;
    arguments.remove_suffix(1);
    const auto precision = parse_number(take(arguments, ","));
    const auto scale = arguments.empty() ? 0u : parse_number(trim(arguments));
    if (!precision || !scale) return std::nullopt;
    pattern.form = Form::Exact;
    pattern.type.precision = static_cast<uint8_t>(*precision);
    pattern.type.scale = static_cast<uint8_t>(*scale);
    return pattern;
  }
  return std::nullopt;
}

std::string print_pattern(const TypePattern& pattern, std::string_view rule) {
  if (pattern.form == Form::Rule) return std::string(rule);
  if (pattern.form == Form::SameAs) return "$" + std::to_string(pattern.argument + 1);
  for (const NamedPattern& known : kPatterns) {
    if (known.kind != pattern.type.kind) continue;
    if (pattern.form == Form::Exact && known.kind == Kind::Decimal) {
      return "DECIMAL(" + std::to_string(pattern.type.precision) + ", " + std::to_string(pattern.type.scale) +
             ")";
    }
    if (pattern.form == Form::Exact && (known.kind == Kind::Timestamp || known.kind == Kind::TimestampLtz)) {
      return std::string(known.name) + "(" + std::to_string(pattern.type.precision) + ")";
    }
    if (known.form == pattern.form) return std::string(known.name);
  }
  return "?";
}

struct Signature {
  std::string_view name;
  std::vector<TypePattern> parameters;
  bool variadic = false;
  TypePattern result;
  std::string_view rule;
  std::string_view flags;
};

std::optional<Signature> parse_signature(std::string_view text) {
  Signature signature;
  std::string_view left = take(text, " -> ");
  signature.name = take(left, "(");
  if (left.empty() || left.back() != ')') return std::nullopt;
  left.remove_suffix(1);
  while (!left.empty()) {
    std::string_view parameter = take(left, ",");
    if (parameter.ends_with("...")) {
      if (!left.empty()) return std::nullopt;
      signature.variadic = true;
      parameter.remove_suffix(3);
    }
    const auto pattern = parse_pattern(parameter);
    if (!pattern || pattern->form == Form::SameAs) return std::nullopt;
    signature.parameters.push_back(*pattern);
  }
  const std::string_view result = take(text, "[");
  signature.flags = trim(text);
  if (!signature.flags.empty()) {
    if (signature.flags.back() != ']') return std::nullopt;
    signature.flags.remove_suffix(1);
  }
  for (const std::string_view rule : kRules) {
    if (rule != result) continue;
    signature.rule = rule;
    signature.result = {.form = Form::Rule, .type = {.kind = Kind::Decimal}};
    return signature;
  }
  if (result.starts_with('$')) {
    const auto argument = parse_number(result.substr(1));
    if (!argument || *argument == 0 || *argument > signature.parameters.size()) return std::nullopt;
    signature.result = {.form = Form::SameAs, .type = {}, .argument = *argument - 1};
    return signature;
  }
  const auto pattern = parse_pattern(result);
  if (!pattern || pattern->form != Form::Exact) return std::nullopt;
  signature.result = *pattern;
  return signature;
}

std::string print_signature(std::string_view name, const std::vector<TypePattern>& parameters, bool variadic,
                            const TypePattern& result, std::string_view rule) {
  std::string text = std::string(name) + "(";
  for (size_t i = 0; i < parameters.size(); ++i) {
    text += (i == 0 ? "" : ", ") + print_pattern(parameters[i], "");
  }
  return text + (variadic ? "...)" : ")") + " -> " + print_pattern(result, rule);
}

// Annotation lines after the kind: signature, doc, example.
struct Lines {
  std::string_view signature, doc, example;
};
std::optional<Lines> split(std::string_view annotation, std::string_view kind) {
  if (take(annotation, "\n") != kind) return std::nullopt;
  Lines lines;
  lines.signature = take(annotation, "\n");
  lines.doc = take(annotation, "\n");
  lines.example = annotation;
  return lines;
}

}  // namespace

std::optional<Function> parse_function(std::string_view annotation, std::string_view symbol) {
  const auto lines = split(annotation, "weir.function");
  if (!lines) return std::nullopt;
  const auto signature = parse_signature(lines->signature);
  if (!signature) malformed(annotation);
  Function function;
  function.name = signature->name;
  function.parameters = signature->parameters;
  function.variadic = signature->variadic;
  function.result = signature->result;
  function.result_rule = signature->rule;
  function.symbol = symbol;
  function.doc = lines->doc;
  function.example = lines->example;
  for (std::string_view rest = signature->flags; !rest.empty();) {
    const std::string_view flag = take(rest, ",");
    if (flag == "nullable")
      function.may_return_null = true;
    else if (flag == "fails")
      function.can_fail = true;
    else if (flag == "on_null")
      function.called_on_null = true;
    else if (flag == "volatile")
      function.is_volatile = true;
    else if (flag == "types")
      function.takes_types = true;
    else if (flag == "zone")
      function.takes_zone = true;
    else
      malformed(annotation);
  }
  return function;
}

std::optional<Aggregate> parse_aggregate(std::string_view annotation, std::string_view symbol) {
  const auto lines = split(annotation, "weir.aggregate");
  if (!lines) return std::nullopt;
  const auto signature = parse_signature(lines->signature);
  if (!signature || signature->variadic || !symbol.ends_with("_finish")) malformed(annotation);
  Aggregate aggregate;
  aggregate.name = signature->name;
  aggregate.parameters = signature->parameters;
  aggregate.result = signature->result;
  aggregate.result_rule = signature->rule;
  aggregate.symbol = symbol.substr(0, symbol.size() - std::string_view("_finish").size());
  aggregate.state_symbol = aggregate.symbol;
  aggregate.doc = lines->doc;
  aggregate.example = lines->example;
  for (std::string_view rest = signature->flags; !rest.empty();) {
    std::string_view value = take(rest, ",");
    const std::string_view flag = take(value, "=");
    if (flag == "state")
      aggregate.state_bytes = parse_number(value).value_or(0);
    else if (flag == "align")
      aggregate.state_align = parse_number(value).value_or(0);
    else if (flag == "invertible")
      aggregate.invertible = true;
    else if (flag == "fails")
      aggregate.can_fail = true;
    else if (flag == "nullable")
      aggregate.may_return_null = true;
    else if (flag == "types")
      aggregate.takes_types = true;
    else if (flag == "state_of")
      aggregate.state_symbol = value;
    else
      malformed(annotation);
  }
  if (aggregate.state_bytes == 0 || (aggregate.state_align != 8 && aggregate.state_align != 16))
    malformed(annotation);
  return aggregate;
}

std::string to_string(const Function& function) {
  return print_signature(function.name, function.parameters, function.variadic, function.result,
                         function.result_rule);
}

std::string to_string(const Aggregate& aggregate) {
  return print_signature(aggregate.name, aggregate.parameters, false, aggregate.result,
                         aggregate.result_rule);
}

}  // namespace weir::catalog
