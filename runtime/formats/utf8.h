// UTF-8 as RFC 3629 allows it: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstdint>

#include "runtime/abi/scan.h"

namespace weir::formats {

// Behind a character of two to four bytes; null: there is none at `at`.
inline const char* behind_long_character(const char* at, const char* end) {
  const auto byte = [&](int i) { return static_cast<uint8_t>(at[i]); };
  const auto follows = [&](int i) { return (byte(i) & 0xc0) == 0x80; };
  const uint8_t first = byte(0);
  const int64_t left = end - at;
  if (first >= 0xc2 && first <= 0xdf && left >= 2 && follows(1)) return at + 2;
  if (first >= 0xe0 && first <= 0xef && left >= 3 && follows(1) && follows(2)) {
    if (!(first == 0xe0 && byte(1) < 0xa0) && !(first == 0xed && byte(1) > 0x9f)) return at + 3;
  }
  if (first >= 0xf0 && first <= 0xf4 && left >= 4 && follows(1) && follows(2) && follows(3)) {
    if (!(first == 0xf0 && byte(1) < 0x90) && !(first == 0xf4 && byte(1) > 0x8f)) return at + 4;
  }
  return nullptr;
}

// The first byte that begins no character; null: all of the text is UTF-8. Nothing is read at or behind `end`.
inline const char* first_not_utf8(const char* at, const char* end) {
  constexpr uint64_t kNotAscii = 0x8080808080808080u;
  while (at < end) {
    if (end - at >= 8 && (abi::load<uint64_t>(at) & kNotAscii) == 0) {
      at += 8;
    } else if (static_cast<uint8_t>(*at) < 0x80) {
      ++at;
    } else if (const char* behind = behind_long_character(at, end)) {
      at = behind;
    } else {
      return at;
    }
  }
  return nullptr;
}

}  // namespace weir::formats
