// Values as output text: weir_json_… for the JSON format, weir_text_… as the print connector shows them (the forms of Java's
// toString). The compiler calls them by name (compiler/codegen/emit_encode.cpp). Each returns the end of the text.
// The work is done by machine code of the runtime: it is the same for every query, so it is not compiled for each.
#include <cstring>

#include "runtime/abi/calendar.h"
#include "runtime/abi/decimal_text.h"
#include "runtime/abi/number_text.h"
#include "stdlib/function.h"

using namespace weir::stdlib;
namespace calendar = weir::abi::calendar;

extern "C" {
// runtime/formats/json_write.h, which the standard library does not see.
char* weir_write_json_integer(char* out, int64_t value);
char* weir_write_json_decimal(char* out, Int128 unscaled, int32_t scale);
char* weir_write_json_double(char* out, double value);
char* weir_write_json_float(char* out, float value);
char* weir_write_json_string(char* out, const char* text, uint64_t size);
char* weir_write_json_bytes(char* out, const char* bytes, uint64_t size);
char* weir_write_json_date(char* out, int32_t days);
char* weir_write_json_timestamp(char* out, int64_t us, bool iso, bool utc);

char* weir_json_boolean(char* out, bool value) {
  std::memcpy(out, value ? "true\0\0\0" : "false\0\0", 8);
  return out + (value ? 4 : 5);
}
char* weir_json_integer(char* out, int64_t value) { return weir_write_json_integer(out, value); }
char* weir_json_decimal64(char* out, int64_t unscaled, int32_t scale) {
  return weir_write_json_decimal(out, unscaled, scale);
}
char* weir_json_decimal128(char* out, Int128 unscaled, int32_t scale) {
  return weir_write_json_decimal(out, unscaled, scale);
}
char* weir_json_float(char* out, float value) { return weir_write_json_float(out, value); }
char* weir_json_double(char* out, double value) { return weir_write_json_double(out, value); }
char* weir_json_string(char* out, const char* text, uint64_t size) {
  return weir_write_json_string(out, text, size);
}
char* weir_json_bytes(char* out, const char* bytes, uint64_t size) {
  return weir_write_json_bytes(out, bytes, size);
}
char* weir_json_date(char* out, int32_t days) { return weir_write_json_date(out, days); }
char* weir_json_timestamp(char* out, int64_t us, bool iso, bool utc) {
  return weir_write_json_timestamp(out, us, iso, utc);
}

char* weir_text_boolean(char* out, bool value) { return weir_json_boolean(out, value); }
char* weir_text_integer(char* out, int64_t value) { return weir_write_json_integer(out, value); }
char* weir_text_decimal64(char* out, int64_t unscaled, int32_t scale) {
  return weir_write_json_decimal(out, unscaled, scale);
}
char* weir_text_decimal128(char* out, Int128 unscaled, int32_t scale) {
  return weir_write_json_decimal(out, unscaled, scale);
}
char* weir_text_float(char* out, float value) { return weir_print_java_float(out, value); }
char* weir_text_double(char* out, double value) { return weir_print_java_double(out, value); }
char* weir_text_string(char* out, const char* text, uint64_t size) {
  std::memcpy(out, text, size);
  return out + size;
}
// [72, -1]: an array of Java's signed bytes
char* weir_text_bytes(char* out, const char* bytes, uint64_t size) {
  *out++ = '[';
  for (uint64_t i = 0; i < size; ++i) {
    if (i != 0) {
      *out++ = ',';
      *out++ = ' ';
    }
    out = weir::abi::decimal::print_integer(static_cast<int8_t>(bytes[i]), out);
  }
  *out++ = ']';
  return out;
}
char* weir_text_date(char* out, int32_t days) { return calendar::print_date(days, out); }
// LocalDateTime and Instant: the fraction has 0, 3 or 6 digits; only LocalDateTime leaves out seconds that are 0.
char* weir_text_timestamp(char* out, int64_t us, bool iso, bool utc) {
  const int digits = (calendar::fraction_digits(us) + 2) / 3 * 3;
  out = calendar::print_timestamp(us, digits, iso ? 'T' : ' ', out);
  if (utc) {
    *out++ = 'Z';
  } else if (calendar::floor_modulo(us, calendar::kMinute) == 0) {
    out -= 3;
  }
  return out;
}
}
