// One JSON record to a row: by the shape of the record before it, else by weir_decode_json; and a row to its place in a block.
// What scan_lines and scan_messages share; each includes it once.
//
// Holes: hole_decode_columns, hole_nulls_allowed, hole_complete_row.
#pragma once

#include "runtime/abi/holes.h"
#include "runtime/abi/json_values.h"
#include "runtime/abi/scan_state.h"

namespace weir::kernels {
namespace {

using namespace weir::abi;

WEIR_INLINE Commas commas_from(const char* at) {
  return {at, bits_equal(at, ',') | uint64_t{bits_equal(at + 32, ',')} << 32};
}

// The byte behind a step's literal; null: something else stands there.
WEIR_INLINE const char* behind_literal(const char* at, const ShapeStep* step) {
  return equal_masked(at, step->literal, step->mask) ? at + step->length : nullptr;
}

// Where the next value begins depends on where this one ends, and so a core would have to wait for each value's end before it
// looks at the next. If the next comma says the same, it need not: it goes on from the comma while the comparison is under way.
// The compiler must not know that both are the same address.
WEIR_INLINE const char* by_comma(const char* at, Commas* commas) {
  const char* comma = commas->from + __builtin_ctzg(commas->bits, 64);
  commas->bits &= commas->bits - 1;
  if (comma == at) [[likely]] {
    __asm__("" : "+r"(comma));
    return comma;
  }
  return at;
}

// Expects the record to look like the one before. Null: it does not. The row's bitmap says that what the shape has is not NULL.
WEIR_INLINE const char* decode_by_shape(ScanState* scan, const char* at, const char* end, char* row) {
  const ShapeStep* step = scan->shape.steps;
  Commas commas = commas_from(at);
  at = behind_literal(at, step);
  while (at != nullptr) {
    at = hole_decode_columns(scan, &step, at, end, row, &commas);
    if (at == nullptr || step->action == kStepEnd) [[likely]]
      return at;
    if (step->action == kStepSkip) at = weir_json_skip(at, end, 1);
    if (at == nullptr) return nullptr;
    commas = commas_from(at + 1);
    ++step;
    at = behind_literal(at, step);
  }
  return nullptr;
}

// json.fail-on-missing-field: a NULL may be a missing member, which the strict parser tells.
[[maybe_unused]] inline bool may_lack_members(const ScanState* scan, const char* row) {
  if ((scan->flags & kScanFailOnMissing) == 0) return false;
  for (uint32_t word = 0; word * 64 < scan->column_count; ++word) {
    if ((load<uint64_t>(row + word * 8) & scan->member_bits[word]) != 0) return true;
  }
  return false;
}

WEIR_INLINE void all_null(char* row, uint32_t columns) {
  for (uint32_t word = 0; word * 64 < columns; ++word) memset(row + word * 8, 0xff, 8);
}

// Few tables have more than one word.
WEIR_INLINE void absent_null(char* row, const uint64_t* absent, uint32_t columns) {
  memcpy(row, absent, 8);
  for (uint32_t word = 1; word * 64 < columns; ++word) memcpy(row + word * 8, absent + word, 8);
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
      absent_null(row, shape.absent, scan->column_count);
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

// Completes a row that has been decoded, and makes it row `number` of the block. False: the record is rejected.
WEIR_INLINE bool complete(ScanState* scan, char* row, uint64_t position, Block* block, uint32_t number,
                          RowError* error) {
  int64_t watermark;
  const uint32_t incomplete = hole_complete_row(scan->context, row, &watermark);
  if (incomplete != 0) [[unlikely]] {
    *error = {incomplete == 1 ? RowReason::EventTimeNull : RowReason::EventTimeFails, kNoColumn, 0};
    return false;
  }
  block->watermark[number] = scan->watermark;
  block->position[number] = position;
  scan->watermark = watermark > scan->watermark ? watermark : scan->watermark;
  return true;
}

}  // namespace
}  // namespace weir::kernels

extern "C" {

using namespace weir::abi;

// ---- what hole_decode_columns is made of; the compiler calls one per column ------------------------------

#define WEIR_COLUMN [[gnu::always_inline]] const char*

// `at` is where a value ends: the byte behind the step's literal, which begins there. `by_comma`: a comma, probably.
WEIR_COLUMN column_end(const char* at, const ShapeStep* step, Commas* commas, bool by_comma) {
  if (by_comma) at = weir::kernels::by_comma(at, commas);
  return weir::kernels::behind_literal(at, step);
}

WEIR_COLUMN column_boolean(ScanState*, const char* at, const char*, char* row, uint32_t offset,
                           uint32_t column) {
  return boolean_value(at, {row, offset, column, true});
}
WEIR_COLUMN column_tinyint(ScanState*, const char* at, const char* end, char* row, uint32_t offset,
                           uint32_t column) {
  return integer_value<int8_t>(at, end, {row, offset, column, true}, INT8_MIN, INT8_MAX);
}
WEIR_COLUMN column_smallint(ScanState*, const char* at, const char* end, char* row, uint32_t offset,
                            uint32_t column) {
  return integer_value<int16_t>(at, end, {row, offset, column, true}, INT16_MIN, INT16_MAX);
}
WEIR_COLUMN column_integer(ScanState*, const char* at, const char* end, char* row, uint32_t offset,
                           uint32_t column) {
  return integer_value<int32_t>(at, end, {row, offset, column, true}, INT32_MIN, INT32_MAX);
}
WEIR_COLUMN column_bigint(ScanState*, const char* at, const char* end, char* row, uint32_t offset,
                          uint32_t column) {
  return integer_value<int64_t>(at, end, {row, offset, column, true}, INT64_MIN, INT64_MAX);
}
WEIR_COLUMN column_float(ScanState*, const char* at, const char* end, char* row, uint32_t offset,
                         uint32_t column) {
  return float_value(at, end, {row, offset, column, true});
}
WEIR_COLUMN column_double(ScanState*, const char* at, const char* end, char* row, uint32_t offset,
                          uint32_t column) {
  return double_value(at, end, {row, offset, column, true});
}
WEIR_COLUMN column_decimal64(ScanState*, const char* at, const char* end, char* row, uint32_t offset,
                             uint32_t column, uint32_t precision, uint32_t scale) {
  return decimal_value<int64_t>(at, end, {row, offset, column, true}, precision, scale);
}
WEIR_COLUMN column_decimal128(ScanState*, const char* at, const char* end, char* row, uint32_t offset,
                              uint32_t column, uint32_t precision, uint32_t scale) {
  return decimal_value<Int128>(at, end, {row, offset, column, true}, precision, scale);
}
WEIR_COLUMN column_string(ScanState* scan, const char* at, const char* end, char* row, uint32_t offset,
                          uint32_t column) {
  return string_value(scan->context, at, end, {row, offset, column, true});
}
WEIR_COLUMN column_timestamp(ScanState* scan, const char* at, const char* end, char* row, uint32_t offset,
                             uint32_t column, uint32_t precision, bool utc, uint32_t slot) {
  return timestamp_value(scan, at, end, {row, offset, column, true}, precision, utc, slot);
}
// Types that are not worth code of their own here: BYTES, DATE, intervals.
WEIR_COLUMN column_other(ScanState* scan, const char* at, const char* end, char* row, uint32_t,
                         uint32_t column) {
  return weir_json_column(scan, at, end, column, row);
}
}
