// FLOAT and DOUBLE as text, and back; shortest digits that read back as the same value.
#pragma once

#include <cstdint>

#include "runtime/abi/abi.h"

namespace weir::abi {
constexpr int kMaxDoubleTextBytes = 32;
}

extern "C" {
// Each returns the end of the text. As JSON writes it: 0.1, 1e+30, 100; NaN and infinities are "NaN", "Infinity", "-Infinity".
char* weir_print_double(char* out, double value);
char* weir_print_float(char* out, float value);
// As Java's toString, which CAST to STRING shows: 0.1, 1.0E30, 100.0
char* weir_print_java_double(char* out, double value);
char* weir_print_java_float(char* out, float value);
// All of the text: [+-]digits[.digits][e…], NaN, [+-]Infinity in any case. Too large: infinity. False: not a number.
bool weir_parse_double(const char* text, uint64_t size, double* value);
bool weir_parse_float(const char* text, uint64_t size, float* value);
// To so many places behind the point, by the shortest decimal digits: 1.005 at 2 is 1.01. Half away from zero, or cut.
double weir_round_double(double value, int32_t places, bool half_up);
float weir_round_float(float value, int32_t places, bool half_up);
}
