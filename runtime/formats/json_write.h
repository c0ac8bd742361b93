// Values as JSON text. Each function returns the end of what it wrote; the caller has made room (32 bytes more than the
// longest form, because whole words are stored).
#pragma once

#include <cstdint>

#include "runtime/abi/abi.h"

extern "C" {
char* weir_write_json_integer(char* out, int64_t value);
char* weir_write_json_decimal(char* out, weir::abi::Int128 unscaled, int32_t scale);
// NaN and infinities are strings: "NaN", "Infinity", "-Infinity".
char* weir_write_json_double(char* out, double value);
char* weir_write_json_float(char* out, float value);
// Quoted; at most 6 × size + 2 bytes.
char* weir_write_json_string(char* out, const char* text, uint64_t size);
// Base64, quoted.
char* weir_write_json_bytes(char* out, const char* bytes, uint64_t size);
char* weir_write_json_date(char* out, int32_t days);
// Fraction digits up to the last that is not 0; `iso`: T instead of the space; `utc`: a Z at the end.
char* weir_write_json_timestamp(char* out, int64_t us, bool iso, bool utc);
}
