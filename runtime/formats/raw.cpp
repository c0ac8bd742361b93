// Format raw: a value without any form of its own. Text is UTF-8; numbers are big-endian, as Java's serialisers write them.
#include <bit>
#include <cstring>

#include "runtime/abi/scan.h"
#include "runtime/abi/scan_state.h"
#include "runtime/formats/utf8.h"

namespace weir::formats {
namespace {

using abi::ColumnKind;
using abi::RowReason;
using abi::StringRef;

void store_value(char* row, const abi::ScanColumn& column, uint32_t index, const void* value, size_t bytes) {
  if (column.offset != abi::kNoOffset) std::memcpy(row + column.offset, value, bytes);
  char* const word = row + index / 64 * 8;
  const uint64_t nulls = abi::load<uint64_t>(word) & ~(uint64_t{1} << (index % 64));
  std::memcpy(word, &nulls, sizeof nulls);
}

// Unsigned integers of the type's size; floating point by its bits.
template <typename Bits>
RowReason store_number(char* row, const abi::ScanColumn& column, uint32_t index, const StringRef& bytes) {
  if (bytes.size != sizeof(Bits)) return RowReason::BadLength;
  Bits value = abi::load<Bits>(bytes.data);
  if constexpr (sizeof(Bits) > 1) value = std::byteswap(value);
  store_value(row, column, index, &value, sizeof value);
  return RowReason::None;
}

RowReason decode(char* row, const abi::ScanColumn& column, uint32_t index, const StringRef& bytes,
                 uint64_t* wrong_byte) {
  switch (column.kind) {
    case ColumnKind::String:
      if (const char* wrong = first_not_utf8(bytes.data, bytes.data + bytes.size)) {
        *wrong_byte = static_cast<uint64_t>(wrong - bytes.data);
        return RowReason::InvalidUtf8;
      }
      [[fallthrough]];
    case ColumnKind::Bytes: store_value(row, column, index, &bytes, sizeof bytes); return RowReason::None;
    case ColumnKind::Boolean: {
      if (bytes.size != 1) return RowReason::BadLength;
      const uint8_t value = *bytes.data != 0;
      store_value(row, column, index, &value, 1);
      return RowReason::None;
    }
    case ColumnKind::TinyInt: return store_number<uint8_t>(row, column, index, bytes);
    case ColumnKind::SmallInt: return store_number<uint16_t>(row, column, index, bytes);
    case ColumnKind::Float:
    case ColumnKind::Integer: return store_number<uint32_t>(row, column, index, bytes);
    case ColumnKind::Double:
    case ColumnKind::BigInt: return store_number<uint64_t>(row, column, index, bytes);
    default: return RowReason::WrongType;  // the catalog lets no other type through
  }
}

}  // namespace
}  // namespace weir::formats

extern "C" bool weir_decode_raw(weir::abi::ScanState* scan, const weir::abi::StringRef* bytes,
                                uint32_t column, char* row, weir::abi::RowError* error) {
  using weir::abi::RowReason;
  RowReason reason = RowReason::None;
  uint64_t wrong_byte = 0;
  if (bytes->data != nullptr) {
    reason = weir::formats::decode(row, scan->columns[column], column, *bytes, &wrong_byte);
  } else if (scan->columns[column].not_null) {
    reason = RowReason::NullNotAllowed;
  }
  if (reason != RowReason::None) *error = {reason, column, wrong_byte, false};
  return reason == RowReason::None;
}
