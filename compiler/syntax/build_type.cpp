#include <charconv>

#include "compiler/syntax/build.h"
#include "compiler/syntax/build_unit.h"

namespace weir::syntax {
namespace {

WEIR_ERROR(TypeArgumentTooLarge, "`{}` is too large for a type", std::string_view);
WEIR_ERROR(TypeArgumentMixed, "`{}` takes numbers in parentheses", std::string_view);

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return result;
}

void build_type_arguments(BuildContext& build, Parser::TypeArgumentsContext* rule, TypeName& type) {
  const bool nested = type.name == "ARRAY" || type.name == "MAP" || type.name == "MULTISET" ||
                      type.name == "ROW" || type.name == "RAW" || type.name == "STRUCTURED";
  for (Parser::TypeArgumentContext* argument : rule->typeArgument()) {
    const std::string_view written = text_of(build, span_of(argument));
    if (!argument->NUMBER()) {
      // What a collection holds does not matter: collections are refused by their name.
      if (!nested) build.diagnostics.emit(TypeArgumentMixed{}, span_of(argument), type.name);
      continue;
    }
    int64_t value = 0;
    const auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), value);
    if (error != std::errc{} || end != written.data() + written.size())
      build.diagnostics.emit(TypeArgumentTooLarge{}, span_of(argument), written);
    else
      type.arguments.push_back(value);
  }
}

}  // namespace

TypeName build_type(BuildContext& build, Parser::TypeNameContext* rule) {
  Parser::TypeBaseContext* base = rule->typeBase();
  TypeName type;
  type.span = span_of(rule);
  if (rule->NULL_()) type.not_null = rule->NOT() != nullptr;
  if (base->INTERVAL()) {
    const TimeUnit from = build_unit(build, base->unit(0)->identifier());
    const bool year_month = from == TimeUnit::Year || from == TimeUnit::Month || from == TimeUnit::Quarter;
    type.name = year_month ? "INTERVAL_YEAR_MONTH" : "INTERVAL_DAY_TIME";
    if (Parser::UnitContext* to = base->unit(1)) build_unit(build, to->identifier());
    return type;
  }
  type.name = upper(build_name(build, base->identifier()).text);
  if (base->VARYING()) type.name = type.name == "BINARY" ? "VARBINARY" : "VARCHAR";
  if (base->ZONE()) {
    if (base->LOCAL() && type.name == "TIMESTAMP")
      type.name = "TIMESTAMP_LTZ";
    else if (!base->WITHOUT())
      type.name += base->LOCAL() ? " WITH LOCAL TIME ZONE" : " WITH TIME ZONE";
  }
  if (base->typeArguments()) build_type_arguments(build, base->typeArguments(), type);
  return type;
}

}  // namespace weir::syntax
