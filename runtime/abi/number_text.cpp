#include "runtime/abi/number_text.h"

#include <fast_float/fast_float.h>

#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <string_view>

namespace {

char* copy(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

template <typename T>
bool print_special(char*& out, T value) {
  if (std::isfinite(value)) return false;
  out = copy(out, std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
  return true;
}

template <typename T>
char* print_shortest(char* out, T value) {
  if (print_special(out, value)) return out;
  return std::to_chars(out, out + weir::abi::kMaxDoubleTextBytes, value).ptr;
}

// d.ddd × 10^exponent
struct Digits {
  bool negative = false;
  char digits[24];
  int count = 0;
  int exponent = 0;
};

template <typename T>
Digits shortest_digits(T value) {
  char text[weir::abi::kMaxDoubleTextBytes];
  const char* const end = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr;
  Digits result;
  const char* at = text;
  if (*at == '-') result.negative = true, ++at;
  for (; *at != 'e'; ++at) {
    if (*at != '.') result.digits[result.count++] = *at;
  }
  ++at;
  std::from_chars(*at == '+' ? at + 1 : at, end, result.exponent);
  return result;
}

// Plain digits from 1e-3 up to 1e7, else d.dddE±n; always a digit behind the point.
template <typename T>
char* print_java(char* out, T value) {
  if (print_special(out, value)) return out;
  if (value == 0) return copy(out, std::signbit(value) ? "-0.0" : "0.0");
  const Digits shortest = shortest_digits(value);
  const char* const digits = shortest.digits;
  const int count = shortest.count, exponent = shortest.exponent;
  if (shortest.negative) *out++ = '-';
  const auto digit = [&](int i) { return i < count ? digits[i] : '0'; };
  if (exponent >= 7 || exponent < -3) {
    *out++ = digits[0];
    *out++ = '.';
    *out++ = digit(1);
    if (count > 2) out = copy(out, {digits + 2, static_cast<size_t>(count - 2)});
    *out++ = 'E';
    return std::to_chars(out, out + 5, exponent).ptr;
  }
  if (exponent < 0) {
    out = copy(out, std::string_view("0.000").substr(0, static_cast<size_t>(1 - exponent)));
    return copy(out, {digits, static_cast<size_t>(count)});
  }
  for (int i = 0; i <= exponent; ++i) *out++ = digit(i);
  *out++ = '.';
  *out++ = digit(exponent + 1);
  for (int i = exponent + 2; i < count; ++i) *out++ = digits[i];
  return out;
}

bool equal_ignoring_case(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if ((text[i] | 0x20) != lower[i]) return false;
  }
  return true;
}

template <typename T>
bool parse(std::string_view text, T* value) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty()) return false;
  if (equal_ignoring_case(text, "infinity")) {
    *value = std::numeric_limits<T>::infinity();
  } else if (equal_ignoring_case(text, "nan")) {
    *value = std::numeric_limits<T>::quiet_NaN();
    return true;
  } else {
    if ((text[0] < '0' || text[0] > '9') && text[0] != '.') return false;
    const auto [end, error] = fast_float::from_chars(text.data(), text.data() + text.size(), *value);
    // Out of range: `value` is infinity or 0 all the same.
    if ((error != std::errc() && error != std::errc::result_out_of_range) ||
        end != text.data() + text.size()) {
      return false;
    }
  }
  if (negative) *value = -*value;
  return true;
}

template <typename T>
T round_to_places(T value, int32_t places, bool half_up) {
  if (!std::isfinite(value) || value == 0) return value;
  const Digits from = shortest_digits(value);
  const int64_t kept = int64_t{from.exponent} + 1 + places;  // of the digits
  if (kept >= from.count) return value;
  const T zero = from.negative ? -T{0} : T{0};
  if (kept < 0) return zero;
  // 0.ddd × 10^(exponent + 1), with a digit before them that rounding may carry into
  char text[64] = "-0";
  char* out = text + 2;
  for (int i = 0; i < kept; ++i) *out++ = from.digits[i];
  if (half_up && from.digits[kept] >= '5') {
    char* at = out - 1;
    for (; *at == '9'; --at) *at = '0';
    ++*at;
  }
  *out++ = 'e';
  out = std::to_chars(out, out + 16, from.exponent + 1 - kept).ptr;
  T result = 0;
  fast_float::from_chars(text + 1, out, result);
  return from.negative ? -result : result;
}

}  // namespace

char* weir_print_double(char* out, double value) { return print_shortest(out, value); }
char* weir_print_float(char* out, float value) { return print_shortest(out, value); }
char* weir_print_java_double(char* out, double value) { return print_java(out, value); }
char* weir_print_java_float(char* out, float value) { return print_java(out, value); }
bool weir_parse_double(const char* text, uint64_t size, double* value) { return parse({text, size}, value); }
bool weir_parse_float(const char* text, uint64_t size, float* value) { return parse({text, size}, value); }
double weir_round_double(double value, int32_t places, bool half_up) {
  return round_to_places(value, places, half_up);
}
float weir_round_float(float value, int32_t places, bool half_up) {
  return round_to_places(value, places, half_up);
}
