#include "compiler/types/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "compiler/types/calendar.h"

namespace weir::types {
namespace {

std::string quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'') result += '\'';
    result += c;
  }
  return result + "'";
}

std::string decimal_text(Int128 unscaled, int scale) {
  std::string digits = to_string(unscaled);
  const bool negative = unscaled < 0;
  if (negative) digits.erase(0, 1);
  if (scale > 0) {
    const auto places = static_cast<size_t>(scale);
    if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
    digits.insert(digits.size() - places, ".");
  }
  return negative ? "-" + digits : digits;
}

std::string approximate_text(double number, const Type& type) {
  if (std::isnan(number)) return fmt::format("CAST('NaN' AS {})", to_string(type));
  if (std::isinf(number))
    return fmt::format("CAST('{}Infinity' AS {})", number < 0 ? "-" : "", to_string(type));
  std::string text =
      type.kind == Kind::Float ? fmt::format("{}", static_cast<float>(number)) : fmt::format("{}", number);
  if (text.find_first_of("eE") == std::string::npos) text += "e0";
  return text;
}

// The largest fields that divide the interval.
std::string interval_text(int64_t value, bool months) {
  const bool negative = value < 0;
  const uint64_t size = negative ? -static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  const std::string_view sign = negative ? "-" : "";
  if (months) {
    if (size % 12 == 0 && size != 0) return fmt::format("INTERVAL '{}{}' YEAR", sign, size / 12);
    return fmt::format("INTERVAL '{}{}' MONTH", sign, size);
  }
  struct Unit {
    std::string_view name;
    uint64_t microseconds;
  };
  constexpr std::array<Unit, 4> units{
      {{"DAY", 86'400'000'000}, {"HOUR", 3'600'000'000}, {"MINUTE", 60'000'000}, {"SECOND", 1'000'000}}};
  for (const Unit& unit : units) {
    if (size != 0 && size % unit.microseconds == 0) {
      return fmt::format("INTERVAL '{}{}' {}", sign, size / unit.microseconds, unit.name);
    }
  }
  std::string fraction = fmt::format("{:06}", size % 1'000'000);
  while (fraction.size() > 1 && fraction.back() == '0') fraction.pop_back();
  return fmt::format("INTERVAL '{}{}.{}' SECOND", sign, size / 1'000'000, fraction);
}

std::string bytes_text(const std::string& bytes) {
  std::string text = "X'";
  for (const char c : bytes) text += fmt::format("{:02X}", static_cast<unsigned char>(c));
  return text + "'";
}

}  // namespace

std::string to_string(Int128 number) {
  if (number == 0) return "0";
  const bool negative = number < 0;
  auto rest = negative ? -static_cast<unsigned __int128>(number) : static_cast<unsigned __int128>(number);
  std::string digits;
  while (rest != 0) {
    digits += static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
  }
  if (negative) digits += '-';
  std::reverse(digits.begin(), digits.end());
  return digits;
}

std::string to_sql(const Value& value) {
  if (value.is_null()) return "NULL";
  if (const auto* text = std::get_if<std::string>(&value.data)) {
    return value.type.kind == Kind::Bytes ? bytes_text(*text) : quoted(*text);
  }
  if (const auto* number = std::get_if<double>(&value.data)) return approximate_text(*number, value.type);
  const Int128 number = std::get<Int128>(value.data);
  const auto narrow = static_cast<int64_t>(number);
  switch (value.type.kind) {
    case Kind::Boolean: return number != 0 ? "TRUE" : "FALSE";
    case Kind::Decimal: return decimal_text(number, value.type.scale);
    case Kind::Date: return "DATE '" + date_text(narrow) + "'";
    case Kind::Timestamp: return "TIMESTAMP '" + timestamp_text(narrow, value.type.precision) + "'";
    case Kind::TimestampLtz:
      return fmt::format("CAST('{}Z' AS TIMESTAMP_LTZ({}))", timestamp_text(narrow, value.type.precision),
                         value.type.precision);
    case Kind::IntervalYearMonth: return interval_text(narrow, true);
    case Kind::IntervalDayTime: return interval_text(narrow, false);
    default: return to_string(number);
  }
}

}  // namespace weir::types
