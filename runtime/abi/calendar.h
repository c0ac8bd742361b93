// The proleptic Gregorian calendar, and timestamps as text. DATE is days, TIMESTAMP microseconds since 1970-01-01.
#pragma once

#include <cstdint>

#include "runtime/abi/decimal_text.h"

namespace weir::abi::calendar {

constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kMinute = 60 * kSecond;
constexpr int64_t kHour = 60 * kMinute;
constexpr int64_t kDay = 24 * kHour;

// What text may say: 0001-01-01 … 9999-12-31.
constexpr int32_t kFirstDay = -719162;
constexpr int32_t kLastDay = 2932896;

struct Date {
  int64_t year;
  int32_t month;  // 1…12
  int32_t day;    // 1…31
};

constexpr int64_t floor_divide(int64_t a, int64_t b) {
  return a / b - ((a % b != 0) && ((a < 0) != (b < 0)));
}
constexpr int64_t floor_modulo(int64_t a, int64_t b) { return a - floor_divide(a, b) * b; }

constexpr bool is_leap_year(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }
constexpr int32_t days_in_month(int64_t year, int32_t month) {
  return month == 2 ? 28 + is_leap_year(year) : 30 + ((month + (month > 7)) & 1);
}

// Years run from March here, so that the leap day is the last of a year; 400 years are 146097 days.
constexpr int64_t days_of(Date date) {
  const int64_t year = date.year - (date.month <= 2);
  const int64_t era = floor_divide(year, 400);
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

constexpr Date date_of(int64_t days) {
  const int64_t shifted = days + 719468;
  const int64_t era = floor_divide(shifted, 146097);
  const int64_t day_of_era = shifted - era * 146097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted_month = (5 * day_of_year + 2) / 153;
  const auto day = static_cast<int32_t>(day_of_year - (153 * shifted_month + 2) / 5 + 1);
  const auto month = static_cast<int32_t>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  return {era * 400 + year_of_era + (month <= 2), month, day};
}

// `months` later; the day is cut to the length of the month.
constexpr int64_t add_months(int64_t days, int64_t months) {
  Date date = date_of(days);
  const int64_t month = date.year * 12 + (date.month - 1) + months;
  date.year = floor_divide(month, 12);
  date.month = static_cast<int32_t>(floor_modulo(month, 12)) + 1;
  if (const int32_t length = days_in_month(date.year, date.month); date.day > length) date.day = length;
  return days_of(date);
}

constexpr int32_t day_of_year(int64_t days) {
  return static_cast<int32_t>(days - days_of({date_of(days).year, 1, 1})) + 1;
}
// ISO 8601: Monday is 1.
constexpr int32_t iso_day_of_week(int64_t days) {
  return static_cast<int32_t>(floor_modulo(days + 3, 7)) + 1;
}

struct IsoWeek {
  int64_t year;
  int32_t week;
};
// The week belongs to the year that its Thursday is in.
constexpr IsoWeek iso_week_of(int64_t days) {
  const int64_t thursday = days - iso_day_of_week(days) + 4;
  return {date_of(thursday).year, (day_of_year(thursday) - 1) / 7 + 1};
}

// ---- text --------------------------------------------------------------------------------------

constexpr int kMaxTextBytes = 40;  // quotes, a sign, seven digits of a year and an offset are in it

constexpr char* print_digits(int64_t value, int digits, char* out) {
  for (int i = digits - 1; i >= 0; --i, value /= 10) out[i] = static_cast<char>('0' + value % 10);
  return out + digits;
}

constexpr char* print_year(int64_t year, char* out) {
  if (year < 0)
    *out++ = '-', year = -year;
  else if (year > 9999)
    *out++ = '+';
  return year > 9999 ? decimal::print_unsigned(static_cast<uint64_t>(year), out) : print_digits(year, 4, out);
}

// 2026-01-31
constexpr char* print_date(int64_t days, char* out) {
  const Date date = date_of(days);
  out = print_year(date.year, out);
  *out++ = '-';
  out = print_digits(date.month, 2, out);
  *out++ = '-';
  return print_digits(date.day, 2, out);
}

// 2026-01-31 08:00:00.250 with exactly `fraction_digits` (0…6) digits of a second, cut
constexpr char* print_timestamp(int64_t us, int fraction_digits, char separator, char* out) {
  const int64_t days = floor_divide(us, kDay);
  int64_t rest = us - days * kDay;
  out = print_date(days, out);
  *out++ = separator;
  out = print_digits(rest / kHour, 2, out);
  *out++ = ':';
  out = print_digits(rest / kMinute % 60, 2, out);
  *out++ = ':';
  out = print_digits(rest / kSecond % 60, 2, out);
  if (fraction_digits > 0) {
    *out++ = '.';
    int64_t fraction = rest % kSecond;
    for (int i = fraction_digits; i < 6; ++i) fraction /= 10;
    out = print_digits(fraction, fraction_digits, out);
  }
  return out;
}

// Digits of a second that are not trailing zeros.
constexpr int fraction_digits(int64_t us) {
  int64_t fraction = floor_modulo(us, kSecond);
  int digits = fraction == 0 ? 0 : 6;
  for (; digits > 0 && fraction % 10 == 0; fraction /= 10) --digits;
  return digits;
}

// Takes `least`…`most` digits off the front.
constexpr bool take_number(const char*& at, const char* end, int least, int most, int64_t* value) {
  int digits = 0;
  *value = 0;
  for (; digits < most && at != end && *at >= '0' && *at <= '9'; ++digits, ++at)
    *value = *value * 10 + (*at - '0');
  return digits >= least;
}
constexpr bool take_character(const char*& at, const char* end, char wanted) {
  if (at == end || *at != wanted) return false;
  ++at;
  return true;
}

// A date of the years 0001…9999: yyyy-MM-dd, month and day may be of one digit.
constexpr bool take_date(const char*& at, const char* end, int64_t* days) {
  int64_t year = 0, month = 0, day = 0;
  if (!take_number(at, end, 4, 4, &year) || !take_character(at, end, '-') ||
      !take_number(at, end, 1, 2, &month) || !take_character(at, end, '-') ||
      !take_number(at, end, 1, 2, &day)) {
    return false;
  }
  if (year == 0 || month < 1 || month > 12 || day < 1 ||
      day > days_in_month(year, static_cast<int32_t>(month))) {
    return false;
  }
  *days = days_of({year, static_cast<int32_t>(month), static_cast<int32_t>(day)});
  return true;
}

// HH:mm[:ss[.fraction of 0…9 digits]], in microseconds of the day; digits behind the sixth are cut.
constexpr bool take_time(const char*& at, const char* end, int64_t* us) {
  int64_t hour = 0, minute = 0, second = 0, fraction = 0;
  if (!take_number(at, end, 1, 2, &hour) || !take_character(at, end, ':') ||
      !take_number(at, end, 1, 2, &minute)) {
    return false;
  }
  if (take_character(at, end, ':')) {
    if (!take_number(at, end, 1, 2, &second)) return false;
    if (take_character(at, end, '.')) {
      const char* const start = at;
      if (!take_number(at, end, 0, 9, &fraction)) return false;
      for (auto digits = at - start; digits < 6; ++digits) fraction *= 10;
      for (auto digits = at - start; digits > 6; --digits) fraction /= 10;
    }
  }
  if (hour > 23 || minute > 59 || second > 59) return false;
  *us = hour * kHour + minute * kMinute + second * kSecond + fraction;
  return true;
}

// A date, or a date and a time behind ' ' or 'T'.
constexpr bool take_timestamp(const char*& at, const char* end, int64_t* us) {
  int64_t days = 0, time = 0;
  if (!take_date(at, end, &days)) return false;
  if (at != end && (*at == ' ' || *at == 'T')) {
    ++at;
    if (!take_time(at, end, &time)) return false;
  }
  *us = days * kDay + time;
  return true;
}

// Cuts to `precision` digits of a second, towards the past.
constexpr int64_t cut_to_precision(int64_t us, int precision) {
  int64_t unit = 1;
  for (int i = precision; i < 6; ++i) unit *= 10;
  return us - floor_modulo(us, unit);
}

}  // namespace weir::abi::calendar
