// Strings in the arena, and UTF-8 by code points.
#pragma once

#include <cstring>

#include "stdlib/function.h"

namespace weir::stdlib {

inline StringRef copy_text(Context* context, const char* begin, const char* end) {
  const uint64_t size = static_cast<uint64_t>(end - begin);
  char* to = abi::allocate(context, size);
  if (size != 0) std::memcpy(to, begin, size);
  return {to, size};
}

// Without white space at both ends, as Java's trim: everything up to ' '.
inline StringRef trim_spaces(StringRef text) {
  const auto is_space = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  while (text.size != 0 && is_space(text.data[0])) ++text.data, --text.size;
  while (text.size != 0 && is_space(text.data[text.size - 1])) --text.size;
  return text;
}

inline bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Strings are valid UTF-8, so a code point is a byte that is no continuation, and those behind it.
inline uint64_t count_code_points(StringRef text) {
  uint64_t count = 0;
  for (uint64_t i = 0; i < text.size; ++i) count += !is_continuation(text.data[i]);
  return count;
}

// The byte offset behind the first `count` code points from `at` on; the size where there are fewer.
inline uint64_t skip_code_points(StringRef text, uint64_t at, uint64_t count) {
  while (count != 0 && at < text.size) {
    ++at;
    while (at < text.size && is_continuation(text.data[at])) ++at;
    --count;
  }
  return at;
}

inline uint32_t decode_code_point(const char* at, uint64_t* bytes) {
  const auto byte = [&](int i) { return static_cast<uint32_t>(static_cast<unsigned char>(at[i])); };
  const uint32_t first = byte(0);
  if (first < 0x80) return *bytes = 1, first;
  if (first < 0xE0) return *bytes = 2, (first & 0x1F) << 6 | (byte(1) & 0x3F);
  if (first < 0xF0) return *bytes = 3, (first & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
  return *bytes = 4, (first & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F);
}

inline char* encode_code_point(uint32_t point, char* out) {
  const auto put = [&](uint32_t byte) { *out++ = static_cast<char>(byte); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0 | point >> 6), put(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    put(0xE0 | point >> 12), put(0x80 | (point >> 6 & 0x3F)), put(0x80 | (point & 0x3F));
  } else {
    put(0xF0 | point >> 18), put(0x80 | (point >> 12 & 0x3F)), put(0x80 | (point >> 6 & 0x3F)),
        put(0x80 | (point & 0x3F));
  }
  return out;
}

}  // namespace weir::stdlib
