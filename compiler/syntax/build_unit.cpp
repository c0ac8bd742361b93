#include "compiler/syntax/build_unit.h"

#include <string>
#include <utility>
#include <vector>

#include "compiler/diagnostics/suggest.h"

namespace weir::syntax {
namespace {

WEIR_ERROR(UnknownTimeUnit, "`{}` is not a unit of time", std::string_view);

constexpr std::pair<std::string_view, TimeUnit> kUnits[] = {
    {"MILLENNIUM", TimeUnit::Millennium},
    {"CENTURY", TimeUnit::Century},
    {"DECADE", TimeUnit::Decade},
    {"YEAR", TimeUnit::Year},
    {"QUARTER", TimeUnit::Quarter},
    {"MONTH", TimeUnit::Month},
    {"WEEK", TimeUnit::Week},
    {"DAY", TimeUnit::Day},
    {"DOW", TimeUnit::Dow},
    {"ISODOW", TimeUnit::Isodow},
    {"DOY", TimeUnit::Doy},
    {"HOUR", TimeUnit::Hour},
    {"MINUTE", TimeUnit::Minute},
    {"SECOND", TimeUnit::Second},
    {"MILLISECOND", TimeUnit::Millisecond},
    {"MICROSECOND", TimeUnit::Microsecond},
    {"EPOCH", TimeUnit::Epoch},
    {"ISOYEAR", TimeUnit::Isoyear},
};

}  // namespace

TimeUnit build_unit(BuildContext& build, Parser::IdentifierContext* rule) {
  const Name name = build_name(build, rule);
  std::string upper = name.text;
  for (char& c : upper)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  std::string_view word = upper;
  if (word.starts_with("SQL_TSI_")) word.remove_prefix(8);
  for (const auto& [text, unit] : kUnits)
    if (word == text || (word.size() == text.size() + 1 && word.back() == 'S' && word.starts_with(text)))
      return unit;

  auto error = build.diagnostics.emit(UnknownTimeUnit{}, name.span, name.text);
  std::vector<std::string> names;
  for (const auto& [text, unit] : kUnits) names.emplace_back(text);
  if (const auto meant = diagnostics::nearest(name.text, names)) error.hint("did you mean `{}`?", *meant);
  return TimeUnit::Second;
}

}  // namespace weir::syntax
