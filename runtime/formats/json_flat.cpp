// First the places of all `{ } [ ] : ,` outside strings are found, 64 bytes at a time and without branches; then each name is
// looked up and its value's place noted by column; then the values are parsed in order of the columns. So nothing branches
// on the order of the members, which may be different in each record.
#include "runtime/formats/json_flat.h"

#include <cstring>
#include <string_view>

#include "runtime/abi/json_values.h"
#include "runtime/formats/json_keys.h"
#include "runtime/formats/json_text.h"

namespace weir::formats::json {
namespace {

using abi::ColumnKind;
using abi::Int128;
using abi::Place;
using abi::ScanColumn;
using abi::ScanState;

constexpr int64_t kLongestLine = 4096;
constexpr uint32_t kMostMarks = 128;  // of a record: two a member

struct Marks {
  uint16_t at[kMostMarks + 64];
  uint32_t count;
};

struct Chunk {
  uint64_t quotes;
  uint64_t backslashes;
  uint64_t marks;  // { } [ ] : , also inside strings
};

WEIR_INLINE Chunk look(const char* at) {
  uint64_t quotes = 0, backslashes = 0, marks = 0;
  for (uint32_t half = 0; half < 2; ++half) {
    const auto bytes = abi::load<abi::Bytes32>(at + 32 * half);
    const auto lower = bytes | uint8_t{0x20};  // [ and ] become { and }
    const auto mark =
        (bytes == uint8_t{':'}) | (bytes == uint8_t{','}) | (lower == uint8_t{'{'}) | (lower == uint8_t{'}'});
    quotes |= uint64_t{abi::bits_of(bytes == uint8_t{'"'})} << (32 * half);
    backslashes |= uint64_t{abi::bits_of(bytes == uint8_t{'\\'})} << (32 * half);
    marks |= uint64_t{abi::bits_of(mark)} << (32 * half);
  }
  return {quotes, backslashes, marks};
}

// Bit i = the number of bits up to i is odd: where a string is, from its opening quote to the byte before the closing one.
WEIR_INLINE uint64_t inside(uint64_t quotes) {
  for (uint32_t shift = 1; shift < 64; shift *= 2) quotes ^= quotes << shift;
  return quotes;
}

// False: too long, too many, or a backslash.
bool find_marks(const char* line, const char* end, Marks& marks) {
  const int64_t size = end - line;
  if (size > kLongestLine) return false;
  marks.count = 0;
  uint64_t open = 0;  // all ones: the chunk begins inside a string
  for (int64_t base = 0; base < size; base += 64) {
    const Chunk chunk = look(line + base);
    if (chunk.backslashes != 0) return false;
    const uint64_t in_string = inside(chunk.quotes) ^ open;
    open = static_cast<uint64_t>(static_cast<int64_t>(in_string) >> 63);
    uint64_t found = chunk.marks & ~in_string;
    if (size - base < 64) found &= (uint64_t{1} << (size - base)) - 1;
    uint16_t* out = marks.at + marks.count;
    marks.count += static_cast<uint32_t>(__builtin_popcountll(found));
    if (marks.count > kMostMarks) return false;
    for (; found != 0; found &= found - 1) {
      *out++ = static_cast<uint16_t>(base + __builtin_ctzll(found));
    }
  }
  return true;
}

bool only_space(const char* at, const char* end) { return skip_space(at, end) == end; }

// The value of a column, in place; returns the byte behind it.
WEIR_INLINE const char* parse(ScanState* scan, const char* at, const char* end, uint32_t index, char* row) {
  const ScanColumn& column = scan->columns[index];
  const Place place{row, column.offset, index};
  switch (column.kind) {
    case ColumnKind::Boolean: return abi::boolean_value(at, place);
    case ColumnKind::TinyInt: return abi::integer_value<int8_t>(at, end, place, INT8_MIN, INT8_MAX);
    case ColumnKind::SmallInt: return abi::integer_value<int16_t>(at, end, place, INT16_MIN, INT16_MAX);
    case ColumnKind::Integer: return abi::integer_value<int32_t>(at, end, place, INT32_MIN, INT32_MAX);
    case ColumnKind::BigInt: return abi::integer_value<int64_t>(at, end, place, INT64_MIN, INT64_MAX);
    case ColumnKind::Decimal:
      return column.carrier == abi::Carrier::I64
                 ? abi::decimal_value<int64_t>(at, end, place, column.precision, column.scale)
                 : abi::decimal_value<Int128>(at, end, place, column.precision, column.scale);
    case ColumnKind::String: return abi::string_value(scan->context, at, end, place);
    case ColumnKind::Timestamp:
    case ColumnKind::TimestampLtz:
      return abi::timestamp_value(scan, at, end, place, column.precision,
                                  column.kind == ColumnKind::TimestampLtz, index % abi::kMinuteCaches);
    default: return weir_json_column(scan, at, end, index, row);
  }
}

// A member of no column is checked where it stands.
bool check_stranger(const char* name, const char* colon, const char* value, const char* behind) {
  bool escaped = false;
  Fault fault;
  Span span;
  if (check_string(name, colon, &escaped, &fault) != colon - 1) return false;
  const char* const end = check_value(value, behind, 1, &span, &fault);
  return end != nullptr && only_space(end, behind);
}

}  // namespace

bool decode_flat(ScanState* scan, const char* line, const char* end, char* row) {
  Marks marks;
  if (scan->keys.multiplier == 0 || *end != '\n' || *line != '{' || !find_marks(line, end, marks))
    return false;
  if (marks.count % 2 == 0 || marks.count < 3) return false;
  if (!only_space(line + marks.at[marks.count - 1] + 1, end)) return false;

  // Where each column's value begins and what ends it; offsets in the line, 0 where there is none.
  uint16_t begins[256];
  uint16_t ends[256];
  std::memset(begins, 0, scan->column_count * sizeof begins[0]);
  uint32_t wrong = 0;
  for (uint32_t i = 0; i + 2 < marks.count; i += 2) {
    const char* name = line + marks.at[i] + 1;
    const char* const colon = line + marks.at[i + 1];
    const char* const behind = line + marks.at[i + 2];
    wrong |= *colon != ':';
    wrong |= *behind != (i + 3 == marks.count ? '}' : ',');
    name += *name == ' ';
    wrong |= *name != '"' || colon[-1] != '"' || name + 1 >= colon;
    if (wrong != 0) return false;
    ++name;
    const char* value = colon + 1;
    value += *value == ' ';
    const auto size = static_cast<uint64_t>(colon - 1 - name);
    const uint8_t column = scan->keys.slots[key_slot(scan->keys.multiplier, name, size)];
    if (column == abi::kNoSlot || scan->columns[column].name_bytes != size ||
        std::memcmp(scan->columns[column].name, name, size) != 0) {
      if (!check_stranger(name, colon, value, behind)) return false;
      continue;
    }
    wrong |= begins[column];  // twice: the complete parser checks the first for grammar only
    begins[column] = static_cast<uint16_t>(value - line);
    ends[column] = static_cast<uint16_t>(behind - line);
  }
  if (wrong != 0) return false;

  std::memset(row, 0xff, (scan->column_count + 63) / 64 * 8);
  for (uint32_t i = 0; i < scan->column_count; ++i) {
    if (begins[i] != 0) {
      const char* const behind = parse(scan, line + begins[i], end, i, row);
      const char* const wanted = line + ends[i];
      if (behind != wanted && (behind == nullptr || behind > wanted || !only_space(behind, wanted)))
        return false;
    } else if (scan->columns[i].decoded && (scan->flags & abi::kScanFailOnMissing) != 0) {
      return false;
    }
  }
  for (uint32_t word = 0; word * 64 < scan->column_count; ++word) {
    if ((abi::load<uint64_t>(row + word * 8) & scan->not_null_bits[word]) != 0) return false;
  }
  return true;
}

}  // namespace weir::formats::json
