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

// Plain digits from 1e-3 up to 1e7, else d.dddE±n; always a digit behind the point.
template <typename T>
char* print_java(char* out, T value) {
  if (print_special(out, value)) return out;
  if (value == 0) return copy(out, std::signbit(value) ? "-0.0" : "0.0");
  char scientific[weir::abi::kMaxDoubleTextBytes];
  const char* const end =
      std::to_chars(scientific, scientific + sizeof scientific, value, std::chars_format::scientific).ptr;
  const char* at = scientific;
  if (*at == '-') *out++ = *at++;
  char digits[24];
  int count = 0;
  for (; *at != 'e'; ++at) {
    if (*at != '.') digits[count++] = *at;
  }
  int exponent = 0;
  ++at;
  std::from_chars(*at == '+' ? at + 1 : at, end, exponent);
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
    if ((error != std::errc() && error != std::errc::result_out_of_range) || end != text.data() + text.size()) {
      return false;
    }
  }
  if (negative) *value = -*value;
  return true;
}

}  // namespace

char* weir_print_double(char* out, double value) { return print_shortest(out, value); }
char* weir_print_float(char* out, float value) { return print_shortest(out, value); }
char* weir_print_java_double(char* out, double value) { return print_java(out, value); }
char* weir_print_java_float(char* out, float value) { return print_java(out, value); }
bool weir_parse_double(const char* text, uint64_t size, double* value) { return parse({text, size}, value); }
bool weir_parse_float(const char* text, uint64_t size, float* value) { return parse({text, size}, value); }
