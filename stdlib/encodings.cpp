// Base64, hexadecimal and binary digits.
#include "runtime/abi/base64.h"
#include "stdlib/text.h"

using namespace weir::stdlib;

extern "C" StringRef weir_cast_bytes_to_string(Context*, StringRef);

namespace {

StringRef encode_base64(Context* context, StringRef bytes) {
  char* const made = weir::abi::allocate(context, (bytes.size + 2) / 3 * 4);
  char* out = made;
  for (uint64_t i = 0; i < bytes.size; i += 3) {
    const uint64_t present = bytes.size - i < 3 ? bytes.size - i : 3;
    uint32_t group = 0;
    for (uint64_t n = 0; n < 3; ++n)
      group = group << 8 | (n < present ? static_cast<unsigned char>(bytes.data[i + n]) : 0u);
    for (uint64_t n = 0; n < 4; ++n)
      *out++ = n <= present ? weir::abi::kBase64Digits[group >> (18 - 6 * n) & 63] : '=';
  }
  return {made, static_cast<uint64_t>(out - made)};
}

// Padding may be left out; nothing else may stand between the digits.
bool decode_base64(Context* context, StringRef text, StringRef* result) {
  if (text.size != 0 && text.size % 4 == 0 && text.data[text.size - 1] == '=') {
    --text.size;
    if (text.size % 4 == 3 && text.data[text.size - 1] == '=') --text.size;
  }
  if (text.size % 4 == 1) return false;
  char* const made = weir::abi::allocate(context, text.size / 4 * 3 + 3);
  char* out = made;
  uint32_t bits = 0;
  int count = 0;
  for (uint64_t i = 0; i < text.size; ++i) {
    const int value = weir::abi::base64_value(text.data[i]);
    if (value < 0) return false;
    bits = bits << 6 | static_cast<uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    *out++ = static_cast<char>(bits >> count);
  }
  *result = {made, static_cast<uint64_t>(out - made)};
  return true;
}

StringRef hexadecimal(Context* context, StringRef bytes) {
  char* const made = weir::abi::allocate(context, bytes.size * 2);
  for (uint64_t i = 0; i < bytes.size; ++i) {
    const auto byte = static_cast<unsigned char>(bytes.data[i]);
    made[2 * i] = "0123456789ABCDEF"[byte >> 4];
    made[2 * i + 1] = "0123456789ABCDEF"[byte & 15];
  }
  return {made, bytes.size * 2};
}

// Without leading zeros; negative numbers in two's complement of 64 bits.
StringRef digits_of(Context* context, uint64_t value, int bits_a_digit) {
  char text[64];
  char* begin = text + sizeof text;
  do {
    *--begin = "0123456789ABCDEF"[value & ((uint64_t{1} << bits_a_digit) - 1)];
    value >>= bits_a_digit;
  } while (value != 0);
  return copy_text(context, begin, text + sizeof text);
}

}  // namespace

WEIR_FUNCTION("TO_BASE64(STRING) -> STRING", "The UTF-8 bytes of the text in base64.",
              "TO_BASE64('hello') = 'aGVsbG8='")
StringRef weir_fn_to_base64(Context* context, StringRef text) { return encode_base64(context, text); }

WEIR_FUNCTION("TO_BASE64(BYTES) -> STRING", "The bytes in base64.",
              "TO_BASE64(CAST('hello' AS BYTES)) = 'aGVsbG8='")
StringRef weir_fn_to_base64_bytes(Context* context, StringRef bytes) { return encode_base64(context, bytes); }

WEIR_FUNCTION("FROM_BASE64(STRING) -> STRING [fails]",
              "The text that was encoded; fails if it is not base64, and what is not UTF-8 becomes U+FFFD.",
              "FROM_BASE64('aGVsbG8=') = 'hello'")
Status weir_fn_from_base64(Context* context, StringRef text, StringRef* result) {
  StringRef bytes{};
  if (!decode_base64(context, text, &bytes)) return Status::BadArgument;
  *result = weir_cast_bytes_to_string(context, bytes);
  return Status::Value;
}

WEIR_FUNCTION("HEX(BIGINT) -> STRING", "The number in hexadecimal digits.", "HEX(255) = 'FF'")
StringRef weir_fn_hex(Context* context, int64_t value) {
  return digits_of(context, static_cast<uint64_t>(value), 4);
}

WEIR_FUNCTION("HEX(STRING) -> STRING", "The UTF-8 bytes of the text in hexadecimal digits.",
              "HEX('hi') = '6869'")
StringRef weir_fn_hex_text(Context* context, StringRef text) { return hexadecimal(context, text); }

WEIR_FUNCTION("BIN(BIGINT) -> STRING", "The number in binary digits.", "BIN(4) = '100'")
StringRef weir_fn_bin(Context* context, int64_t value) {
  return digits_of(context, static_cast<uint64_t>(value), 1);
}

WEIR_FUNCTION("ASCII(STRING) -> INT", "The first byte of the text as a number; 0 if it is empty.",
              "ASCII('a') = 97")
int32_t weir_fn_ascii(Context*, StringRef text) {
  return text.size == 0 ? 0 : static_cast<int32_t>(static_cast<signed char>(text.data[0]));
}
