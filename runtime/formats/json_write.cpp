#include "runtime/formats/json_write.h"

#include <cmath>
#include <cstring>

#include "runtime/abi/base64.h"
#include "runtime/abi/calendar.h"
#include "runtime/abi/decimal_text.h"
#include "runtime/abi/number_text.h"
#include "runtime/abi/scan.h"

namespace {

namespace calendar = weir::abi::calendar;
namespace decimal = weir::abi::decimal;

constexpr char kHex[] = "0123456789abcdef";

// Of eight bytes: 0x80 in each that has to be escaped, right up to and including the first.
uint64_t escaped_bytes(uint64_t word) {
  constexpr uint64_t kOnes = 0x0101010101010101u;
  const uint64_t ascii = ~word & (0x80 * kOnes);
  const auto zeros = [&](uint64_t x) { return (x - kOnes) & ~x; };
  const uint64_t quote = zeros(word ^ ('"' * kOnes));
  const uint64_t backslash = zeros(word ^ ('\\' * kOnes));
  const uint64_t control = word - 0x20 * kOnes;
  return (quote | backslash | control) & ascii;
}

// The letter behind the backslash; 0: there is none.
char short_escape(char byte) {
  switch (byte) {
    case '"': return '"';
    case '\\': return '\\';
    case '\b': return 'b';
    case '\f': return 'f';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    default: return 0;
  }
}

char* write_byte(char* out, char byte) {
  if (const char letter = short_escape(byte)) {
    *out++ = '\\';
    *out++ = letter;
  } else if (static_cast<uint8_t>(byte) < 0x20) {
    std::memcpy(out, "\\u00", 4);
    out[4] = kHex[byte >> 4];
    out[5] = kHex[byte & 15];
    out += 6;
  } else {
    *out++ = byte;
  }
  return out;
}

template <typename T>
char* write_floating(char* out, T value, char* (*print)(char*, T)) {
  if (std::isfinite(value)) [[likely]]
    return print(out, value);
  *out++ = '"';
  out = print(out, value);
  *out++ = '"';
  return out;
}

}  // namespace

extern "C" {

char* weir_write_json_integer(char* out, int64_t value) { return decimal::print_integer(value, out); }

char* weir_write_json_decimal(char* out, weir::abi::Int128 unscaled, int32_t scale) {
  return decimal::print(unscaled, scale, out);
}

char* weir_write_json_double(char* out, double value) {
  return write_floating(out, value, weir_print_double);
}
char* weir_write_json_float(char* out, float value) { return write_floating(out, value, weir_print_float); }

char* weir_write_json_string(char* out, const char* text, uint64_t size) {
  *out++ = '"';
  const char* const end = text + size;
  while (end - text >= 8) {
    const auto word = weir::abi::load<uint64_t>(text);
    std::memcpy(out, &word, 8);
    const uint64_t escaped = escaped_bytes(word);
    if (escaped == 0) [[likely]] {
      text += 8;
      out += 8;
      continue;
    }
    const uint32_t plain = static_cast<uint32_t>(__builtin_ctzll(escaped)) >> 3;
    out = write_byte(out + plain, text[plain]);
    text += plain + 1;
  }
  while (text < end) out = write_byte(out, *text++);
  *out++ = '"';
  return out;
}

char* weir_write_json_bytes(char* out, const char* bytes, uint64_t size) {
  *out++ = '"';
  for (uint64_t i = 0; i < size; i += 3) {
    const uint64_t left = size - i;
    const auto byte = [&](uint64_t k) { return k < left ? static_cast<uint8_t>(bytes[i + k]) : 0u; };
    const uint32_t bits = byte(0) << 16 | byte(1) << 8 | byte(2);
    *out++ = weir::abi::kBase64Digits[bits >> 18];
    *out++ = weir::abi::kBase64Digits[bits >> 12 & 63];
    *out++ = left > 1 ? weir::abi::kBase64Digits[bits >> 6 & 63] : '=';
    *out++ = left > 2 ? weir::abi::kBase64Digits[bits & 63] : '=';
  }
  *out++ = '"';
  return out;
}

char* weir_write_json_date(char* out, int32_t days) {
  *out++ = '"';
  out = calendar::print_date(days, out);
  *out++ = '"';
  return out;
}

char* weir_write_json_timestamp(char* out, int64_t us, bool iso, bool utc) {
  *out++ = '"';
  out = calendar::print_timestamp(us, calendar::fraction_digits(us), iso ? 'T' : ' ', out);
  if (utc) *out++ = 'Z';
  *out++ = '"';
  return out;
}
}
