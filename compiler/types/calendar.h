// Texts of DATE, TIMESTAMP and INTERVAL literals, and back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/types/value.h"

namespace weir::types {

// '2026-01-31'; years 0001 … 9999. A DATE.
std::optional<Value> parse_date(std::string_view text);
// '2026-01-31 08:00:00.123', a date alone too, `T` for the blank; the type is TIMESTAMP(number of fraction digits), at most 6
// of 9 digits are kept.
std::optional<Value> parse_timestamp(std::string_view text);
// As parse_timestamp, with `Z` or an offset at the end; text without one is in the zone `offset_us` east of UTC.
std::optional<Value> parse_timestamp_ltz(std::string_view text, int64_t offset_us);

std::string date_text(int64_t days);
std::string timestamp_text(int64_t microseconds, int precision);

enum class IntervalField : uint8_t { Year, Month, Day, Hour, Minute, Second };
// INTERVAL 'text' FROM [TO to], `times` as long: an INTERVAL_YEAR_MONTH or INTERVAL_DAY_TIME. Nullopt: the text does not fit
// the fields, or the interval does not fit its type.
std::optional<Value> parse_interval(std::string_view text, bool negative, IntervalField from,
                                    std::optional<IntervalField> to, int64_t times = 1);

// "5 min", "1 h 30 min": for messages and names of operators.
std::string duration_text(int64_t milliseconds);

}  // namespace weir::types
