// Values of JSON members parsed in place, by the type of their column: the fast half of decoding. Each function takes the
// value's first byte, writes the value (unless the column is not kept: kNoOffset) and its NULL bit, and returns the byte
// behind the value, or null for whatever it does not know: the strict parser then decides. What it does accept is exactly
// what the strict parser accepts, with the same value. The line ends in a raw line feed, which ends every run.
#pragma once

#include "runtime/abi/scan.h"
#include "runtime/abi/scan_state.h"

// What the in-place parsers leave (runtime/formats/json_rest.cpp). Null: the strict parser decides.
extern "C" {
// The value of any column, by the types in the scan's table.
const char* weir_json_column(weir::abi::ScanState* scan, const char* at, const char* end, uint32_t column,
                             char* row);
// A string that is long, not ASCII or has escapes; `at` is the byte after the quote. Escapes are undone into the
// context's arena. `value` may be null: only checked.
const char* weir_json_string_rest(weir::abi::Context* context, const char* at, const char* end,
                                  weir::abi::StringRef* value);
// A value of no column; `depth` levels are around it.
const char* weir_json_skip(const char* at, const char* end, uint32_t depth);
// Numbers with sign, exponent, many digits or rounding, and quoted ones.
const char* weir_json_integer_rest(const char* at, const char* end, int64_t* value);
const char* weir_json_decimal_rest(const char* at, const char* end, uint32_t precision, uint32_t scale,
                                   weir::abi::Int128* value);
const char* weir_json_double_rest(const char* at, const char* end, double* value);
const char* weir_json_float_rest(const char* at, const char* end, float* value);
// Remembers the minute that a timestamp begins with; `at` is the byte after the quote. False: it does not begin so.
bool weir_json_minute(weir::abi::ScanState* scan, const char* at, const char* end, uint32_t slot);
}

namespace weir::abi {

// Where a column goes in the row.
struct Place {
  char* row;
  uint32_t offset;       // kNoOffset: checked, not kept
  uint32_t column;       // its NULL bit
  bool counted = false;  // the bit says "not NULL" already

  template <typename T>
  WEIR_INLINE void put(T value) const {
    if (offset != kNoOffset) memcpy(row + offset, &value, sizeof(T));
    if (counted) return;
    uint64_t nulls;
    char* word = row + column / 64 * 8;
    memcpy(&nulls, word, 8);
    nulls &= ~(uint64_t{1} << (column % 64));
    memcpy(word, &nulls, 8);
  }
  WEIR_INLINE void put_null() const {
    uint64_t nulls;
    char* word = row + column / 64 * 8;
    memcpy(&nulls, word, 8);
    nulls |= uint64_t{1} << (column % 64);
    memcpy(word, &nulls, 8);
  }
};

constexpr uint32_t kNullWord = 'n' | 'u' << 8 | 'l' << 16 | static_cast<uint32_t>('l') << 24;
constexpr uint32_t kTrueWord = 't' | 'r' << 8 | 'u' << 16 | static_cast<uint32_t>('e') << 24;
constexpr uint32_t kFalseWord = 'f' | 'a' << 8 | 'l' << 16 | static_cast<uint32_t>('s') << 24;

WEIR_INLINE const char* null_value(const char* at, Place place) {
  if (load<uint32_t>(at) != kNullWord) return nullptr;
  place.put_null();
  return at + 4;
}

// Integers of `T` in min … max.
template <typename T>
WEIR_INLINE const char* integer_value(const char* at, const char* end, Place place, int64_t min,
                                      int64_t max) {
  if (place.offset == kNoOffset) {
    // Any number of so few digits is in range.
    constexpr uint32_t kFewDigits = sizeof(T) == 8 ? 18 : sizeof(T) == 4 ? 9 : sizeof(T) == 2 ? 4 : 2;
    const auto count = static_cast<uint32_t>(__builtin_ctz(bits_not_digit(at)));
    if (count - 1 < kFewDigits && (*at != '0' || count == 1)) [[likely]] {
      place.put(T{});
      return at + count;
    }
  }
  const Digits8 first = load_digits(at);
  int64_t value;
  if (first.not_digits != 0) [[likely]] {
    const uint32_t count = first.count();
    if (count != 0 && (*at != '0' || count == 1)) [[likely]] {
      value = static_cast<int64_t>(number_of(first.values, count));
      if (value > max) return nullptr;
      place.put(static_cast<T>(value));
      return at + count;
    }
  } else {
    const Digits8 second = load_digits(at + 8);
    if (second.not_digits != 0 && *at != '0') [[likely]] {
      const uint32_t count = second.count();
      const uint64_t low = count == 0 ? 0 : number_of(second.values, count);
      value = static_cast<int64_t>(number_of(first.values) * kPowersOfTen[count] + low);
      if (value > max) return nullptr;
      place.put(static_cast<T>(value));
      return at + 8 + count;
    }
  }
  if (*at == 'n') return null_value(at, place);
  int64_t rest;
  at = weir_json_integer_rest(at, end, &rest);
  if (at == nullptr || rest < min || rest > max) return nullptr;
  place.put(static_cast<T>(rest));
  return at;
}

// DECIMAL(precision, scale), unscaled.
template <typename T>
WEIR_INLINE const char* decimal_value(const char* at, const char* end, Place place, uint32_t precision,
                                      uint32_t scale) {
  const uint32_t signs = bits_not_digit(at);
  const auto whole = static_cast<uint32_t>(__builtin_ctz(signs));
  if (whole - 1 < 8 && scale <= 8 && (*at != '0' || whole == 1)) [[likely]] {
    const char* behind = at + whole;
    uint64_t fraction = 0;  // its digits, and zeros behind them up to `scale`
    bool exact = true;
    if (scale != 0 && *behind == '.') {
      const uint32_t digits = static_cast<uint32_t>(__builtin_ctz(signs & (signs - 1))) - whole - 1;
      exact = digits - 1 < scale;
      fraction = load_digits(behind + 1).values;
      if (digits < 8) fraction &= (uint64_t{1} << (8 * digits)) - 1;
      behind += 1 + digits;
    }
    // As in a field of eight: digits stand right, the last one in the highest byte.
    const uint64_t high = load_digits(at).values << (64 - 8 * whole);
    const uint64_t low = scale == 0 ? 0 : fraction << (64 - 8 * scale);
    uint64_t value;
    if (whole + scale <= 8) [[likely]] {
      value = number_of((scale == 8 ? 0 : high >> (8 * scale)) | low);
    } else {
      value = number_of(high) * kPowersOfTen[scale] + number_of(low);
    }
    if (exact && (precision > 18 || value < kPowersOfTen[precision])) [[likely]] {
      place.put(static_cast<T>(value));
      return behind;
    }
  }
  if (*at == 'n') return null_value(at, place);
  Int128 rest;
  at = weir_json_decimal_rest(at, end, precision, scale, &rest);
  if (at == nullptr) return nullptr;
  place.put(static_cast<T>(rest));
  return at;
}

WEIR_INLINE const char* double_value(const char* at, const char* end, Place place) {
  if (*at == 'n') return null_value(at, place);
  double value;
  at = weir_json_double_rest(at, end, &value);
  if (at != nullptr) place.put(value);
  return at;
}

WEIR_INLINE const char* float_value(const char* at, const char* end, Place place) {
  if (*at == 'n') return null_value(at, place);
  float value;
  at = weir_json_float_rest(at, end, &value);
  if (at != nullptr) place.put(value);
  return at;
}

WEIR_INLINE const char* boolean_value(const char* at, Place place) {
  const uint32_t word = load<uint32_t>(at);
  if (word == kTrueWord) {
    place.put(uint8_t{1});
    return at + 4;
  }
  if (word == kFalseWord && at[4] == 'e') {
    place.put(uint8_t{0});
    return at + 5;
  }
  return null_value(at, place);
}

WEIR_INLINE const char* string_value(Context* context, const char* at, const char* end, Place place) {
  if (*at != '"') return null_value(at, place);
  ++at;
  const uint32_t special = bits_string_special(at);
  const uint32_t size = special != 0 ? static_cast<uint32_t>(__builtin_ctz(special)) : 32;
  if (special != 0 && at[size] == '"') [[likely]] {
    place.put(StringRef{at, size});
    return at + size + 1;
  }
  StringRef value;
  at = weir_json_string_rest(context, at, end, place.offset != kNoOffset ? &value : nullptr);
  if (at == nullptr) return nullptr;
  if (place.offset == kNoOffset) value = {};
  place.put(value);
  return at;
}

// Seconds and milliseconds of ":SS.mmm" and the byte `last`, in milliseconds; false: something else.
WEIR_INLINE bool seconds_and_millis(const char* at, char last, int64_t* millis) {
  const uint64_t expected = 0x003030302e30303au | uint64_t{static_cast<uint8_t>(last)} << 56;
  const uint64_t values =
      load<uint64_t>(at) ^ expected;  // zero where a sign stands, the digit where digits stand
  // What each byte may reach without its highest bit: 0 for a sign, 5 for the tens of a minute, 9 for a digit.
  if ((((values + 0x7f7676767f767a7fu) | values) & 0x8080808080808080u) != 0) return false;
  const uint64_t pairs =
      values * 10 + (values >> 8);  // bytes 1, 3, 5: seconds, tenths, hundredths and thousandths
  const uint64_t sum = (pairs & 0x0000ff00ff00ff00u) * (uint64_t{1000} << 32 | 100u << 16 | 1u);
  *millis = static_cast<int64_t>(sum >> 40 & 0xffff);
  return true;
}

// Quoted timestamps, cut to `precision` digits. The minute that was met last is remembered, in one of the scan's slots.
WEIR_INLINE const char* timestamp_value(ScanState* scan, const char* at, const char* end, Place place,
                                        uint32_t precision, bool utc, uint32_t slot) {
  if (*at != '"') return null_value(at, place);
  ++at;
  MinuteCache& cache = scan->minutes[slot];
  if (((load<uint64_t>(at) ^ cache.text[0]) | (load<uint64_t>(at + 8) ^ cache.text[1])) != 0) [[unlikely]] {
    if (!weir_json_minute(scan, at, end, slot)) return nullptr;
  }
  int64_t millis;
  if (precision >= 3 && seconds_and_millis(at + 16, utc ? 'Z' : '"', &millis) && (!utc || at[24] == '"'))
      [[likely]] {
    place.put(cache.minute_us + millis * 1000);
    return at + (utc ? 25 : 24);
  }
  // :SS, then any fraction.
  const uint32_t tens = static_cast<uint8_t>(at[17]) - uint32_t{'0'};
  const uint32_t ones = static_cast<uint8_t>(at[18]) - uint32_t{'0'};
  if (at[16] != ':' || tens > 5 || ones > 9) return nullptr;
  int64_t value = cache.minute_us + static_cast<int64_t>(tens * 10 + ones) * 1000000;
  const char* behind = at + 19;
  if (*behind == '.') {
    const Digits8 fraction = load_digits(behind + 1);
    if (fraction.not_digits == 0) return nullptr;
    const uint32_t digits = fraction.count();
    const uint32_t kept = digits < precision ? digits : precision;
    // Six digits at most, right in a field of eight.
    value += static_cast<int64_t>(number_of((fraction.values & ((uint64_t{1} << (8 * kept)) - 1)) << 16));
    behind += 1 + digits;
  }
  if (utc) {
    if (*behind != 'Z') return nullptr;
    ++behind;
  }
  if (*behind != '"') return nullptr;
  place.put(value);
  return behind + 1;
}

}  // namespace weir::abi
