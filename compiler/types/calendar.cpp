#include "compiler/types/calendar.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <vector>

namespace weir::types {
namespace {

constexpr int64_t kSecondUs = 1'000'000;
constexpr int64_t kMinuteUs = 60 * kSecondUs;
constexpr int64_t kHourUs = 60 * kMinuteUs;
constexpr int64_t kDayUs = 24 * kHourUs;

// Reads from the front of a text.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // A number of at least `least` and at most `most` digits.
  std::optional<int64_t> number(size_t least, size_t most) {
    size_t digits = 0;
    int64_t value = 0;
    while (digits < rest_.size() && digits < most && rest_[digits] >= '0' && rest_[digits] <= '9') {
      value = value * 10 + (rest_[digits++] - '0');
    }
    if (digits < least) return std::nullopt;
    rest_.remove_prefix(digits);
    return value;
  }
  // 1 … 9 digits after a point, as microseconds; `digits` is their number.
  std::optional<int64_t> fraction(int& digits) {
    int64_t value = 0;
    digits = 0;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9' && digits < 9) {
      if (digits < 6) value = value * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
      ++digits;
    }
    if (digits == 0) return std::nullopt;
    for (int i = digits; i < 6; ++i) value *= 10;
    return value;
  }

 private:
  std::string_view rest_;
};

std::optional<int64_t> read_date(Reader& reader) {
  const auto year = reader.number(4, 4);
  if (!year || !reader.take('-')) return std::nullopt;
  const auto month = reader.number(1, 2);
  if (!month || !reader.take('-')) return std::nullopt;
  const auto day = reader.number(1, 2);
  if (!day || *year == 0) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(*year)},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date}.time_since_epoch().count();
}

struct TimeOfDay {
  int64_t microseconds = 0;
  int digits = 0;
};
std::optional<TimeOfDay> read_time(Reader& reader) {
  const auto hour = reader.number(1, 2);
  if (!hour || *hour > 23 || !reader.take(':')) return std::nullopt;
  const auto minute = reader.number(2, 2);
  if (!minute || *minute > 59) return std::nullopt;
  TimeOfDay time{*hour * kHourUs + *minute * kMinuteUs, 0};
  if (!reader.take(':')) return time;
  const auto second = reader.number(2, 2);
  if (!second || *second > 59) return std::nullopt;
  time.microseconds += *second * kSecondUs;
  if (reader.take('.')) {
    const auto fraction = reader.fraction(time.digits);
    if (!fraction) return std::nullopt;
    time.microseconds += *fraction;
  }
  return time;
}

// Date and time; the reader stands behind them.
std::optional<Value> read_timestamp(Reader& reader) {
  const auto days = read_date(reader);
  if (!days) return std::nullopt;
  TimeOfDay time;
  if (reader.take(' ') || reader.take('T')) {
    const auto read = read_time(reader);
    if (!read) return std::nullopt;
    time = *read;
  }
  const int precision = time.digits > 6 ? 6 : time.digits;
  return Value{timestamp(precision, false), Int128{*days} * kDayUs + time.microseconds};
}

}  // namespace

std::optional<Value> parse_date(std::string_view text) {
  Reader reader{text};
  const auto days = read_date(reader);
  if (!days || !reader.at_end()) return std::nullopt;
  return Value{simple(Kind::Date, false), Int128{*days}};
}

std::optional<Value> parse_timestamp(std::string_view text) {
  Reader reader{text};
  auto value = read_timestamp(reader);
  if (!value || !reader.at_end()) return std::nullopt;
  return value;
}

std::optional<Value> parse_timestamp_ltz(std::string_view text, int64_t offset_us) {
  Reader reader{text};
  auto value = read_timestamp(reader);
  if (!value) return std::nullopt;
  if (reader.take('Z')) {
    offset_us = 0;
  } else if (!reader.at_end()) {
    const bool west = reader.take('-');
    if (!west && !reader.take('+')) return std::nullopt;
    const auto hours = reader.number(2, 2);
    if (!hours || *hours > 18 || !reader.take(':')) return std::nullopt;
    const auto minutes = reader.number(2, 2);
    if (!minutes || *minutes > 59) return std::nullopt;
    offset_us = (west ? -1 : 1) * (*hours * kHourUs + *minutes * kMinuteUs);
  }
  if (!reader.at_end()) return std::nullopt;
  value->type = timestamp_ltz(value->type.precision, false);
  std::get<Int128>(value->data) -= offset_us;
  return value;
}

std::string date_text(int64_t days) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

std::string timestamp_text(int64_t microseconds, int precision) {
  int64_t days = microseconds / kDayUs;
  int64_t time = microseconds % kDayUs;
  if (time < 0) {
    time += kDayUs;
    --days;
  }
  std::string text = fmt::format("{} {:02}:{:02}:{:02}", date_text(days), time / kHourUs,
                                 time / kMinuteUs % 60, time / kSecondUs % 60);
  if (precision > 0) {
    text += "." + fmt::format("{:06}", time % kSecondUs).substr(0, static_cast<size_t>(precision));
  }
  return text;
}

namespace {

// The fields of an interval text, each with what stands before it and its greatest value when it is not the first.
struct FieldRule {
  char separator;
  int64_t unit;
  int64_t limit;
};
constexpr std::array<FieldRule, 6> kFields{{{'\0', 12, 0},
                                            {'-', 1, 11},
                                            {'\0', kDayUs, 0},
                                            {' ', kHourUs, 23},
                                            {':', kMinuteUs, 59},
                                            {':', kSecondUs, 59}}};

}  // namespace

std::optional<Value> parse_interval(std::string_view text, bool negative, IntervalField from,
                                    std::optional<IntervalField> to, int64_t times) {
  const IntervalField last = to.value_or(from);
  if (last < from || (from <= IntervalField::Month) != (last <= IntervalField::Month)) return std::nullopt;
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  Reader reader{text};
  if (reader.take('-'))
    negative = !negative;
  else
    reader.take('+');
  Int128 total = 0;
  for (auto field = from; field <= last; field = static_cast<IntervalField>(static_cast<int>(field) + 1)) {
    const FieldRule& rule = kFields[static_cast<size_t>(field)];
    if (field != from && !reader.take(rule.separator)) return std::nullopt;
    const auto value = reader.number(1, 10);
    if (!value || (field != from && *value > rule.limit)) return std::nullopt;
    total += Int128{*value} * rule.unit;
    if (field == IntervalField::Second && reader.take('.')) {
      int digits = 0;
      const auto fraction = reader.fraction(digits);
      if (!fraction) return std::nullopt;
      total += *fraction;
    }
  }
  if (!reader.at_end()) return std::nullopt;
  total *= negative ? -times : times;
  const bool months = from <= IntervalField::Month;
  const Int128 limit = months ? Int128{INT32_MAX} : Int128{INT64_MAX};
  if (total > limit || total < -limit) return std::nullopt;
  return Value{simple(months ? Kind::IntervalYearMonth : Kind::IntervalDayTime, false), total};
}

std::string duration_text(int64_t milliseconds) {
  if (milliseconds == 0) return "0 s";
  std::string text = milliseconds < 0 ? "-" : "";
  uint64_t rest =
      milliseconds < 0 ? -static_cast<uint64_t>(milliseconds) : static_cast<uint64_t>(milliseconds);
  struct Unit {
    std::string_view name;
    uint64_t milliseconds;
  };
  constexpr std::array<Unit, 5> units{
      {{"d", 86'400'000}, {"h", 3'600'000}, {"min", 60'000}, {"s", 1000}, {"ms", 1}}};
  bool first = true;
  for (const Unit& unit : units) {
    const uint64_t count = rest / unit.milliseconds;
    if (count == 0) continue;
    text += fmt::format("{}{} {}", first ? "" : " ", count, unit.name);
    rest %= unit.milliseconds;
    first = false;
  }
  return text;
}

}  // namespace weir::types
