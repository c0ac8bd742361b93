// CAST to and from STRING. To STRING a timestamp shows all digits of its precision, a DECIMAL all of its scale, FLOAT and
// DOUBLE are as Java prints them. From STRING white space at both ends does not count. The compiler calls these by name
// (compiler/codegen/emit_cast.h); TIMESTAMP_LTZ is shifted to the session's zone before and after by the compiler.
#include "runtime/abi/calendar.h"
#include "runtime/abi/decimal_text.h"
#include "runtime/abi/number_text.h"
#include "stdlib/text.h"

using namespace weir::stdlib;
namespace decimal = weir::abi::decimal;
namespace calendar = weir::abi::calendar;

namespace {

bool equal_ignoring_case(StringRef text, const char* lower) {
  const uint64_t size = std::strlen(lower);
  if (text.size != size) return false;
  for (uint64_t i = 0; i < size; ++i) {
    const char c = text.data[i];
    if ((c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c) != lower[i]) return false;
  }
  return true;
}

StringRef constant(const char* text) { return {text, std::strlen(text)}; }

}  // namespace

extern "C" {

// ---- to STRING ---------------------------------------------------------------------------------

StringRef weir_cast_boolean_to_string(Context*, bool value) { return constant(value ? "TRUE" : "FALSE"); }

StringRef weir_cast_bigint_to_string(Context* context, int64_t value) {
  char text[24];
  return copy_text(context, text, decimal::print_integer(value, text));
}

StringRef weir_cast_decimal_to_string(Context* context, Int128 value, int32_t scale) {
  char text[decimal::kMaxTextBytes];
  return copy_text(context, text, decimal::print(value, scale, text));
}

StringRef weir_cast_float_to_string(Context* context, float value) {
  char text[weir::abi::kMaxDoubleTextBytes];
  return copy_text(context, text, weir_print_java_float(text, value));
}

StringRef weir_cast_double_to_string(Context* context, double value) {
  char text[weir::abi::kMaxDoubleTextBytes];
  return copy_text(context, text, weir_print_java_double(text, value));
}

StringRef weir_cast_date_to_string(Context* context, int32_t days) {
  char text[calendar::kMaxTextBytes];
  return copy_text(context, text, calendar::print_date(days, text));
}

StringRef weir_cast_timestamp_to_string(Context* context, int64_t us, int32_t precision) {
  char text[calendar::kMaxTextBytes];
  return copy_text(context, text, calendar::print_timestamp(us, precision, ' ', text));
}

StringRef weir_cast_timestamp_ltz_to_string(Context* context, int64_t us, int32_t precision) {
  return weir_cast_timestamp_to_string(context, us, precision);
}

// +1 02:03:04.000
StringRef weir_cast_interval_day_to_string(Context* context, int64_t us) {
  char text[calendar::kMaxTextBytes];
  char* out = text;
  *out++ = us < 0 ? '-' : '+';
  const uint64_t amount = us < 0 ? -static_cast<uint64_t>(us) : static_cast<uint64_t>(us);
  out = decimal::print_unsigned(amount / calendar::kDay, out);
  const auto rest = static_cast<int64_t>(amount % calendar::kDay);
  *out++ = ' ';
  out = calendar::print_digits(rest / calendar::kHour, 2, out);
  *out++ = ':';
  out = calendar::print_digits(rest / calendar::kMinute % 60, 2, out);
  *out++ = ':';
  out = calendar::print_digits(rest / calendar::kSecond % 60, 2, out);
  *out++ = '.';
  out = calendar::print_digits(rest % calendar::kSecond / 1000, 3, out);
  return copy_text(context, text, out);
}

// +1-02
StringRef weir_cast_interval_year_to_string(Context* context, int32_t months) {
  char text[calendar::kMaxTextBytes];
  char* out = text;
  *out++ = months < 0 ? '-' : '+';
  const int64_t amount = months < 0 ? -static_cast<int64_t>(months) : months;
  out = decimal::print_integer(amount / 12, out);
  *out++ = '-';
  return copy_text(context, text, calendar::print_digits(amount % 12, 2, out));
}

// Bytes that are not UTF-8 become U+FFFD: one for each maximal part of a sequence, as Java decodes.
StringRef weir_cast_bytes_to_string(Context* context, StringRef bytes) {
  const auto at = [&](uint64_t i) { return i < bytes.size ? static_cast<unsigned char>(bytes.data[i]) : 0u; };
  // The bytes of the sequence at i that are right; `complete` if it is a whole code point.
  const auto sequence = [&](uint64_t i, bool* complete) -> uint64_t {
    const unsigned first = at(i);
    *complete = first < 0x80;
    if (first < 0x80) return 1;
    const uint64_t length = first >= 0xC2 && first < 0xE0   ? 2
                            : first >= 0xE0 && first < 0xF0 ? 3
                            : first >= 0xF0 && first < 0xF5 ? 4
                                                            : 0;
    if (length == 0) return 1;
    const unsigned second = at(i + 1);
    const unsigned low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    const unsigned high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (second < low || second > high) return 1;
    for (uint64_t n = 2; n < length; ++n) {
      if ((at(i + n) & 0xC0) != 0x80) return n;
    }
    *complete = true;
    return length;
  };
  uint64_t size = 0;
  bool complete = false, valid = true;
  for (uint64_t i = 0; i < bytes.size;) {
    const uint64_t length = sequence(i, &complete);
    size += complete ? length : 3;
    valid = valid && complete;
    i += length;
  }
  if (valid) return bytes;
  char* const text = weir::abi::allocate(context, size);
  char* out = text;
  for (uint64_t i = 0; i < bytes.size;) {
    const uint64_t length = sequence(i, &complete);
    std::memcpy(out, complete ? bytes.data + i : "\xEF\xBF\xBD", complete ? length : 3);
    out += complete ? length : 3;
    i += length;
  }
  return {text, size};
}

// ---- from STRING -------------------------------------------------------------------------------

Status weir_cast_string_to_boolean(Context*, StringRef text, bool* result) {
  text = trim_spaces(text);
  for (const char* word : {"true", "t", "yes", "y", "1"}) {
    if (equal_ignoring_case(text, word)) return *result = true, Status::Value;
  }
  for (const char* word : {"false", "f", "no", "n", "0"}) {
    if (equal_ignoring_case(text, word)) return *result = false, Status::Value;
  }
  return Status::CastFailed;
}

// A fraction is cut off: '1.9' is 1.
Status weir_cast_string_to_bigint(Context*, StringRef text, int64_t* result) {
  text = trim_spaces(text);
  const char* at = text.data;
  const char* const end = text.data + text.size;
  const bool negative = at != end && *at == '-';
  if (at != end && (*at == '-' || *at == '+')) ++at;
  const auto is_digit = [&] { return at != end && *at >= '0' && *at <= '9'; };
  if (!is_digit()) return Status::CastFailed;
  int64_t value = 0;  // of the sign's side, which for negative ones reaches farther
  for (; is_digit(); ++at) {
    if (__builtin_mul_overflow(value, 10, &value)) return Status::CastFailed;
    const int digit = *at - '0';
    if (__builtin_add_overflow(value, negative ? -digit : digit, &value)) return Status::CastFailed;
  }
  if (at != end && *at == '.') {
    ++at;
    while (is_digit()) ++at;
  }
  if (at != end) return Status::CastFailed;
  *result = value;
  return Status::Value;
}

Status weir_cast_string_to_decimal(Context*, StringRef text, int32_t precision, int32_t scale,
                                   Int128* result) {
  text = trim_spaces(text);
  switch (decimal::parse(text.data, text.size, precision, scale, result)) {
    case decimal::Parsed::Fine: return Status::Value;
    case decimal::Parsed::NotANumber: return Status::CastFailed;
    case decimal::Parsed::OutOfRange: return Status::Overflow;
  }
  return Status::CastFailed;
}

Status weir_cast_string_to_double(Context*, StringRef text, double* result) {
  text = trim_spaces(text);
  return weir_parse_double(text.data, text.size, result) ? Status::Value : Status::CastFailed;
}

Status weir_cast_string_to_float(Context*, StringRef text, float* result) {
  text = trim_spaces(text);
  return weir_parse_float(text.data, text.size, result) ? Status::Value : Status::CastFailed;
}

// A time behind the date is checked and ignored.
Status weir_cast_string_to_date(Context*, StringRef text, int32_t* result) {
  text = trim_spaces(text);
  const char* at = text.data;
  const char* const end = text.data + text.size;
  int64_t us = 0;
  if (!calendar::take_timestamp(at, end, &us) || at != end) return Status::CastFailed;
  *result = static_cast<int32_t>(calendar::floor_divide(us, calendar::kDay));
  return Status::Value;
}

Status weir_cast_string_to_timestamp(Context*, StringRef text, int32_t precision, int64_t* result) {
  text = trim_spaces(text);
  const char* at = text.data;
  const char* const end = text.data + text.size;
  int64_t us = 0;
  if (!calendar::take_timestamp(at, end, &us) || at != end) return Status::CastFailed;
  *result = calendar::cut_to_precision(us, precision);
  return Status::Value;
}

Status weir_cast_string_to_timestamp_ltz(Context* context, StringRef text, int32_t precision,
                                         int64_t* result) {
  return weir_cast_string_to_timestamp(context, text, precision, result);
}
}
