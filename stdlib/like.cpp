// LIKE. One pass with one place to come back to: after a mismatch only the last `%` is tried farther on, which is enough,
// so no pattern takes longer than text × pattern.
#include "stdlib/text.h"

using namespace weir::stdlib;

namespace {

constexpr uint64_t kNone = UINT64_MAX;

// What the pattern says at `at`: one literal byte, any code point, or any text.
struct Element {
  enum class Kind : uint8_t { Byte, AnyCodePoint, AnyText } kind;
  char byte;
  uint64_t next;
};

bool is_escape(StringRef pattern, uint64_t at, StringRef escape) {
  return escape.size != 0 && escape.size <= pattern.size - at &&
         std::memcmp(pattern.data + at, escape.data, escape.size) == 0;
}

// Bytes behind the first of an escaped code point are literal anyway: they are neither `%`, `_` nor the escape.
Element element_at(StringRef pattern, uint64_t at, StringRef escape) {
  if (is_escape(pattern, at, escape) && at + escape.size < pattern.size) {
    const uint64_t literal = at + escape.size;
    return {Element::Kind::Byte, pattern.data[literal], literal + 1};
  }
  const char c = pattern.data[at];
  if (c == '%') return {Element::Kind::AnyText, c, at + 1};
  if (c == '_') return {Element::Kind::AnyCodePoint, c, at + 1};
  return {Element::Kind::Byte, c, at + 1};
}

bool like(StringRef text, StringRef pattern, StringRef escape) {
  uint64_t t = 0, p = 0;
  uint64_t retry_text = 0, retry_pattern = kNone;  // behind the last `%`
  while (t < text.size || p < pattern.size) {
    if (p < pattern.size) {
      const Element element = element_at(pattern, p, escape);
      if (element.kind == Element::Kind::AnyText) {
        p = retry_pattern = element.next;
        retry_text = t;
        if (p == pattern.size) return true;
        continue;
      }
      if (t < text.size && element.kind == Element::Kind::AnyCodePoint) {
        t = skip_code_points(text, t, 1);
        p = element.next;
        continue;
      }
      if (t < text.size && element.kind == Element::Kind::Byte && text.data[t] == element.byte) {
        ++t;
        p = element.next;
        continue;
      }
    }
    if (retry_pattern == kNone || retry_text >= text.size) return false;
    retry_text = skip_code_points(text, retry_text, 1);
    t = retry_text;
    p = retry_pattern;
  }
  return true;
}

}  // namespace

WEIR_FUNCTION("LIKE(STRING, STRING) -> BOOLEAN",
              "`text LIKE pattern`: `%` stands for any text, `_` for one character; `\\` before a character "
              "takes it literally.",
              "'Weir' LIKE 'W_i%' AND NOT 'Weir' LIKE 'W\\_%'")
bool weir_fn_like(Context*, StringRef text, StringRef pattern) { return like(text, pattern, {"\\", 1}); }

WEIR_FUNCTION("LIKE(STRING, STRING, STRING) -> BOOLEAN [fails]",
              "`text LIKE pattern ESCAPE character`; fails if that is more than one character.",
              "'50%' LIKE '50!%' ESCAPE '!' AND NOT '500' LIKE '50!%' ESCAPE '!'")
Status weir_fn_like_escape(Context*, StringRef text, StringRef pattern, StringRef escape, bool* result) {
  if (count_code_points(escape) > 1) return Status::BadArgument;
  *result = like(text, pattern, escape);
  return Status::Value;
}
