#include "runtime/formats/json_convert.h"

#include <fast_float/fast_float.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <string_view>

#include "runtime/abi/base64.h"
#include "runtime/abi/calendar.h"
#include "runtime/abi/decimal_text.h"
#include "runtime/abi/json_values.h"

namespace weir::formats::json {
namespace {

using abi::ColumnKind;
using abi::Int128;
using abi::Place;
using abi::RowReason;
using abi::ScanColumn;
using abi::ScanState;
using abi::StringRef;

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }
bool is_quoted(const Span& value) { return *value.begin == '"'; }
bool is_number(const Span& value) { return *value.begin == '-' || is_digit(*value.begin); }

// What stands between the quotes of a string that should hold a number or a word: short, or it is none.
class QuotedText {
 public:
  explicit QuotedText(const Span& value) {
    const char* begin = value.begin + 1;
    const char* end = value.end - 1;
    if (value.escaped) {
      if (end - begin > static_cast<int64_t>(sizeof buffer_)) return;
      end = unescape(begin, end, buffer_);
      begin = buffer_;
    }
    while (begin < end && (*begin == ' ' || *begin == '\t')) ++begin;
    while (begin < end && (end[-1] == ' ' || end[-1] == '\t')) --end;
    text = {begin, static_cast<size_t>(end - begin)};
  }
  std::string_view text;

 private:
  char buffer_[512];
};

// Calls `use(text)` with the text of a number, bare or quoted.
template <typename Use>
RowReason with_number(const Span& value, Use&& use) {
  if (is_number(value))
    return use(std::string_view(value.begin, static_cast<size_t>(value.end - value.begin)));
  if (!is_quoted(value)) return RowReason::WrongType;
  const QuotedText quoted(value);
  const char* const end = quoted.text.data() + quoted.text.size();
  Fault fault;
  if (quoted.text.empty() || check_number(quoted.text.data(), end, &fault) != end)
    return RowReason::NotANumber;
  return use(quoted.text);
}

// A number without fraction, however it is written: 1, 1.0, 1e3, 1.5e1.
RowReason exact_integer(std::string_view text, int64_t min, int64_t max, int64_t* result) {
  const bool negative = text.front() == '-';
  if (negative) text.remove_prefix(1);
  // The number is value × 10^(power + zeros): `value` ends in the last digit that is not 0, `zeros` stand behind it.
  constexpr Int128 kTooLarge = Int128{1} << 100;
  Int128 value = 0;
  int64_t power = 0, zeros = 0;
  bool behind_point = false;
  size_t i = 0;
  for (; i < text.size() && (is_digit(text[i]) || text[i] == '.'); ++i) {
    if (text[i] == '.') {
      behind_point = true;
      continue;
    }
    power -= behind_point;
    ++zeros;
    if (text[i] == '0') continue;
    for (; zeros > 0; --zeros) value = value < kTooLarge ? value * 10 : kTooLarge;
    value += text[i] - '0';
  }
  *result = 0;
  if (value == 0) return RowReason::None;
  if (i < text.size()) {
    ++i;
    const bool down = text[i] == '-';
    if (text[i] == '-' || text[i] == '+') ++i;
    int64_t exponent = 0;
    for (; i < text.size(); ++i) {
      if (exponent < int64_t{1} << 40) exponent = exponent * 10 + (text[i] - '0');
    }
    power += down ? -exponent : exponent;
  }
  power += zeros;
  if (power < 0) return RowReason::NotAnInteger;
  for (; power > 0 && value < kTooLarge; --power) value *= 10;
  if (negative) value = -value;
  if (value < min || value > max) return RowReason::OutOfRange;
  *result = static_cast<int64_t>(value);
  return RowReason::None;
}

template <typename T>
RowReason to_floating(const Span& value, T* result) {
  if (is_quoted(value)) {
    const QuotedText quoted(value);
    constexpr T kInfinity = std::numeric_limits<T>::infinity();
    if (quoted.text == "NaN") return *result = std::numeric_limits<T>::quiet_NaN(), RowReason::None;
    if (quoted.text == "Infinity") return *result = kInfinity, RowReason::None;
    if (quoted.text == "-Infinity") return *result = -kInfinity, RowReason::None;
  }
  return with_number(value, [&](std::string_view text) {
    fast_float::from_chars(text.data(), text.data() + text.size(), *result);
    return std::isinf(*result) ? RowReason::OutOfRange : RowReason::None;
  });
}

bool equal_ignoring_case(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if ((text[i] | 0x20) != lower[i]) return false;
  }
  return true;
}

RowReason to_boolean(const Span& value, uint8_t* result) {
  if (*value.begin == 't' || *value.begin == 'f') return *result = *value.begin == 't', RowReason::None;
  if (!is_quoted(value)) return RowReason::WrongType;
  const QuotedText quoted(value);
  if (equal_ignoring_case(quoted.text, "true")) return *result = 1, RowReason::None;
  if (equal_ignoring_case(quoted.text, "false")) return *result = 0, RowReason::None;
  return RowReason::BadBoolean;
}

bool two_digits(const char* at, int32_t* value) {
  if (!is_digit(at[0]) || !is_digit(at[1])) return false;
  *value = (at[0] - '0') * 10 + (at[1] - '0');
  return true;
}

// Ten bytes: yyyy-MM-dd of the years 0001 … 9999.
bool parse_date(const char* at, int64_t* days) {
  int32_t century, year, month, day;
  if (!two_digits(at, &century) || !two_digits(at + 2, &year) || at[4] != '-' ||
      !two_digits(at + 5, &month) || at[7] != '-' || !two_digits(at + 8, &day)) {
    return false;
  }
  year += century * 100;
  if (year == 0 || month < 1 || month > 12 || day < 1 || day > abi::calendar::days_in_month(year, month))
    return false;
  *days = abi::calendar::days_of({year, month, day});
  return true;
}

// The bytes of a string; escapes are undone into the arena.
StringRef string_bytes(ScanState* scan, const Span& value) {
  const char* const begin = value.begin + 1;
  const char* const end = value.end - 1;
  if (!value.escaped) return {begin, static_cast<uint64_t>(end - begin)};
  char* const out = abi::allocate(scan->context, static_cast<uint64_t>(end - begin));
  return {out, static_cast<uint64_t>(unescape(begin, end, out) - out)};
}

// Whole groups of four, the last one filled up with `=`.
bool decode_base64(ScanState* scan, StringRef text, StringRef* result) {
  if (text.size % 4 != 0) return false;
  char* const begin = abi::allocate(scan->context, text.size / 4 * 3 + 1);
  char* out = begin;
  for (uint64_t i = 0; i < text.size; i += 4) {
    const char* group = text.data + i;
    uint32_t bits = 0;
    const bool last = i + 4 == text.size;
    const int padding = last && group[3] == '=' ? (group[2] == '=' ? 2 : 1) : 0;
    for (int k = 0; k < 4; ++k) {
      const int digit = k >= 4 - padding ? 0 : abi::base64_value(group[k]);
      if (digit < 0) return false;
      bits = bits << 6 | static_cast<uint32_t>(digit);
    }
    for (int k = 0; k < 3 - padding; ++k) *out++ = static_cast<char>(bits >> (16 - 8 * k));
  }
  *result = {begin, static_cast<uint64_t>(out - begin)};
  return true;
}

template <typename T>
RowReason put_integer(const Span& value, Place place) {
  int64_t result;
  const RowReason reason =
      to_integer(value, std::numeric_limits<T>::min(), std::numeric_limits<T>::max(), &result);
  if (reason == RowReason::None) place.put(static_cast<T>(result));
  return reason;
}

RowReason put_text(ScanState* scan, const ScanColumn& column, const Span& value, Place place) {
  const bool kept = column.offset != abi::kNoOffset;
  if (column.kind == ColumnKind::Bytes) {
    if (!is_quoted(value)) return RowReason::WrongType;
    StringRef bytes;
    if (!decode_base64(scan, string_bytes(scan, value), &bytes)) return RowReason::BadBase64;
    place.put(bytes);
  } else if (is_quoted(value)) {
    place.put(kept ? string_bytes(scan, value) : StringRef{});
  } else {
    place.put(StringRef{value.begin, static_cast<uint64_t>(value.end - value.begin)});
  }
  return RowReason::None;
}

RowReason put_time(ScanState* scan, const ScanColumn& column, const Span& value, Place place) {
  if (!is_quoted(value)) return RowReason::WrongType;
  const StringRef text = string_bytes(scan, value);
  if (column.kind == ColumnKind::Date) {
    int64_t days;
    if (text.size != 10 || !parse_date(text.data, &days)) return RowReason::BadDate;
    place.put(static_cast<int32_t>(days));
  } else {
    int64_t us;
    const bool utc = column.kind == ColumnKind::TimestampLtz;
    const bool iso = (scan->flags & abi::kScanIso) != 0;
    if (!parse_timestamp(text.data, text.data + text.size, iso, utc, column.precision, &us)) {
      return RowReason::BadTimestamp;
    }
    place.put(us);
  }
  return RowReason::None;
}

}  // namespace

RowReason to_integer(const Span& value, int64_t min, int64_t max, int64_t* result) {
  return with_number(value, [&](std::string_view text) { return exact_integer(text, min, max, result); });
}

RowReason to_decimal(const Span& value, uint32_t precision, uint32_t scale, Int128* result) {
  return with_number(value, [&](std::string_view text) {
    const auto parsed = abi::decimal::parse(text.data(), text.size(), static_cast<int>(precision),
                                            static_cast<int>(scale), result);
    return parsed == abi::decimal::Parsed::Fine ? RowReason::None : RowReason::OutOfRange;
  });
}

RowReason to_double(const Span& value, double* result) { return to_floating(value, result); }
RowReason to_float(const Span& value, float* result) { return to_floating(value, result); }

bool parse_minute(const char* at, bool iso, int64_t* us) {
  int64_t days;
  int32_t hour, minute;
  if (!parse_date(at, &days) || at[10] != (iso ? 'T' : ' ') || !two_digits(at + 11, &hour) || at[13] != ':' ||
      !two_digits(at + 14, &minute) || hour > 23 || minute > 59) {
    return false;
  }
  *us = days * abi::calendar::kDay + hour * abi::calendar::kHour + minute * abi::calendar::kMinute;
  return true;
}

bool parse_timestamp(const char* at, const char* end, bool iso, bool utc, uint32_t precision, int64_t* us) {
  if (utc) {
    if (at == end || end[-1] != 'Z') return false;
    --end;
  }
  if (end - at < 16 || !parse_minute(at, iso, us)) return false;
  at += 16;
  if (at == end) return iso;
  int32_t second;
  if (end - at < 3 || *at != ':' || !two_digits(at + 1, &second) || second > 59) return false;
  *us += second * abi::calendar::kSecond;
  at += 3;
  if (at == end) return true;
  if (*at != '.' || end - at > 10) return false;
  int64_t unit = abi::calendar::kSecond;
  uint32_t digits = 0;
  for (++at; at < end; ++at) {
    if (!is_digit(*at)) return false;
    unit /= 10;
    if (digits++ < precision) *us += (*at - '0') * unit;
  }
  return true;
}

RowReason convert(ScanState* scan, uint32_t index, const Span& value, char* row) {
  const ScanColumn& column = scan->columns[index];
  const Place place{row, column.offset, index};
  if (*value.begin == 'n') {
    place.put_null();
    return RowReason::None;
  }
  switch (column.kind) {
    case ColumnKind::Boolean: {
      uint8_t result;
      const RowReason reason = to_boolean(value, &result);
      if (reason == RowReason::None) place.put(result);
      return reason;
    }
    case ColumnKind::TinyInt: return put_integer<int8_t>(value, place);
    case ColumnKind::SmallInt: return put_integer<int16_t>(value, place);
    case ColumnKind::Integer:
    case ColumnKind::IntervalYearMonth: return put_integer<int32_t>(value, place);
    case ColumnKind::BigInt: return put_integer<int64_t>(value, place);
    case ColumnKind::IntervalDayTime: {  // milliseconds in JSON
      int64_t result;
      constexpr int64_t kMost = INT64_MAX / 1000;
      const RowReason reason = to_integer(value, -kMost, kMost, &result);
      if (reason == RowReason::None) place.put(result * 1000);
      return reason;
    }
    case ColumnKind::Float: {
      float result;
      const RowReason reason = to_float(value, &result);
      if (reason == RowReason::None) place.put(result);
      return reason;
    }
    case ColumnKind::Double: {
      double result;
      const RowReason reason = to_double(value, &result);
      if (reason == RowReason::None) place.put(result);
      return reason;
    }
    case ColumnKind::Decimal: {
      Int128 result;
      const RowReason reason = to_decimal(value, column.precision, column.scale, &result);
      if (reason != RowReason::None) return reason;
      if (column.carrier == abi::Carrier::I128) {
        place.put(result);
      } else {
        place.put(static_cast<int64_t>(result));
      }
      return reason;
    }
    case ColumnKind::String:
    case ColumnKind::Bytes: return put_text(scan, column, value, place);
    case ColumnKind::Date:
    case ColumnKind::Timestamp:
    case ColumnKind::TimestampLtz: return put_time(scan, column, value, place);
    case ColumnKind::Null: break;
  }
  return RowReason::WrongType;
}

}  // namespace weir::formats::json
