// One JSON record to a row: by the shape of the record before it, else by weir_decode_json. What scan_lines and
// scan_messages share; each includes it once.
//
// Holes: hole_decode_value, hole_nulls_allowed.
#pragma once

#include "runtime/abi/holes.h"
#include "runtime/abi/json_values.h"
#include "runtime/abi/scan_state.h"

namespace weir::kernels {
namespace {

using namespace weir::abi;

// Expects the record to look like the one before. Null: it does not.
WEIR_INLINE const char* decode_by_shape(ScanState* scan, const char* at, const char* end, char* row) {
  for (const ShapeStep* step = scan->shape.steps;; ++step) {
    if (!equal_masked(at, step->literal, step->mask)) return nullptr;
    at += step->length;
    const uint32_t action = step->action;
    if (action < kStepSkip) [[likely]] {
      at = hole_decode_value(scan, action, at, end, row);
    } else if (action == kStepEnd) {
      return at;
    } else if (action == kStepSkip) {
      at = weir_json_skip(at, end, 1);
    }
    if (at == nullptr) return nullptr;
  }
}

// json.fail-on-missing-field: a NULL may be a missing member, which the strict parser tells.
bool may_lack_members(const ScanState* scan, const char* row) {
  if ((scan->flags & kScanFailOnMissing) == 0) return false;
  for (uint32_t word = 0; word * 64 < scan->column_count; ++word) {
    if ((load<uint64_t>(row + word * 8) & scan->member_bits[word]) != 0) return true;
  }
  return false;
}

WEIR_INLINE void all_null(char* row, uint32_t columns) {
  for (uint32_t word = 0; word * 64 < columns; ++word) memset(row + word * 8, 0xff, 8);
}

// What a record is when it ends.
enum class RecordEnd : uint8_t {
  Line,     // at the first line end
  Message,  // at a line end that may follow others
};

// `terminated`: a line end stands at `stop`.
template <RecordEnd kEnd>
WEIR_INLINE bool decode(ScanState* scan, const char* record, const char* stop, bool terminated, char* row,
                        RowError* error) {
  Shape& shape = scan->shape;
  if (shape.step_count != 0 && terminated) [[likely]] {
    if (shape.pause == 0) [[likely]] {
      all_null(row, scan->column_count);
      const char* behind = decode_by_shape(scan, record, stop, row);
      const bool whole = behind != nullptr && (kEnd == RecordEnd::Line || behind == stop + 1);
      if (whole && hole_nulls_allowed(row) && !may_lack_members(scan, row)) [[likely]] {
        shape.misses = 0;
        ++scan->fast_rows;
        return true;
      }
      ++shape.misses;
    } else {
      --shape.pause;
    }
  }
  return weir_decode_json(scan, record, stop, row, error);
}

}  // namespace
}  // namespace weir::kernels

extern "C" {

using namespace weir::abi;

// ---- what hole_decode_value is made of; the compiler calls one per column ------------------------------

#define WEIR_COLUMN [[gnu::always_inline]] const char*

WEIR_COLUMN column_boolean(ScanState*, const char* at, const char*, char* row, uint32_t offset,
                           uint32_t column) {
  return boolean_value(at, {row, offset, column});
}
WEIR_COLUMN column_tinyint(ScanState*, const char* at, const char* end, char* row, uint32_t offset,
                           uint32_t column) {
  return integer_value<int8_t>(at, end, {row, offset, column}, INT8_MIN, INT8_MAX);
}
WEIR_COLUMN column_smallint(ScanState*, const char* at, const char* end, char* row, uint32_t offset,
                            uint32_t column) {
  return integer_value<int16_t>(at, end, {row, offset, column}, INT16_MIN, INT16_MAX);
}
WEIR_COLUMN column_integer(ScanState*, const char* at, const char* end, char* row, uint32_t offset,
                           uint32_t column) {
  return integer_value<int32_t>(at, end, {row, offset, column}, INT32_MIN, INT32_MAX);
}
WEIR_COLUMN column_bigint(ScanState*, const char* at, const char* end, char* row, uint32_t offset,
                          uint32_t column) {
  return integer_value<int64_t>(at, end, {row, offset, column}, INT64_MIN, INT64_MAX);
}
WEIR_COLUMN column_float(ScanState*, const char* at, const char* end, char* row, uint32_t offset,
                         uint32_t column) {
  return float_value(at, end, {row, offset, column});
}
WEIR_COLUMN column_double(ScanState*, const char* at, const char* end, char* row, uint32_t offset,
                          uint32_t column) {
  return double_value(at, end, {row, offset, column});
}
WEIR_COLUMN column_decimal64(ScanState*, const char* at, const char* end, char* row, uint32_t offset,
                             uint32_t column, uint32_t precision, uint32_t scale) {
  return decimal_value<int64_t>(at, end, {row, offset, column}, precision, scale);
}
WEIR_COLUMN column_decimal128(ScanState*, const char* at, const char* end, char* row, uint32_t offset,
                              uint32_t column, uint32_t precision, uint32_t scale) {
  return decimal_value<Int128>(at, end, {row, offset, column}, precision, scale);
}
WEIR_COLUMN column_string(ScanState* scan, const char* at, const char* end, char* row, uint32_t offset,
                          uint32_t column) {
  return string_value(scan->context, at, end, {row, offset, column});
}
WEIR_COLUMN column_timestamp(ScanState* scan, const char* at, const char* end, char* row, uint32_t offset,
                             uint32_t column, uint32_t precision, bool utc, uint32_t slot) {
  return timestamp_value(scan, at, end, {row, offset, column}, precision, utc, slot);
}
// Types that are not worth code of their own here: BYTES, DATE, intervals.
WEIR_COLUMN column_other(ScanState* scan, const char* at, const char* end, char* row, uint32_t,
                         uint32_t column) {
  return weir_json_column(scan, at, end, column, row);
}
}
