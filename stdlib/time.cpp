// Fields of a time, differences, sums, rounding to a unit. Units come as text constants, which inlining folds away.
#include "runtime/abi/calendar.h"
#include "stdlib/text.h"

using namespace weir::stdlib;
namespace calendar = weir::abi::calendar;

namespace {

using calendar::floor_divide;
using calendar::floor_modulo;
using calendar::kDay;
using calendar::kHour;
using calendar::kMinute;
using calendar::kSecond;

template <uint64_t Size>
bool is(StringRef unit, const char (&name)[Size]) {
  return unit.size == Size - 1 && __builtin_memcmp(unit.data, name, Size - 1) == 0;
}

// Units of a fixed length in microseconds; 0 for the others.
int64_t length_of(StringRef unit) {
  if (is(unit, "MICROSECOND")) return 1;
  if (is(unit, "MILLISECOND")) return 1000;
  if (is(unit, "SECOND")) return kSecond;
  if (is(unit, "MINUTE")) return kMinute;
  if (is(unit, "HOUR")) return kHour;
  if (is(unit, "DAY")) return kDay;
  if (is(unit, "WEEK")) return 7 * kDay;
  return 0;
}

// Units that are so many months; 0 for the others.
int64_t months_of(StringRef unit) {
  if (is(unit, "MONTH")) return 1;
  if (is(unit, "QUARTER")) return 3;
  if (is(unit, "YEAR")) return 12;
  if (is(unit, "DECADE")) return 120;
  if (is(unit, "CENTURY")) return 1200;
  if (is(unit, "MILLENNIUM")) return 12000;
  return 0;
}

int64_t extract(StringRef unit, int64_t us) {
  if (is(unit, "HOUR")) return floor_modulo(us, kDay) / kHour;
  if (is(unit, "MINUTE")) return floor_modulo(us, kHour) / kMinute;
  if (is(unit, "SECOND")) return floor_modulo(us, kMinute) / kSecond;
  if (is(unit, "MILLISECOND")) return floor_modulo(us, kMinute) / 1000;
  if (is(unit, "MICROSECOND")) return floor_modulo(us, kMinute);
  if (is(unit, "EPOCH")) return floor_divide(us, kSecond);
  const int64_t days = floor_divide(us, kDay);
  const calendar::Date date = calendar::date_of(days);
  if (is(unit, "DAY")) return date.day;
  if (is(unit, "MONTH")) return date.month;
  if (is(unit, "YEAR")) return date.year;
  if (is(unit, "QUARTER")) return (date.month + 2) / 3;
  if (is(unit, "WEEK")) return calendar::iso_week_of(days).week;
  if (is(unit, "ISOYEAR")) return calendar::iso_week_of(days).year;
  if (is(unit, "DOY")) return calendar::day_of_year(days);
  if (is(unit, "DOW")) return calendar::iso_day_of_week(days) % 7 + 1;
  if (is(unit, "ISODOW")) return calendar::iso_day_of_week(days);
  if (is(unit, "DECADE")) return floor_divide(date.year, 10);
  if (is(unit, "CENTURY")) return date.year > 0 ? (date.year + 99) / 100 : (date.year - 99) / 100;
  if (is(unit, "MILLENNIUM")) return date.year > 0 ? (date.year + 999) / 1000 : (date.year - 999) / 1000;
  return 0;
}

// Whole months from a to b, towards zero: the last is whole once b has reached the day and time of a.
int64_t months_between(int64_t a, int64_t b) {
  if (b < a) return -months_between(b, a);
  const int64_t a_days = floor_divide(a, kDay), b_days = floor_divide(b, kDay);
  const calendar::Date from = calendar::date_of(a_days), to = calendar::date_of(b_days);
  int64_t months = (to.year - from.year) * 12 + (to.month - from.month);
  const int64_t reached = calendar::add_months(a_days, months);
  if (reached > b_days || (reached == b_days && b - b_days * kDay < a - a_days * kDay)) --months;
  return months;
}

Status add_unit(StringRef unit, int64_t count, int64_t us, int64_t* result) {
  if (const int64_t length = length_of(unit); length != 0) {
    int64_t distance = 0;
    const bool overflow =
        __builtin_mul_overflow(count, length, &distance) || __builtin_add_overflow(us, distance, result);
    return overflow ? Status::Overflow : Status::Value;
  }
  const int64_t months = months_of(unit);
  if (months == 0) return Status::BadArgument;
  const int64_t days = floor_divide(us, kDay);
  int64_t at = 0;
  const bool overflow = __builtin_mul_overflow(calendar::add_months(days, count * months), kDay, &at) ||
                        __builtin_add_overflow(at, us - days * kDay, result);
  return overflow ? Status::Overflow : Status::Value;
}

// The beginning of the unit that holds the day. Weeks begin on Sunday, centuries with the year 1 (2001), as Calcite has it.
Status floor_day(StringRef unit, int64_t days, int64_t* result) {
  const calendar::Date date = calendar::date_of(days);
  if (is(unit, "WEEK")) return *result = days - calendar::iso_day_of_week(days) % 7, Status::Value;
  if (is(unit, "MONTH")) return *result = calendar::days_of({date.year, date.month, 1}), Status::Value;
  if (is(unit, "QUARTER"))
    return *result = calendar::days_of({date.year, (date.month - 1) / 3 * 3 + 1, 1}), Status::Value;
  if (is(unit, "YEAR")) return *result = calendar::days_of({date.year, 1, 1}), Status::Value;
  int64_t year = 0;
  if (is(unit, "DECADE"))
    year = floor_divide(date.year, 10) * 10;
  else if (is(unit, "CENTURY"))
    year = floor_divide(date.year - 1, 100) * 100 + 1;
  else if (is(unit, "MILLENNIUM"))
    year = floor_divide(date.year - 1, 1000) * 1000 + 1;
  else
    return Status::BadArgument;
  *result = calendar::days_of({year, 1, 1});
  return Status::Value;
}

Status floor_time(StringRef unit, int64_t us, int64_t* result) {
  if (const int64_t length = length_of(unit); length != 0 && !is(unit, "WEEK")) {
    return __builtin_sub_overflow(us, floor_modulo(us, length), result) ? Status::Overflow : Status::Value;
  }
  int64_t days = 0;
  if (const Status status = floor_day(unit, floor_divide(us, kDay), &days); status != Status::Value)
    return status;
  return __builtin_mul_overflow(days, kDay, result) ? Status::Overflow : Status::Value;
}

Status ceil_time(StringRef unit, int64_t us, int64_t* result) {
  int64_t begin = 0;
  if (const Status status = floor_time(unit, us, &begin); status != Status::Value) return status;
  if (begin == us) return *result = us, Status::Value;
  return add_unit(unit, 1, begin, result);
}

}  // namespace

WEIR_FUNCTION("EXTRACT(STRING, TIMESTAMP) -> BIGINT",
              "`EXTRACT(unit FROM time)`: YEAR, QUARTER, MONTH, WEEK (ISO), DAY, DOW (Sunday is 1), ISODOW, "
              "DOY, HOUR, MINUTE, "
              "SECOND, MILLISECOND and MICROSECOND (of the minute), EPOCH (seconds), ISOYEAR, DECADE, "
              "CENTURY, MILLENNIUM.",
              "EXTRACT(MONTH FROM TIMESTAMP '2026-03-08 10:00:00') = 3")
int64_t weir_fn_extract(Context*, StringRef unit, int64_t us) { return extract(unit, us); }

WEIR_FUNCTION("EXTRACT(STRING, DATE) -> BIGINT", "The same of a date.",
              "EXTRACT(DOY FROM DATE '2026-02-01') = 32")
int64_t weir_fn_extract_date(Context*, StringRef unit, int32_t days) { return extract(unit, days * kDay); }

WEIR_FUNCTION("TIMESTAMPDIFF(STRING, TIMESTAMP, TIMESTAMP) -> INT [fails]",
              "`TIMESTAMPDIFF(unit, a, b)`: the whole units from a to b, towards zero: SECOND, MINUTE, HOUR, "
              "DAY, WEEK, MONTH, "
              "QUARTER, YEAR; fails if an INT cannot hold them.",
              "TIMESTAMPDIFF(DAY, TIMESTAMP '2003-01-02 10:00:00', TIMESTAMP '2003-01-03 10:00:00') = 1")
Status weir_fn_timestampdiff(Context*, StringRef unit, int64_t a, int64_t b, int32_t* result) {
  int64_t difference = 0, units = 0;
  if (const int64_t length = length_of(unit); length != 0) {
    if (__builtin_sub_overflow(b, a, &difference)) return Status::Overflow;
    units = difference / length;
  } else if (const int64_t months = months_of(unit); months != 0) {
    units = months_between(a, b) / months;
  } else {
    return Status::BadArgument;
  }
  *result = static_cast<int32_t>(units);
  return *result == units ? Status::Value : Status::Overflow;
}

WEIR_FUNCTION("TIMESTAMPADD(STRING, INT, TIMESTAMP) -> $3 [fails]",
              "`TIMESTAMPADD(unit, count, time)`: so many units later; a day that the month does not have "
              "becomes its last.",
              "TIMESTAMPADD(MONTH, 1, TIMESTAMP '2026-01-31 12:00:00') = TIMESTAMP '2026-02-28 12:00:00'")
Status weir_fn_timestampadd(Context*, StringRef unit, int32_t count, int64_t us, int64_t* result) {
  return add_unit(unit, count, us, result);
}

WEIR_FUNCTION("TIMESTAMPADD(STRING, INT, DATE) -> DATE [fails]",
              "So many days, weeks, months or years after a date.",
              "TIMESTAMPADD(WEEK, 1, DATE '2003-01-02') = DATE '2003-01-09'")
Status weir_fn_timestampadd_date(Context*, StringRef unit, int32_t count, int32_t days, int32_t* result) {
  if (const int64_t length = length_of(unit); length != 0 && length < kDay) return Status::BadArgument;
  int64_t us = 0;
  if (const Status status = add_unit(unit, count, days * kDay, &us); status != Status::Value) return status;
  *result = static_cast<int32_t>(floor_divide(us, kDay));
  return Status::Value;
}

WEIR_FUNCTION("FLOOR_TIME(STRING, TIMESTAMP) -> $2 [fails]",
              "`FLOOR(time TO unit)`: the beginning of the unit; a WEEK begins on Sunday.",
              "FLOOR(TIMESTAMP '2026-03-08 12:44:31' TO HOUR) = TIMESTAMP '2026-03-08 12:00:00'")
Status weir_fn_floor_time(Context*, StringRef unit, int64_t us, int64_t* result) {
  return floor_time(unit, us, result);
}

WEIR_FUNCTION("FLOOR_TIME(STRING, DATE) -> DATE [fails]", "The same of a date.",
              "FLOOR(DATE '2026-03-08' TO MONTH) = DATE '2026-03-01'")
Status weir_fn_floor_date(Context*, StringRef unit, int32_t days, int32_t* result) {
  int64_t us = 0;
  if (const Status status = floor_time(unit, days * kDay, &us); status != Status::Value) return status;
  *result = static_cast<int32_t>(floor_divide(us, kDay));
  return Status::Value;
}

WEIR_FUNCTION("CEIL_TIME(STRING, TIMESTAMP) -> $2 [fails]",
              "`CEIL(time TO unit)`: the end of the unit, or the time itself where it is one.",
              "CEIL(TIMESTAMP '2026-03-08 12:44:31' TO MINUTE) = TIMESTAMP '2026-03-08 12:45:00'")
Status weir_fn_ceil_time(Context*, StringRef unit, int64_t us, int64_t* result) {
  return ceil_time(unit, us, result);
}

WEIR_FUNCTION("CEIL_TIME(STRING, DATE) -> DATE [fails]", "The same of a date.",
              "CEIL(DATE '2026-03-08' TO YEAR) = DATE '2027-01-01'")
Status weir_fn_ceil_date(Context*, StringRef unit, int32_t days, int32_t* result) {
  int64_t us = 0;
  if (const Status status = ceil_time(unit, days * kDay, &us); status != Status::Value) return status;
  *result = static_cast<int32_t>(floor_divide(us, kDay));
  return Status::Value;
}

// ---- numbers as times --------------------------------------------------------------------------

WEIR_FUNCTION(
    "TO_TIMESTAMP_LTZ(BIGINT, INT) -> TIMESTAMP_LTZ(3) [fails]",
    "The instant so many seconds (precision 0) or milliseconds (precision 3) after 1970-01-01 00:00:00 UTC.",
    "TO_TIMESTAMP_LTZ(1000, 3) = TO_TIMESTAMP_LTZ(1, 0)")
Status weir_fn_to_timestamp_ltz(Context*, int64_t value, int32_t precision, int64_t* result) {
  if (precision != 0 && precision != 3) return Status::BadArgument;
  return __builtin_mul_overflow(value, precision == 0 ? kSecond : int64_t{1000}, result) ? Status::Overflow
                                                                                         : Status::Value;
}

WEIR_FUNCTION("TO_TIMESTAMP_LTZ(BIGINT) -> TIMESTAMP_LTZ(3) [fails]",
              "The instant so many milliseconds after 1970-01-01 00:00:00 UTC.",
              "TO_TIMESTAMP_LTZ(1000) = TO_TIMESTAMP_LTZ(1, 0)")
Status weir_fn_to_timestamp_ltz_ms(Context*, int64_t value, int64_t* result) {
  return __builtin_mul_overflow(value, int64_t{1000}, result) ? Status::Overflow : Status::Value;
}

// ---- the clock: one reading per batch of records -----------------------------------------------

namespace {
int64_t now(const Context* context) {
  return context->processing_time_us - floor_modulo(context->processing_time_us, 1000);
}
}  // namespace

#define WEIR_NOW(NAME, name)                                                        \
  WEIR_FUNCTION(NAME "() -> TIMESTAMP_LTZ(3) [volatile]", "The time by the clock.", \
                NAME "() > TO_TIMESTAMP_LTZ(0, 3)")                                 \
  int64_t weir_fn_##name(Context* context) { return now(context); }
WEIR_NOW("NOW", now)
WEIR_NOW("CURRENT_TIMESTAMP", current_timestamp)
WEIR_NOW("CURRENT_ROW_TIMESTAMP", current_row_timestamp)

WEIR_FUNCTION("LOCALTIMESTAMP() -> TIMESTAMP(3) [volatile, zone]",
              "The time by the clock in `table.local-time-zone`.",
              "LOCALTIMESTAMP > TIMESTAMP '2020-01-01 00:00:00'")
int64_t weir_fn_localtimestamp(Context* context, int64_t zone_offset_us) {
  return now(context) + zone_offset_us;
}

WEIR_FUNCTION("CURRENT_DATE() -> DATE [volatile, zone]", "The date by the clock in `table.local-time-zone`.",
              "CURRENT_DATE > DATE '2020-01-01'")
int32_t weir_fn_current_date(Context* context, int64_t zone_offset_us) {
  return static_cast<int32_t>(floor_divide(now(context) + zone_offset_us, kDay));
}

WEIR_FUNCTION("UNIX_TIMESTAMP() -> BIGINT [volatile]",
              "The seconds since 1970-01-01 00:00:00 UTC by the clock.", "UNIX_TIMESTAMP() > 0")
int64_t weir_fn_unix_timestamp(Context* context) { return floor_divide(now(context), kSecond); }
