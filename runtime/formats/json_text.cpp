#include "runtime/formats/json_text.h"

#include <cstring>

#include "runtime/abi/scan.h"
#include "runtime/formats/utf8.h"

namespace weir::formats::json {
namespace {

using abi::RowReason;

const char* fail(Fault* fault, RowReason reason, const char* at) {
  *fault = {reason, at};
  return nullptr;
}

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }
bool is_space(char byte) { return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n'; }

const char* check_utf8(const char* at, const char* end, Fault* fault) {
  const char* const behind = behind_long_character(at, end);
  return behind == nullptr ? fail(fault, RowReason::InvalidUtf8, at) : behind;
}

int hex_digit(char byte) {
  if (is_digit(byte)) return byte - '0';
  const char lower = static_cast<char>(byte | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// The four digits behind \u; -1: not that.
int32_t code_unit(const char* at, const char* end) {
  if (end - at < 4) return -1;
  int32_t unit = 0;
  for (int i = 0; i < 4; ++i) {
    const int digit = hex_digit(at[i]);
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}
bool is_high_surrogate(int32_t unit) { return unit >= 0xd800 && unit <= 0xdbff; }
bool is_low_surrogate(int32_t unit) { return unit >= 0xdc00 && unit <= 0xdfff; }

// `at` is a backslash.
const char* check_escape(const char* at, const char* end, Fault* fault) {
  if (end - at < 2) return fail(fault, RowReason::Truncated, end);
  if (at[1] != 'u') {
    if (at[1] != '\0' && std::strchr("\"\\/bfnrt", at[1]) != nullptr) return at + 2;
    return fail(fault, RowReason::BadEscape, at);
  }
  const int32_t unit = code_unit(at + 2, end);
  if (unit < 0) return fail(fault, end - at < 6 ? RowReason::Truncated : RowReason::BadEscape, at);
  if (is_low_surrogate(unit)) return fail(fault, RowReason::LoneSurrogate, at);
  if (!is_high_surrogate(unit)) return at + 6;
  if (end - at < 8 || at[6] != '\\' || at[7] != 'u' || !is_low_surrogate(code_unit(at + 8, end))) {
    return fail(fault, RowReason::LoneSurrogate, at);
  }
  return at + 12;
}

const char* check_word(const char* at, const char* end, const char* word, uint32_t size, Fault* fault) {
  for (uint32_t i = 0; i < size; ++i) {
    if (at + i >= end) return fail(fault, RowReason::Truncated, end);
    if (at[i] != word[i]) return fail(fault, RowReason::UnexpectedByte, at + i);
  }
  return at + size;
}

// A string, number or word.
const char* check_scalar(const char* at, const char* end, bool* escaped, Fault* fault) {
  if (at >= end) return fail(fault, RowReason::Truncated, end);
  switch (*at) {
    case '"': {
      const char* const quote = check_string(at + 1, end, escaped, fault);
      return quote == nullptr ? nullptr : quote + 1;
    }
    case 't': return check_word(at, end, "true", 4, fault);
    case 'f': return check_word(at, end, "false", 5, fault);
    case 'n': return check_word(at, end, "null", 4, fault);
    default:
      if (*at == '-' || is_digit(*at)) return check_number(at, end, fault);
      if (*at == '+' || *at == '.') return fail(fault, RowReason::BadNumber, at);
      return fail(fault, RowReason::UnexpectedByte, at);
  }
}

// What is open: one bit a level, set for an object.
class Levels {
 public:
  explicit Levels(uint32_t outside) : depth_(outside), outside_(outside) {}
  bool push(bool object) {
    if (depth_ == kMaxDepth) return false;
    const uint64_t bit = uint64_t{1} << (depth_ % 64);
    objects_[depth_ / 64] = object ? objects_[depth_ / 64] | bit : objects_[depth_ / 64] & ~bit;
    ++depth_;
    return true;
  }
  void pop() { --depth_; }
  bool in_object() const { return (objects_[(depth_ - 1) / 64] >> ((depth_ - 1) % 64) & 1) != 0; }
  bool done() const { return depth_ == outside_; }

 private:
  uint64_t objects_[kMaxDepth / 64] = {};
  uint32_t depth_;
  uint32_t outside_;
};

// The name of a member and its colon; returns the first byte of the value.
const char* check_name(const char* at, const char* end, Fault* fault) {
  if (at >= end) return fail(fault, RowReason::Truncated, end);
  if (*at != '"') return fail(fault, RowReason::UnexpectedByte, at);
  bool escaped = false;
  at = check_string(at + 1, end, &escaped, fault);
  if (at == nullptr) return nullptr;
  at = skip_space(at + 1, end);
  if (at >= end) return fail(fault, RowReason::Truncated, end);
  if (*at != ':') return fail(fault, RowReason::UnexpectedByte, at);
  return skip_space(at + 1, end);
}

// An array or object, without recursion.
const char* check_nested(const char* at, const char* end, uint32_t depth, Fault* fault) {
  Levels levels(depth);
  bool escaped = false;
  for (;;) {
    // `at` is the first byte of a value.
    if (at < end && (*at == '{' || *at == '[')) {
      const bool object = *at == '{';
      if (!levels.push(object)) return fail(fault, RowReason::TooDeep, at);
      at = skip_space(at + 1, end);
      if (at >= end) return fail(fault, RowReason::Truncated, end);
      if (*at != (object ? '}' : ']')) {
        if (object && (at = check_name(at, end, fault)) == nullptr) return nullptr;
        continue;
      }
      ++at;
      levels.pop();
    } else if ((at = check_scalar(at, end, &escaped, fault)) == nullptr) {
      return nullptr;
    }
    // `at` is behind a value: close levels, or go on to the next value.
    for (;;) {
      if (levels.done()) return at;
      at = skip_space(at, end);
      if (at >= end) return fail(fault, RowReason::Truncated, end);
      const bool object = levels.in_object();
      if (*at == (object ? '}' : ']')) {
        ++at;
        levels.pop();
        continue;
      }
      if (*at != ',') return fail(fault, RowReason::UnexpectedByte, at);
      at = skip_space(at + 1, end);
      if (object && (at = check_name(at, end, fault)) == nullptr) return nullptr;
      break;
    }
  }
}

}  // namespace

const char* skip_space(const char* at, const char* end) {
  while (at < end && is_space(*at)) ++at;
  return at;
}

const char* check_string(const char* at, const char* end, bool* escaped, Fault* fault) {
  *escaped = false;
  while (at < end) {
    const uint32_t special = abi::bits_string_special(at);
    if (special == 0) {
      at += 32;
      continue;
    }
    at += __builtin_ctz(special);
    if (at >= end) break;
    if (*at == '"') return at;
    if (*at == '\\') {
      *escaped = true;
      at = check_escape(at, end, fault);
    } else if (static_cast<uint8_t>(*at) < 0x20) {
      return fail(fault, RowReason::ControlCharacter, at);
    } else {
      do {
        at = check_utf8(at, end, fault);
      } while (at != nullptr && at < end && static_cast<uint8_t>(*at) >= 0x80);
    }
    if (at == nullptr) return nullptr;
  }
  return fail(fault, RowReason::Truncated, end);
}

const char* check_number(const char* at, const char* end, Fault* fault) {
  const char* const begin = at;
  const auto digits = [&] {
    const char* const first = at;
    while (at < end && is_digit(*at)) ++at;
    return at - first;
  };
  if (at < end && *at == '-') ++at;
  const char* const whole = at;
  const auto count = digits();
  if (count == 0) return fail(fault, at >= end ? RowReason::Truncated : RowReason::BadNumber, begin);
  if (count > 1 && *whole == '0') return fail(fault, RowReason::BadNumber, begin);
  if (at < end && *at == '.') {
    ++at;
    if (digits() == 0) return fail(fault, at >= end ? RowReason::Truncated : RowReason::BadNumber, begin);
  }
  if (at < end && (*at == 'e' || *at == 'E')) {
    ++at;
    if (at < end && (*at == '-' || *at == '+')) ++at;
    if (digits() == 0) return fail(fault, at >= end ? RowReason::Truncated : RowReason::BadNumber, begin);
  }
  return at;
}

const char* check_value(const char* at, const char* end, uint32_t depth, Span* span, Fault* fault) {
  span->begin = at;
  span->escaped = false;
  const bool nested = at < end && (*at == '{' || *at == '[');
  at = nested ? check_nested(at, end, depth, fault) : check_scalar(at, end, &span->escaped, fault);
  span->end = at;
  return at;
}

char* unescape(const char* at, const char* end, char* out) {
  while (at < end) {
    const auto* const backslash =
        static_cast<const char*>(std::memchr(at, '\\', static_cast<size_t>(end - at)));
    const auto plain = static_cast<size_t>((backslash == nullptr ? end : backslash) - at);
    std::memcpy(out, at, plain);
    out += plain;
    if (backslash == nullptr) break;
    at = backslash + 2;
    switch (backslash[1]) {
      case 'b': *out++ = '\b'; break;
      case 'f': *out++ = '\f'; break;
      case 'n': *out++ = '\n'; break;
      case 'r': *out++ = '\r'; break;
      case 't': *out++ = '\t'; break;
      case 'u': {
        auto code = static_cast<uint32_t>(code_unit(at, end));
        at += 4;
        if (is_high_surrogate(static_cast<int32_t>(code))) {
          const auto low = static_cast<uint32_t>(code_unit(at + 2, end));
          code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
          at += 6;
        }
        const auto tail = [&](uint32_t shift) {
          *out++ = static_cast<char>(0x80 | ((code >> shift) & 0x3f));
        };
        if (code < 0x80) {
          *out++ = static_cast<char>(code);
        } else if (code < 0x800) {
          *out++ = static_cast<char>(0xc0 | (code >> 6));
          tail(0);
        } else if (code < 0x10000) {
          *out++ = static_cast<char>(0xe0 | (code >> 12));
          tail(6), tail(0);
        } else {
          *out++ = static_cast<char>(0xf0 | (code >> 18));
          tail(12), tail(6), tail(0);
        }
        break;
      }
      default: *out++ = backslash[1];
    }
  }
  return out;
}

}  // namespace weir::formats::json
