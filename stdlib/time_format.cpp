// Times as text by Java's patterns (DateTimeFormatter), and back.
//
// y u year · M L month · d day · D day of the year · Q q quarter · E day of the week · a AM or PM · H 0–23 · k 1–24 · K 0–11 ·
// h 1–12 · m minute · s second · S digits of the fraction · A millisecond of the day · n nanosecond of the second · 'text'
#include "runtime/abi/calendar.h"
#include "stdlib/text.h"

using namespace weir::stdlib;
namespace calendar = weir::abi::calendar;
namespace decimal = weir::abi::decimal;

namespace {

using calendar::floor_divide;
using calendar::kDay;
using calendar::kHour;
using calendar::kMinute;
using calendar::kSecond;

constexpr const char* kMonths[] = {"January", "February", "March",     "April",   "May",      "June",
                                   "July",    "August",   "September", "October", "November", "December"};
constexpr const char* kWeekdays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                     "Friday", "Saturday", "Sunday"};

// A run of one letter, or literal text.
struct Token {
  char letter;  // 0: literal
  uint32_t count;
  const char* text;
  uint64_t size;
};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Takes a token off the front of the pattern; `'it''s'` comes in parts. False: a quote is not closed.
bool take_token(StringRef& pattern, bool& in_quotes, Token* token) {
  const char c = pattern.data[0];
  const auto advance = [&](uint64_t bytes) { pattern = {pattern.data + bytes, pattern.size - bytes}; };
  if (c == '\'') {
    if (pattern.size > 1 && pattern.data[1] == '\'') {
      *token = {0, 0, pattern.data, 1};
      advance(2);
      return true;
    }
    in_quotes = !in_quotes;
    *token = {0, 0, pattern.data, 0};
    advance(1);
    return !in_quotes || pattern.size != 0;
  }
  if (in_quotes || !is_letter(c)) {
    *token = {0, 0, pattern.data, 1};
    advance(1);
    return !in_quotes || pattern.size != 0;
  }
  uint32_t count = 1;
  while (count < pattern.size && pattern.data[count] == c) ++count;
  *token = {c, count, pattern.data, count};
  advance(count);
  return true;
}

char* put_text(const char* text, uint64_t most, char* out) {
  for (uint64_t i = 0; text[i] != 0 && i < most; ++i) *out++ = text[i];
  return out;
}

// At least `count` digits.
char* put_number(int64_t value, uint32_t count, char* out) {
  if (value < 0) *out++ = '-', value = -value;
  char digits[20];
  const auto size =
      static_cast<uint32_t>(decimal::print_unsigned(static_cast<uint64_t>(value), digits) - digits);
  for (uint32_t i = size; i < count; ++i) *out++ = '0';
  std::memcpy(out, digits, size);
  return out + size;
}

constexpr uint32_t kMostLetters = 19;  // in a run

// False: the letter stands for nothing, or not so often.
bool put_field(const Token& token, int64_t us, char*& out) {
  const int64_t days = floor_divide(us, kDay), time = us - days * kDay;
  const calendar::Date date = calendar::date_of(days);
  const uint32_t count = token.count;
  const auto number = [&](int64_t value, uint32_t most) {
    if (count > most) return false;
    out = put_number(value, count, out);
    return true;
  };
  switch (token.letter) {
    case 'y':
    case 'u': {
      const int64_t year = token.letter == 'y' && date.year <= 0 ? 1 - date.year : date.year;
      if (count == 2) return out = put_number(calendar::floor_modulo(year, 100), 2, out), true;
      return number(year, kMostLetters);
    }
    case 'M':
    case 'L':
      if (count <= 2) return number(date.month, 2);
      if (count > 4) return false;
      return out = put_text(kMonths[date.month - 1], count == 3 ? 3 : UINT64_MAX, out), true;
    case 'd': return number(date.day, 2);
    case 'D': return number(calendar::day_of_year(days), 3);
    case 'Q':
    case 'q': return number((date.month + 2) / 3, 2);
    case 'E':
      if (count > 4) return false;
      return out = put_text(kWeekdays[calendar::iso_day_of_week(days) - 1], count == 4 ? UINT64_MAX : 3, out),
             true;
    case 'a':
      if (count != 1) return false;
      return out = put_text(time / kHour < 12 ? "AM" : "PM", 2, out), true;
    case 'H': return number(time / kHour, 2);
    case 'k': return number(time / kHour == 0 ? 24 : time / kHour, 2);
    case 'K': return number(time / kHour % 12, 2);
    case 'h': return number((time / kHour + 11) % 12 + 1, 2);
    case 'm': return number(time / kMinute % 60, 2);
    case 's': return number(time / kSecond % 60, 2);
    case 'S': {
      if (count > 9) return false;
      char digits[9];
      calendar::print_digits(time % kSecond * 1000, 9, digits);
      std::memcpy(out, digits, count);
      out += count;
      return true;
    }
    case 'A': return number(time / 1000, kMostLetters);
    case 'n': return number(time % kSecond * 1000, kMostLetters);
    default: return false;
  }
}

Status format(Context* context, int64_t us, StringRef pattern, StringRef* result) {
  // The longest is "September" or "Wednesday" of four letters, a year of seven digits of one.
  char* const made = weir::abi::allocate(context, pattern.size * 8 + 16);
  char* out = made;
  bool in_quotes = false;
  while (pattern.size != 0) {
    Token token{};
    if (!take_token(pattern, in_quotes, &token)) return Status::BadArgument;
    if (token.letter == 0) {
      std::memcpy(out, token.text, token.size);
      out += token.size;
    } else if (!put_field(token, us, out)) {
      return Status::BadArgument;
    }
  }
  *result = {made, static_cast<uint64_t>(out - made)};
  return Status::Value;
}

// ---- parsing -----------------------------------------------------------------------------------

struct Fields {
  int64_t year = 1970, month = 1, day = 1, day_of_year = 0;
  int64_t hour = 0, half_hour = -1, minute = 0, second = 0, fraction_us = 0;
  int half = -1;  // 0: AM, 1: PM
};

bool equal_ignoring_case(const char* at, const char* end, const char* word, uint64_t size) {
  if (static_cast<uint64_t>(end - at) < size) return false;
  for (uint64_t i = 0; i < size; ++i) {
    if ((at[i] | 0x20) != (word[i] | 0x20)) return false;
  }
  return true;
}

// The index of the name at `at`, in full or by its first three letters.
bool take_name(const char*& at, const char* end, const char* const* names, int count, int64_t* index) {
  for (int i = 0; i < count; ++i) {
    for (const uint64_t size : {static_cast<uint64_t>(std::strlen(names[i])), uint64_t{3}}) {
      if (!equal_ignoring_case(at, end, names[i], size)) continue;
      at += size;
      *index = i;
      return true;
    }
  }
  return false;
}

bool is_number(const Token& token) {
  return token.letter != 0 && token.letter != 'E' && token.letter != 'a' &&
         !((token.letter == 'M' || token.letter == 'L') && token.count > 2);
}

enum class Taken : uint8_t { Fine, NoMatch, BadPattern };

// `fixed`: another number follows at once, so this one has as many digits as letters.
Taken take_field(const Token& token, bool fixed, const char*& at, const char* end, Fields* fields) {
  const int count = static_cast<int>(token.count);
  const auto number = [&](int64_t* value, int most) {
    return calendar::take_number(at, end, fixed ? count : 1, fixed ? count : most, value) ? Taken::Fine
                                                                                          : Taken::NoMatch;
  };
  switch (token.letter) {
    case 'y':
    case 'u': {
      const Taken taken = number(&fields->year, 9);
      if (count == 2 && fields->year < 100) fields->year += 2000;
      return taken;
    }
    case 'M':
    case 'L':
      if (count <= 2) return number(&fields->month, 2);
      if (!take_name(at, end, kMonths, 12, &fields->month)) return Taken::NoMatch;
      ++fields->month;
      return Taken::Fine;
    case 'd': return number(&fields->day, 2);
    case 'D': return number(&fields->day_of_year, 3);
    case 'E': {
      int64_t ignored = 0;
      return take_name(at, end, kWeekdays, 7, &ignored) ? Taken::Fine : Taken::NoMatch;
    }
    case 'a':
      if (!equal_ignoring_case(at, end, "am", 2) && !equal_ignoring_case(at, end, "pm", 2))
        return Taken::NoMatch;
      fields->half = (*at | 0x20) == 'p';
      at += 2;
      return Taken::Fine;
    case 'H': return number(&fields->hour, 2);
    case 'k': {
      const Taken taken = number(&fields->hour, 2);
      if (taken == Taken::Fine && (fields->hour < 1 || fields->hour > 24)) return Taken::NoMatch;
      fields->hour %= 24;
      return taken;
    }
    case 'K': return number(&fields->half_hour, 2);
    case 'h': {
      const Taken taken = number(&fields->half_hour, 2);
      if (taken == Taken::Fine && (fields->half_hour < 1 || fields->half_hour > 12)) return Taken::NoMatch;
      fields->half_hour %= 12;
      return taken;
    }
    case 'm': return number(&fields->minute, 2);
    case 's': return number(&fields->second, 2);
    case 'S': {
      const char* const start = at;
      const Taken taken = number(&fields->fraction_us, 9);
      for (auto digits = at - start; digits < 6; ++digits) fields->fraction_us *= 10;
      for (auto digits = at - start; digits > 6; --digits) fields->fraction_us /= 10;
      return taken;
    }
    default: return Taken::BadPattern;
  }
}

// Status::Null where the text does not match or says no date of the years 1…9999.
Status parse(StringRef text, StringRef pattern, int64_t* us) {
  const char* at = text.data;
  const char* const end = text.data + text.size;
  Fields fields;
  bool in_quotes = false, matches = true;
  while (pattern.size != 0) {
    Token token{};
    if (!take_token(pattern, in_quotes, &token)) return Status::BadArgument;
    if (token.letter == 0) {
      for (uint64_t i = 0; i < token.size && matches; ++i)
        matches = calendar::take_character(at, end, token.text[i]);
      continue;
    }
    Token next{};
    if (pattern.size != 0 && !in_quotes) {
      StringRef rest = pattern;
      bool quotes = false;
      take_token(rest, quotes, &next);
    }
    // A pattern is judged as a whole, whatever the text is.
    const char* nowhere = end;
    Fields ignored;
    const Taken taken = matches ? take_field(token, is_number(token) && is_number(next), at, end, &fields)
                                : take_field(token, false, nowhere, end, &ignored);
    if (taken == Taken::BadPattern) return Status::BadArgument;
    matches = matches && taken == Taken::Fine;
  }
  if (!matches || at != end) return Status::Null;
  if (fields.half_hour >= 0)
    fields.hour = fields.half_hour + (fields.half == 1 ? 12 : 0);
  else if (fields.half == 1 && fields.hour < 12)
    fields.hour += 12;
  if (fields.year < 1 || fields.year > 9999 || fields.month < 1 || fields.month > 12 || fields.day < 1 ||
      fields.day > calendar::days_in_month(fields.year, static_cast<int32_t>(fields.month)) ||
      fields.hour > 23 || fields.minute > 59 || fields.second > 59 ||
      fields.day_of_year > 365 + calendar::is_leap_year(fields.year)) {
    return Status::Null;
  }
  int64_t days =
      calendar::days_of({fields.year, static_cast<int32_t>(fields.month), static_cast<int32_t>(fields.day)});
  if (fields.day_of_year > 0) days = calendar::days_of({fields.year, 1, 1}) + fields.day_of_year - 1;
  *us = days * kDay + fields.hour * kHour + fields.minute * kMinute + fields.second * kSecond +
        fields.fraction_us;
  return Status::Value;
}

// yyyy-MM-dd[ HH:mm[:ss[.fraction]]]
bool parse_default(StringRef text, int64_t* us) {
  const char* at = text.data;
  const char* const end = text.data + text.size;
  int64_t days = 0, time = 0;
  if (!calendar::take_date(at, end, &days)) return false;
  if (at != end && (!calendar::take_character(at, end, ' ') || !calendar::take_time(at, end, &time)))
    return false;
  *us = days * kDay + time;
  return at == end;
}

constexpr StringRef kDefaultPattern{"yyyy-MM-dd HH:mm:ss", 19};

}  // namespace

WEIR_FUNCTION(
    "DATE_FORMAT(TIMESTAMP, STRING) -> STRING [fails]",
    "The time by a Java pattern (y M d D Q E a H k K h m s S A n, 'text'); fails for other letters.",
    "DATE_FORMAT(TIMESTAMP '2026-03-08 09:05:00', 'EEE dd.MM.yyyy HH:mm') = 'Sun 08.03.2026 09:05'")
Status weir_fn_date_format(Context* context, int64_t us, StringRef pattern, StringRef* result) {
  return format(context, us, pattern, result);
}

WEIR_FUNCTION("DATE_FORMAT(STRING, STRING) -> STRING [nullable, fails]",
              "The same of a time as text; NULL if it is none.",
              "DATE_FORMAT('2026-03-08 09:05:00', 'yyyyMMdd') = '20260308'")
Status weir_fn_date_format_text(Context* context, StringRef text, StringRef pattern, StringRef* result) {
  int64_t us = 0;
  if (!parse_default(trim_spaces(text), &us)) return Status::Null;
  return format(context, us, pattern, result);
}

WEIR_FUNCTION("TO_TIMESTAMP(STRING) -> TIMESTAMP(3) [nullable]",
              "Of `yyyy-MM-dd HH:mm:ss.SSS` (the time may be left out); NULL if it is something else.",
              "TO_TIMESTAMP('2026-03-08 09:05:00') = TIMESTAMP '2026-03-08 09:05:00'")
Status weir_fn_to_timestamp(Context*, StringRef text, int64_t* result) {
  if (!parse_default(trim_spaces(text), result)) return Status::Null;
  *result = calendar::cut_to_precision(*result, 3);
  return Status::Value;
}

WEIR_FUNCTION("TO_TIMESTAMP(STRING, STRING) -> TIMESTAMP(3) [nullable, fails]",
              "By a Java pattern; NULL if the text does not match, fails if the pattern is wrong.",
              "TO_TIMESTAMP('08/03/2026 9.05 PM', 'dd/MM/yyyy h.mm a') = TIMESTAMP '2026-03-08 21:05:00'")
Status weir_fn_to_timestamp_format(Context*, StringRef text, StringRef pattern, int64_t* result) {
  const Status status = parse(text, pattern, result);
  if (status == Status::Value) *result = calendar::cut_to_precision(*result, 3);
  return status;
}

WEIR_FUNCTION("TO_DATE(STRING) -> DATE [nullable]", "Of `yyyy-MM-dd`; NULL if it is something else.",
              "TO_DATE('2026-03-08') = DATE '2026-03-08'")
Status weir_fn_to_date(Context*, StringRef text, int32_t* result) {
  int64_t us = 0;
  if (!parse_default(trim_spaces(text), &us)) return Status::Null;
  *result = static_cast<int32_t>(floor_divide(us, kDay));
  return Status::Value;
}

WEIR_FUNCTION("TO_DATE(STRING, STRING) -> DATE [nullable, fails]",
              "By a Java pattern; NULL if the text does not match, fails if the pattern is wrong.",
              "TO_DATE('8. March 2026', 'd. MMMM yyyy') = DATE '2026-03-08'")
Status weir_fn_to_date_format(Context*, StringRef text, StringRef pattern, int32_t* result) {
  int64_t us = 0;
  const Status status = parse(text, pattern, &us);
  if (status == Status::Value) *result = static_cast<int32_t>(floor_divide(us, kDay));
  return status;
}

WEIR_FUNCTION(
    "UNIX_TIMESTAMP(STRING) -> BIGINT [nullable, zone]",
    "The seconds since 1970-01-01 00:00:00 UTC of a time in `table.local-time-zone`; NULL if it is none.",
    "UNIX_TIMESTAMP('1970-01-02 00:00:00') - UNIX_TIMESTAMP('1970-01-01 00:00:00') = 86400")
Status weir_fn_unix_timestamp_text(Context*, StringRef text, int64_t zone_offset_us, int64_t* result) {
  int64_t us = 0;
  if (!parse_default(trim_spaces(text), &us)) return Status::Null;
  *result = floor_divide(us - zone_offset_us, kSecond);
  return Status::Value;
}

WEIR_FUNCTION(
    "UNIX_TIMESTAMP(STRING, STRING) -> BIGINT [nullable, fails, zone]",
    "The same by a Java pattern; NULL if the text does not match, fails if the pattern is wrong.",
    "UNIX_TIMESTAMP('02.01.1970', 'dd.MM.yyyy') - UNIX_TIMESTAMP('01.01.1970', 'dd.MM.yyyy') = 86400")
Status weir_fn_unix_timestamp_format(Context*, StringRef text, StringRef pattern, int64_t zone_offset_us,
                                     int64_t* result) {
  int64_t us = 0;
  const Status status = parse(text, pattern, &us);
  if (status == Status::Value) *result = floor_divide(us - zone_offset_us, kSecond);
  return status;
}

WEIR_FUNCTION("FROM_UNIXTIME(BIGINT) -> STRING [fails, zone]",
              "The time so many seconds after 1970-01-01 00:00:00 UTC in `table.local-time-zone`, as "
              "`yyyy-MM-dd HH:mm:ss`.",
              "CHAR_LENGTH(FROM_UNIXTIME(44)) = 19")
Status weir_fn_from_unixtime(Context* context, int64_t seconds, int64_t zone_offset_us, StringRef* result) {
  int64_t us = 0;
  if (__builtin_mul_overflow(seconds, kSecond, &us) || __builtin_add_overflow(us, zone_offset_us, &us))
    return Status::Overflow;
  return format(context, us, kDefaultPattern, result);
}

WEIR_FUNCTION("FROM_UNIXTIME(BIGINT, STRING) -> STRING [fails, zone]", "The same by a Java pattern.",
              "FROM_UNIXTIME(44, 'ss') = '44'")
Status weir_fn_from_unixtime_format(Context* context, int64_t seconds, StringRef pattern,
                                    int64_t zone_offset_us, StringRef* result) {
  int64_t us = 0;
  if (__builtin_mul_overflow(seconds, kSecond, &us) || __builtin_add_overflow(us, zone_offset_us, &us))
    return Status::Overflow;
  return format(context, us, pattern, result);
}
