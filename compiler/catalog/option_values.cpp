#include "compiler/catalog/option_values.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include <fmt/format.h>

namespace weir::catalog {
namespace {

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

struct Unit {
  std::string_view name;
  int64_t factor;
};

// A number, blanks, a unit; without a unit the factor is 1.
template <size_t N>
std::optional<int64_t> number_with_unit(std::string_view text, const std::array<Unit, N>& units) {
  int64_t number = 0;
  const char* const last = text.data() + text.size();
  auto [rest, error] = std::from_chars(text.data(), last, number);
  if (error != std::errc{} || number < 0) return std::nullopt;
  while (rest != last && *rest == ' ') ++rest;
  const std::string name = lower({rest, static_cast<size_t>(last - rest)});
  if (name.empty()) return number;
  for (const Unit& unit : units) {
    int64_t result = 0;
    if (unit.name == name && !__builtin_mul_overflow(number, unit.factor, &result)) return result;
  }
  return std::nullopt;
}

}  // namespace

bool is_reference(std::string_view value) {
  return value.find("${env:") != std::string_view::npos || value.find("${file:") != std::string_view::npos;
}

bool is_whole_number(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

std::string lower(std::string_view text) {
  std::string result{text};
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

namespace {

std::string form_mismatch(const Option& option, std::string& value) {
  switch (option.type) {
    case OptionType::Boolean:
    case OptionType::Enum: return job::word_mismatch(option, value);
    case OptionType::Integer:
      if (!is_whole_number(value)) return "a whole number";
      return value.front() == '-' && option.key != "seed" ? "a number that is not negative" : "";
    case OptionType::Double: return number_of(value) ? "" : "a number";
    case OptionType::Duration: return parse_duration_ms(value) ? "" : "a duration such as `5 s`";
    case OptionType::Bytes: return parse_bytes(value) ? "" : "a size such as `128 MB`";
    case OptionType::String:
    case OptionType::List:
      if (!value.empty()) return "";
      if (option.key == "path") return "a path";
      if (option.key == "topic") return "a topic";
      if (option.key == "properties.group.id" || option.key == "sink.transactional-id-prefix")
        return "a name";
      return option.key == "properties.bootstrap.servers" ? "brokers such as `localhost:9092`" : "";
  }
  return "";
}

// What the value must be, if it is not in the option's range, `1..` or `0..1`.
std::string range_mismatch(std::string_view range, double value) {
  const size_t dots = range.find("..");
  if (dots == std::string_view::npos) return "";
  const std::string_view least = range.substr(0, dots), most = range.substr(dots + 2);
  if (value >= *number_of(least) && (most.empty() || value <= *number_of(most))) return "";
  return most.empty() ? fmt::format("at least {}", least) : fmt::format("from {} to {}", least, most);
}

}  // namespace

std::string value_mismatch(const Option& option, std::string& value) {
  if (is_reference(value)) return "";
  if (std::string wanted = form_mismatch(option, value); !wanted.empty()) return wanted;
  if (option.type == OptionType::Bytes)
    return range_mismatch(option.allowed, static_cast<double>(*parse_bytes(value)));
  const bool is_numeric = option.type == OptionType::Integer || option.type == OptionType::Double;
  return is_numeric ? range_mismatch(option.allowed, *number_of(value)) : "";
}

std::optional<int64_t> parse_duration_ms(std::string_view text) {
  constexpr int64_t second = 1000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;
  constexpr std::array<Unit, 20> units{
      {{"ms", 1},       {"milli", 1},    {"millis", 1},      {"millisecond", 1},  {"milliseconds", 1},
       {"s", second},   {"sec", second}, {"secs", second},   {"second", second},  {"seconds", second},
       {"min", minute}, {"m", minute},   {"minute", minute}, {"minutes", minute}, {"h", hour},
       {"hour", hour},  {"hours", hour}, {"d", day},         {"day", day},        {"days", day}}};
  return number_with_unit(text, units);
}

std::optional<int64_t> parse_bytes(std::string_view text) {
  constexpr int64_t kb = 1024, mb = 1024 * kb, gb = 1024 * mb, tb = 1024 * gb;
  constexpr std::array<Unit, 14> units{{{"b", 1},
                                        {"bytes", 1},
                                        {"k", kb},
                                        {"kb", kb},
                                        {"kib", kb},
                                        {"m", mb},
                                        {"mb", mb},
                                        {"mib", mb},
                                        {"g", gb},
                                        {"gb", gb},
                                        {"gib", gb},
                                        {"t", tb},
                                        {"tb", tb},
                                        {"tib", tb}}};
  return number_with_unit(text, units);
}

std::optional<int64_t> parse_zone_offset_ms(std::string_view text) {
  if (text == "UTC" || text == "Z" || text == "GMT" || text == "Etc/UTC") return 0;
  if (text.starts_with("UTC") || text.starts_with("GMT")) text.remove_prefix(3);
  if (text.size() < 2 || (text.front() != '+' && text.front() != '-')) return std::nullopt;
  const int64_t sign = text.front() == '-' ? -1 : 1;
  text.remove_prefix(1);
  const size_t colon = text.find(':');
  const std::string_view hour_text = text.substr(0, colon);
  const std::string_view minute_text = colon == std::string_view::npos ? "0" : text.substr(colon + 1);
  if (hour_text.size() > 2 || minute_text.size() > 2 || !is_whole_number(hour_text) ||
      !is_whole_number(minute_text)) {
    return std::nullopt;
  }
  int64_t hours = 0, minutes = 0;
  std::from_chars(hour_text.data(), hour_text.data() + hour_text.size(), hours);
  std::from_chars(minute_text.data(), minute_text.data() + minute_text.size(), minutes);
  if (hours < 0 || hours > 18 || minutes < 0 || minutes > 59) return std::nullopt;
  return sign * (hours * 60 + minutes) * 60'000;
}

}  // namespace weir::catalog
