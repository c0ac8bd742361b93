#include "runtime/connectors/duration_text.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace weir::connectors {

std::optional<int64_t> parse_duration_ms(std::string_view text) {
  constexpr std::pair<std::string_view, int64_t> kUnits[] = {
      {"ms", 1},           {"milli", 1},         {"millis", 1},
      {"millisecond", 1},  {"milliseconds", 1},  {"s", 1000},
      {"sec", 1000},       {"secs", 1000},       {"second", 1000},
      {"seconds", 1000},   {"m", 60'000},        {"min", 60'000},
      {"minute", 60'000},  {"minutes", 60'000},  {"h", 3'600'000},
      {"hour", 3'600'000}, {"hours", 3'600'000}, {"d", 86'400'000},
      {"day", 86'400'000}, {"days", 86'400'000}, {"", 1}};
  int64_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc{} || number < 0) {
    return std::nullopt;
  }
  std::string_view unit = text.substr(static_cast<size_t>(end - text.data()));
  unit.remove_prefix(std::min(unit.find_first_not_of(' '), unit.size()));
  for (const auto& [name, milliseconds] : kUnits) {
    if (unit == name) {
      return number <= INT64_MAX / milliseconds ? std::optional(number * milliseconds) : std::nullopt;
    }
  }
  return std::nullopt;
}

}  // namespace weir::connectors
