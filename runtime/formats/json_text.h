// JSON as bytes: the grammar of RFC 8259 and UTF-8, checked without making values. Nothing is read as part of the text at
// or behind `end` (though loads may run past it, into the buffer's padding).
#pragma once

#include <cstdint>

#include "runtime/abi/row_error.h"

namespace weir::formats::json {

// The first thing that is wrong, and where.
struct Fault {
  abi::RowReason reason = abi::RowReason::None;
  const char* at = nullptr;
};

// Levels of arrays and objects, the record itself included.
constexpr uint32_t kMaxDepth = 128;

// A value in the text.
struct Span {
  const char* begin = nullptr;  // null: there is none
  const char* end = nullptr;
  bool escaped = false;  // a string with backslashes
};

const char* skip_space(const char* at, const char* end);

// `at` is behind the quote; returns the closing quote. Null: fault is set.
const char* check_string(const char* at, const char* end, bool* escaped, Fault* fault);
// Returns the byte behind the number.
const char* check_number(const char* at, const char* end, Fault* fault);
// Any value, inside `depth` levels; returns the byte behind it.
const char* check_value(const char* at, const char* end, uint32_t depth, Span* span, Fault* fault);

// Undoes the escapes of a checked string, which never gets longer; returns the end of what was written.
char* unescape(const char* begin, const char* end, char* out);

}  // namespace weir::formats::json
