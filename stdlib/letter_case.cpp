// UPPER, LOWER and INITCAP by Unicode's full case mapping, without the rules of single languages: 'ß' is 'SS' in upper case,
// a capital sigma at the end of a word is 'ς' in lower case.
#include "stdlib/case_tables.h"
#include "stdlib/text.h"

using namespace weir::stdlib;

namespace {

template <uint64_t Size>
uint32_t map(const CaseRange (&ranges)[Size], uint32_t point) {
  uint64_t low = 0, high = Size;  // the last range that begins at or before the point
  while (low < high) {
    const uint64_t middle = (low + high) / 2;
    if (ranges[middle].first <= point)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == 0) return point;
  const CaseRange& range = ranges[low - 1];
  if (point > range.last || (point - range.first) % range.step != 0) return point;
  return static_cast<uint32_t>(static_cast<int32_t>(point) + range.delta);
}

template <uint64_t Size>
const uint32_t* expand(const CaseExpansion (&expansions)[Size], uint32_t point) {
  uint64_t low = 0, high = Size;
  while (low < high) {
    const uint64_t middle = (low + high) / 2;
    if (expansions[middle].point < point)
      low = middle + 1;
    else
      high = middle;
  }
  return low < Size && expansions[low].point == point ? expansions[low].to : nullptr;
}

char ascii_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c; }
char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool is_cased(uint32_t point) {
  if (point < 0x80) return ascii_upper(static_cast<char>(point)) != ascii_lower(static_cast<char>(point));
  return map(kUpperRanges, point) != point || map(kLowerRanges, point) != point ||
         expand(kUpperExpansions, point) != nullptr;
}

bool is_ascii(StringRef text) {
  unsigned char seen = 0;
  for (uint64_t i = 0; i < text.size; ++i) seen |= static_cast<unsigned char>(text.data[i]);
  return seen < 0x80;
}

constexpr uint32_t kCapitalSigma = 0x3A3, kFinalSigma = 0x3C2;

// A cased letter before the sigma at `at`, and none behind it (`end`).
bool ends_word(StringRef text, uint64_t at, uint64_t end) {
  uint64_t bytes = 0;
  if (end < text.size && is_cased(decode_code_point(text.data + end, &bytes))) return false;
  if (at == 0) return false;
  uint64_t before = at - 1;
  while (before > 0 && is_continuation(text.data[before])) --before;
  return is_cased(decode_code_point(text.data + before, &bytes));
}

char* put_upper(uint32_t point, char* out) {
  if (const uint32_t* to = expand(kUpperExpansions, point)) {
    for (int i = 0; i < 3 && to[i] != 0; ++i) out = encode_code_point(to[i], out);
    return out;
  }
  return encode_code_point(map(kUpperRanges, point), out);
}

char* put_lower(StringRef text, uint64_t at, uint64_t end, uint32_t point, char* out) {
  if (point == kCapitalSigma && ends_word(text, at, end)) return encode_code_point(kFinalSigma, out);
  if (const uint32_t* to = expand(kLowerExpansions, point)) {
    for (int i = 0; i < 3 && to[i] != 0; ++i) out = encode_code_point(to[i], out);
    return out;
  }
  return encode_code_point(map(kLowerRanges, point), out);
}

// A code point of n bytes becomes at most 3n: the longest expansion is of three code points of two bytes, or three, each.
constexpr uint64_t kMostGrowth = 3;

bool is_word(uint32_t point) { return point >= 0x80 || (point >= '0' && point <= '9') || is_cased(point); }

}  // namespace

WEIR_FUNCTION("UPPER(STRING) -> STRING",
              "In upper case, by Unicode's case mapping for all languages ('ß' gives 'SS').",
              "UPPER('größe') = 'GRÖSSE'")
StringRef weir_fn_upper(Context* context, StringRef text) {
  const bool ascii = is_ascii(text);
  char* const made = weir::abi::allocate(context, ascii ? text.size : text.size * kMostGrowth);
  char* out = made;
  if (ascii) {
    for (uint64_t i = 0; i < text.size; ++i) *out++ = ascii_upper(text.data[i]);
    return {made, text.size};
  }
  for (uint64_t at = 0, bytes = 0; at < text.size; at += bytes) {
    const uint32_t point = decode_code_point(text.data + at, &bytes);
    if (point < 0x80)
      *out++ = ascii_upper(text.data[at]);
    else
      out = put_upper(point, out);
  }
  return {made, static_cast<uint64_t>(out - made)};
}

WEIR_FUNCTION("LOWER(STRING) -> STRING", "In lower case, by Unicode's case mapping for all languages.",
              "LOWER('GRÖẞE') = 'größe'")
StringRef weir_fn_lower(Context* context, StringRef text) {
  const bool ascii = is_ascii(text);
  char* const made = weir::abi::allocate(context, ascii ? text.size : text.size * kMostGrowth);
  char* out = made;
  if (ascii) {
    for (uint64_t i = 0; i < text.size; ++i) *out++ = ascii_lower(text.data[i]);
    return {made, text.size};
  }
  for (uint64_t at = 0, bytes = 0; at < text.size; at += bytes) {
    const uint32_t point = decode_code_point(text.data + at, &bytes);
    if (point < 0x80)
      *out++ = ascii_lower(text.data[at]);
    else
      out = put_lower(text, at, at + bytes, point, out);
  }
  return {made, static_cast<uint64_t>(out - made)};
}

WEIR_FUNCTION(
    "INITCAP(STRING) -> STRING",
    "The first letter of each word in upper case, the rest in lower; words are of letters and digits.",
    "INITCAP('stream OF orders-2a') = 'Stream Of Orders-2a'")
StringRef weir_fn_initcap(Context* context, StringRef text) {
  char* const made = weir::abi::allocate(context, text.size * kMostGrowth);
  char* out = made;
  bool in_word = false;
  for (uint64_t at = 0, bytes = 0; at < text.size; at += bytes) {
    const uint32_t point = decode_code_point(text.data + at, &bytes);
    if (point < 0x80)
      *out++ = in_word ? ascii_lower(text.data[at]) : ascii_upper(text.data[at]);
    else
      out = in_word ? put_lower(text, at, at + bytes, point, out) : put_upper(point, out);
    in_word = is_word(point);
  }
  return {made, static_cast<uint64_t>(out - made)};
}
