// Strings. Positions and lengths count code points, from 1.
#include "stdlib/text.h"

using namespace weir::stdlib;

namespace {

constexpr uint64_t kMaxMadeBytes = uint64_t{256} << 20;  // REPEAT and padding fail beyond it

bool equal_at(StringRef text, uint64_t at, StringRef part) {
  return part.size <= text.size - at &&
         (part.size == 0 || std::memcmp(text.data + at, part.data, part.size) == 0);
}

// The byte offset of `part` in `text` at or behind `from`; UINT64_MAX if it is not there.
uint64_t find(StringRef text, StringRef part, uint64_t from) {
  for (uint64_t at = from; at + part.size <= text.size; ++at) {
    if (equal_at(text, at, part)) return at;
    const void* next =
        part.size == 0 ? nullptr : std::memchr(text.data + at + 1, part.data[0], text.size - at - 1);
    if (next == nullptr) return UINT64_MAX;
    at = static_cast<uint64_t>(static_cast<const char*>(next) - text.data) - 1;
  }
  return UINT64_MAX;
}

StringRef part_of(StringRef text, uint64_t begin, uint64_t end) { return {text.data + begin, end - begin}; }

// `start` from 1, or from the end where negative; 0 is taken as 1.
StringRef substring(StringRef text, int32_t start, int64_t length) {
  uint64_t begin = 0;
  if (start > 0) {
    begin = skip_code_points(text, 0, static_cast<uint64_t>(start) - 1);
  } else if (start < 0) {
    const uint64_t count = count_code_points(text);
    const uint64_t back = -static_cast<uint64_t>(static_cast<int64_t>(start));
    if (back > count) return {text.data, 0};
    begin = skip_code_points(text, 0, count - back);
  }
  const uint64_t end = length < 0 ? text.size : skip_code_points(text, begin, static_cast<uint64_t>(length));
  return part_of(text, begin, end);
}

StringRef concatenate(Context* context, const StringRef* values, uint32_t count) {
  uint64_t size = 0;
  for (uint32_t i = 0; i < count; ++i) size += values[i].size;
  char* const text = weir::abi::allocate(context, size);
  char* out = text;
  for (uint32_t i = 0; i < count; ++i) {
    if (values[i].size != 0) std::memcpy(out, values[i].data, values[i].size);
    out += values[i].size;
  }
  return {text, size};
}

bool contains_code_point(StringRef set, StringRef point) {
  for (uint64_t at = 0; at < set.size;) {
    const uint64_t end = skip_code_points(set, at, 1);
    if (end - at == point.size && equal_at(set, at, point)) return true;
    at = end;
  }
  return false;
}

StringRef trim_left(StringRef text, StringRef set) {
  uint64_t at = 0;
  while (at < text.size) {
    const uint64_t end = skip_code_points(text, at, 1);
    if (!contains_code_point(set, part_of(text, at, end))) break;
    at = end;
  }
  return part_of(text, at, text.size);
}

StringRef trim_right(StringRef text, StringRef set) {
  while (text.size > 0) {
    uint64_t at = text.size - 1;
    while (at > 0 && is_continuation(text.data[at])) --at;
    if (!contains_code_point(set, part_of(text, at, text.size))) break;
    text.size = at;
  }
  return text;
}

// `count` code points of `pad`, over and over.
char* fill(char* out, StringRef pad, uint64_t count) {
  const uint64_t points = count_code_points(pad);
  for (; points != 0 && count >= points; count -= points)
    out = static_cast<char*>(std::memcpy(out, pad.data, pad.size)) + pad.size;
  const uint64_t rest = skip_code_points(pad, 0, count);
  if (rest != 0) std::memcpy(out, pad.data, rest);
  return out + rest;
}

Status pad(Context* context, StringRef text, int32_t length, StringRef padding, bool left,
           StringRef* result) {
  if (length < 0 || padding.size == 0) return Status::Null;
  const uint64_t wanted = static_cast<uint64_t>(length), present = count_code_points(text);
  if (wanted <= present) {
    *result = part_of(text, 0, skip_code_points(text, 0, wanted));
    return Status::Value;
  }
  const uint64_t bound = text.size + (wanted - present) * 4;
  if (bound > kMaxMadeBytes) return Status::BadArgument;
  char* const made = weir::abi::allocate(context, bound);
  char* out = made;
  if (left) out = fill(out, padding, wanted - present);
  if (text.size != 0) std::memcpy(out, text.data, text.size);
  out += text.size;
  if (!left) out = fill(out, padding, wanted - present);
  *result = {made, static_cast<uint64_t>(out - made)};
  return Status::Value;
}

int32_t position(StringRef part, StringRef text, int32_t from) {
  if (from < 1) return 0;
  const uint64_t begin = skip_code_points(text, 0, static_cast<uint64_t>(from) - 1);
  if (begin == text.size && part.size != 0) return 0;
  const uint64_t at = find(text, part, begin);
  return at == UINT64_MAX ? 0 : static_cast<int32_t>(count_code_points(part_of(text, 0, at))) + 1;
}

}  // namespace

// ---- length ------------------------------------------------------------------------------------

#define WEIR_CHAR_LENGTH(NAME, name)                                                       \
  WEIR_FUNCTION(NAME "(STRING) -> INT", "The number of characters.", NAME "('Größe') = 5") \
  int32_t weir_fn_##name(Context*, StringRef text) { return static_cast<int32_t>(count_code_points(text)); }
WEIR_CHAR_LENGTH("CHAR_LENGTH", char_length)
WEIR_CHAR_LENGTH("CHARACTER_LENGTH", character_length)
WEIR_CHAR_LENGTH("LENGTH", length)

WEIR_FUNCTION("OCTET_LENGTH(STRING) -> INT", "The number of bytes in UTF-8.", "OCTET_LENGTH('Größe') = 7")
int32_t weir_fn_octet_length(Context*, StringRef text) { return static_cast<int32_t>(text.size); }

// ---- parts -------------------------------------------------------------------------------------

#define WEIR_SUBSTRING(NAME, name)                                                                         \
  WEIR_FUNCTION(NAME "(STRING, INT) -> STRING",                                                            \
                "From a position to the end; a negative one counts from the end.",                         \
                NAME "('Weir', -2) = 'ir'")                                                                \
  StringRef weir_fn_##name(Context*, StringRef text, int32_t start) { return substring(text, start, -1); } \
  WEIR_FUNCTION(NAME "(STRING, INT, INT) -> STRING [nullable]",                                            \
                "So many characters from a position on; NULL if the length is negative.",                  \
                NAME "('Größe', 2, 3) = 'röß'")                                                            \
  Status weir_fn_##name##_length(Context*, StringRef text, int32_t start, int32_t length,                  \
                                 StringRef* result) {                                                      \
    if (length < 0) return Status::Null;                                                                   \
    *result = substring(text, start, length);                                                              \
    return Status::Value;                                                                                  \
  }
WEIR_SUBSTRING("SUBSTRING", substring)
WEIR_SUBSTRING("SUBSTR", substr)

WEIR_FUNCTION("LEFT(STRING, INT) -> STRING", "The first characters; none if the number is negative.",
              "LEFT('Größe', 3) = 'Grö'")
StringRef weir_fn_left(Context*, StringRef text, int32_t count) {
  return part_of(text, 0, count < 0 ? 0 : skip_code_points(text, 0, static_cast<uint64_t>(count)));
}

WEIR_FUNCTION("RIGHT(STRING, INT) -> STRING", "The last characters; none if the number is negative.",
              "RIGHT('Größe', 3) = 'öße'")
StringRef weir_fn_right(Context*, StringRef text, int32_t count) {
  const uint64_t points = count_code_points(text), wanted = count < 0 ? 0 : static_cast<uint64_t>(count);
  return part_of(text, wanted >= points ? 0 : skip_code_points(text, 0, points - wanted), text.size);
}

WEIR_FUNCTION("SPLIT_INDEX(STRING, STRING, INT) -> STRING [nullable]",
              "The part with that index (from 0) of a text split at a separator; NULL if there is none.",
              "SPLIT_INDEX('a,b,,c', ',', 3) = 'c'")
Status weir_fn_split_index(Context*, StringRef text, StringRef separator, int32_t index, StringRef* result) {
  if (index < 0 || text.size == 0 || separator.size == 0) return Status::Null;
  uint64_t begin = 0;
  for (;; --index) {
    const uint64_t end = find(text, separator, begin);
    if (index == 0) {
      *result = part_of(text, begin, end == UINT64_MAX ? text.size : end);
      return Status::Value;
    }
    if (end == UINT64_MAX) return Status::Null;
    begin = end + separator.size;
  }
}

// ---- concatenation -----------------------------------------------------------------------------

WEIR_FUNCTION("CONCAT(STRING...) -> STRING", "The texts one behind the other, also written `||`.",
              "CONCAT('We', 'i', 'r') = 'Weir'")
StringRef weir_fn_concat(Context* context, const StringRef* values, uint32_t count) {
  return concatenate(context, values, count);
}

WEIR_FUNCTION("CONCAT_WS(STRING, STRING...) -> STRING [nullable, on_null]",
              "The texts that are not NULL with a separator between them; NULL if the separator is.",
              "CONCAT_WS('-', 'a', CAST(NULL AS STRING), 'b') = 'a-b'")
Status weir_fn_concat_ws(Context* context, bool separator_is_null, StringRef separator,
                         const StringRef* values, const bool* is_null, uint32_t count, StringRef* result) {
  if (separator_is_null) return Status::Null;
  uint64_t size = 0;
  for (uint32_t i = 0; i < count; ++i) size += is_null[i] ? 0 : values[i].size + separator.size;
  char* const text = weir::abi::allocate(context, size);
  char* out = text;
  bool first = true;
  for (uint32_t i = 0; i < count; ++i) {
    if (is_null[i]) continue;
    if (!first && separator.size != 0) std::memcpy(out, separator.data, separator.size);
    if (!first) out += separator.size;
    if (values[i].size != 0) std::memcpy(out, values[i].data, values[i].size);
    out += values[i].size;
    first = false;
  }
  *result = {text, static_cast<uint64_t>(out - text)};
  return Status::Value;
}

WEIR_FUNCTION("REPEAT(STRING, INT) -> STRING [fails]",
              "The text so many times; fails if that makes more than 256 MiB.", "REPEAT('ab', 3) = 'ababab'")
Status weir_fn_repeat(Context* context, StringRef text, int32_t count, StringRef* result) {
  const uint64_t times = count < 0 ? 0 : static_cast<uint64_t>(count);
  if (text.size != 0 && times > kMaxMadeBytes / text.size) return Status::BadArgument;
  char* const made = weir::abi::allocate(context, text.size * times);
  for (uint64_t i = 0; text.size != 0 && i < times; ++i)
    std::memcpy(made + i * text.size, text.data, text.size);
  *result = {made, text.size * times};
  return Status::Value;
}

WEIR_FUNCTION(
    "LPAD(STRING, INT, STRING) -> STRING [nullable, fails]",
    "Filled up at the left, or cut, to a length; NULL if that is negative or there is nothing to fill with.",
    "LPAD('7', 3, '0') = '007' AND LPAD('Weir', 2, '?') = 'We'")
Status weir_fn_lpad(Context* context, StringRef text, int32_t length, StringRef padding, StringRef* result) {
  return pad(context, text, length, padding, true, result);
}

WEIR_FUNCTION(
    "RPAD(STRING, INT, STRING) -> STRING [nullable, fails]",
    "Filled up at the right, or cut, to a length; NULL if that is negative or there is nothing to fill with.",
    "RPAD('7', 4, 'ab') = '7aba'")
Status weir_fn_rpad(Context* context, StringRef text, int32_t length, StringRef padding, StringRef* result) {
  return pad(context, text, length, padding, false, result);
}

// ---- changes -----------------------------------------------------------------------------------

WEIR_FUNCTION("TRIM(STRING) -> STRING", "Without spaces at both ends.", "TRIM('  a b ') = 'a b'")
StringRef weir_fn_trim(Context*, StringRef text) { return trim_right(trim_left(text, {" ", 1}), {" ", 1}); }

WEIR_FUNCTION("TRIM(STRING, STRING, STRING) -> STRING",
              "`TRIM(BOTH | LEADING | TRAILING characters FROM text)`: without those characters at the ends.",
              "TRIM(LEADING 'xy' FROM 'xyxabx') = 'abx'")
StringRef weir_fn_trim_side(Context*, StringRef side, StringRef characters, StringRef text) {
  const char first = side.size == 0 ? 'B' : side.data[0];
  if (first != 'T') text = trim_left(text, characters);
  return first == 'L' ? text : trim_right(text, characters);
}

WEIR_FUNCTION("LTRIM(STRING) -> STRING", "Without spaces at the left.", "LTRIM('  a ') = 'a '")
StringRef weir_fn_ltrim(Context*, StringRef text) { return trim_left(text, {" ", 1}); }

WEIR_FUNCTION("LTRIM(STRING, STRING) -> STRING", "Without the given characters at the left.",
              "LTRIM('aab', 'a') = 'b'")
StringRef weir_fn_ltrim_characters(Context*, StringRef text, StringRef set) { return trim_left(text, set); }

WEIR_FUNCTION("RTRIM(STRING) -> STRING", "Without spaces at the right.", "RTRIM(' a  ') = ' a'")
StringRef weir_fn_rtrim(Context*, StringRef text) { return trim_right(text, {" ", 1}); }

WEIR_FUNCTION("RTRIM(STRING, STRING) -> STRING", "Without the given characters at the right.",
              "RTRIM('baa', 'a') = 'b'")
StringRef weir_fn_rtrim_characters(Context*, StringRef text, StringRef set) { return trim_right(text, set); }

WEIR_FUNCTION("REPLACE(STRING, STRING, STRING) -> STRING [fails]",
              "Every occurrence of the second text replaced by the third; unchanged if the second is empty.",
              "REPLACE('a-b-c', '-', '..') = 'a..b..c'")
Status weir_fn_replace(Context* context, StringRef text, StringRef from, StringRef to, StringRef* result) {
  uint64_t count = 0;
  for (uint64_t at = 0; from.size != 0; at += from.size, ++count) {
    at = find(text, from, at);
    if (at == UINT64_MAX) break;
  }
  *result = text;
  if (count == 0) return Status::Value;
  const uint64_t size = text.size - count * from.size + count * to.size;
  if (size > kMaxMadeBytes && to.size > from.size) return Status::BadArgument;
  char* const made = weir::abi::allocate(context, size);
  char* out = made;
  const auto put = [&](StringRef part) {
    if (part.size != 0) std::memcpy(out, part.data, part.size);
    out += part.size;
  };
  uint64_t begin = 0;
  for (; count > 0; --count) {
    const uint64_t at = find(text, from, begin);
    put(part_of(text, begin, at));
    put(to);
    begin = at + from.size;
  }
  put(part_of(text, begin, text.size));
  *result = {made, size};
  return Status::Value;
}

WEIR_FUNCTION("OVERLAY(STRING, STRING, INT, INT) -> STRING",
              "The second text in place of so many characters of the first from a position on.",
              "OVERLAY('xxxxxtest', 'xxxx', 6, 2) = 'xxxxxxxxxst'")
StringRef weir_fn_overlay(Context* context, StringRef text, StringRef by, int32_t start, int32_t length) {
  const uint64_t count = count_code_points(text);
  if (start <= 0 || static_cast<uint64_t>(start) > count) return text;
  const uint64_t begin = skip_code_points(text, 0, static_cast<uint64_t>(start) - 1);
  const uint64_t end = skip_code_points(text, begin, length < 0 ? 0 : static_cast<uint64_t>(length));
  const StringRef parts[] = {part_of(text, 0, begin), by, part_of(text, end, text.size)};
  return concatenate(context, parts, 3);
}

WEIR_FUNCTION("REVERSE(STRING) -> STRING", "The characters from the last to the first.",
              "REVERSE('Größe') = 'eßörG'")
StringRef weir_fn_reverse(Context* context, StringRef text) {
  char* const made = weir::abi::allocate(context, text.size);
  char* out = made + text.size;
  for (uint64_t at = 0; at < text.size;) {
    const uint64_t end = skip_code_points(text, at, 1);
    out -= end - at;
    std::memcpy(out, text.data + at, end - at);
    at = end;
  }
  return {made, text.size};
}

// ---- search ------------------------------------------------------------------------------------

WEIR_FUNCTION("POSITION(STRING, STRING) -> INT",
              "`POSITION(part IN text)`: where it begins, from 1; 0 if nowhere.",
              "POSITION('ß' IN 'Größe') = 4")
int32_t weir_fn_position(Context*, StringRef part, StringRef text) { return position(part, text, 1); }

WEIR_FUNCTION("LOCATE(STRING, STRING) -> INT",
              "Where the first text begins in the second, from 1; 0 if nowhere.", "LOCATE('b', 'abcb') = 2")
int32_t weir_fn_locate(Context*, StringRef part, StringRef text) { return position(part, text, 1); }

WEIR_FUNCTION("LOCATE(STRING, STRING, INT) -> INT", "The same, searched from a position on.",
              "LOCATE('b', 'abcb', 3) = 4")
int32_t weir_fn_locate_from(Context*, StringRef part, StringRef text, int32_t from) {
  return position(part, text, from);
}

WEIR_FUNCTION("INSTR(STRING, STRING) -> INT",
              "Where the second text begins in the first, from 1; 0 if nowhere.", "INSTR('abcb', 'b') = 2")
int32_t weir_fn_instr(Context*, StringRef text, StringRef part) { return position(part, text, 1); }

WEIR_FUNCTION("STARTSWITH(STRING, STRING) -> BOOLEAN", "Whether the first text begins with the second.",
              "STARTSWITH('Weir', 'We')")
bool weir_fn_startswith(Context*, StringRef text, StringRef part) { return equal_at(text, 0, part); }

WEIR_FUNCTION("ENDSWITH(STRING, STRING) -> BOOLEAN", "Whether the first text ends with the second.",
              "ENDSWITH('Weir', 'ir')")
bool weir_fn_endswith(Context*, StringRef text, StringRef part) {
  return part.size <= text.size && equal_at(text, text.size - part.size, part);
}
