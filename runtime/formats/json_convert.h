// From a checked JSON value to a column: the conversion rules, in full. What the in-place parsers of
// runtime/abi/json_values.h accept converts here to the same value.
#pragma once

#include <cstdint>

#include "runtime/abi/scan_state.h"
#include "runtime/formats/json_text.h"

namespace weir::formats::json {

// Writes the column and its NULL bit. Anything but None: the value does not convert, and the row is as it was.
abi::RowReason convert(abi::ScanState* scan, uint32_t column, const Span& value, char* row);

abi::RowReason to_integer(const Span& value, int64_t min, int64_t max, int64_t* result);
abi::RowReason to_decimal(const Span& value, uint32_t precision, uint32_t scale, abi::Int128* result);
abi::RowReason to_double(const Span& value, double* result);
abi::RowReason to_float(const Span& value, float* result);

// yyyy-MM-dd HH:mm[:ss[.fraction]]; SQL wants the seconds, ISO a T and not a space; `utc` a Z at the end.
bool parse_timestamp(const char* at, const char* end, bool iso, bool utc, uint32_t precision, int64_t* us);
// The first 16 bytes of such a text: up to the minute.
bool parse_minute(const char* at, bool iso, int64_t* us);

}  // namespace weir::formats::json
