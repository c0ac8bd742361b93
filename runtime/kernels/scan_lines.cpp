// Lines of a batch to blocks of rows: finds line ends, decodes each line by the shape of the record before (or by
// weir_decode_json, which knows every shape), completes the row, and hands blocks on.
//
// Holes: hole_row_bytes, hole_decode_value, hole_nulls_allowed, hole_complete_row, hole_consume.
#include "runtime/abi/holes.h"
#include "runtime/abi/json_values.h"
#include "runtime/abi/scan_state.h"

namespace weir::kernels {
namespace {

using namespace weir::abi;

// Line ends of up to `wanted` lines, found before the lines are looked at: so the lines do not wait for each other, and a
// core works on several at once. Chunks of 64 bytes; few have more than one line end, and those are unlikely branches.
// `ends` has room for 63 more than wanted. A last line without line end ends at `end`.
WEIR_INLINE uint32_t find_line_ends(const char* at, const char* end, uint32_t wanted, const char** ends) {
  uint32_t count = 0;
  for (; at < end; at += 64) {
    uint64_t found = bits_equal(at, '\n') | uint64_t{bits_equal(at + 32, '\n')} << 32;
    const int64_t left = end - at;
    if (left < 64) found &= (uint64_t{1} << left) - 1;
    ends[count] = at + __builtin_ctzll(found | uint64_t{1} << 63);
    count += found != 0;
    found &= found - 1;
    while (found != 0) [[unlikely]] {
      ends[count++] = at + __builtin_ctzll(found);
      found &= found - 1;
    }
    if (count >= wanted) return wanted;
  }
  if (count == 0 || ends[count - 1] + 1 != end) ends[count++] = end;
  return count < wanted ? count : wanted;
}

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

bool is_blank(const char* at, const char* end) {
  while (at < end && (*at == ' ' || *at == '\t' || *at == '\r')) ++at;
  return at == end;
}

WEIR_INLINE bool decode(ScanState* scan, const char* line, const char* stop, bool terminated, char* row,
                        RowError* error) {
  Shape& shape = scan->shape;
  if (shape.step_count != 0 && terminated) [[likely]] {
    if (shape.pause == 0) [[likely]] {
      all_null(row, scan->column_count);
      const char* behind = decode_by_shape(scan, line, stop, row);
      if (behind != nullptr && hole_nulls_allowed(row) && !may_lack_members(scan, row)) [[likely]] {
        shape.misses = 0;
        ++scan->fast_rows;
        return true;
      }
      ++shape.misses;
    } else {
      --shape.pause;
    }
  }
  return weir_decode_json(scan, line, stop, row, error);
}

}  // namespace
}  // namespace weir::kernels

extern "C" {

using namespace weir::abi;

void scan_lines(ScanState* scan, const char* begin, const char* end) {
  using namespace weir::kernels;
  Context* const context = scan->context;
  const uint32_t row_bytes = hole_row_bytes();
  const char* ends[2 * kBlockRows];
  Block block;
  block.rows = scan->rows;
  block.partition = scan->partition;
  const char* line = begin;
  if (scan->position == 0 && end - begin >= 3 && memcmp(begin, "\xef\xbb\xbf", 3) == 0) line += 3;

  while (line < end) {
    const uint32_t lines = find_line_ends(line, end, scan->block_rows, ends);
    uint32_t count = 0;
    for (uint32_t i = 0; i < lines && !scan->stop; ++i) {
      const char* stop = ends[i];
      const char* const start = line;
      line = stop < end ? stop + 1 : end;
      ++scan->line;
      if (static_cast<uint8_t>(*start) <= ' ') [[unlikely]] {
        if (is_blank(start, stop)) continue;
      }
      ++scan->rows_read;
      char* row = scan->rows + uint64_t{count} * row_bytes;
      RowError error;
      uint32_t incomplete = 0;
      int64_t watermark;
      const bool decoded = decode(scan, start, stop, stop < end, row, &error);
      if (decoded) [[likely]] {
        incomplete = hole_complete_row(context, row, &watermark);
      }
      if (!decoded || incomplete != 0) [[unlikely]] {
        if (incomplete != 0) {
          error = {incomplete == 1 ? RowReason::EventTimeNull : RowReason::EventTimeFails, kNoColumn, 0};
        }
        ++scan->rows_rejected;
        if (stop > start && stop[-1] == '\r') --stop;
        scan->on_reject(scan, &error, start, stop);
        continue;
      }
      block.watermark[count] = scan->watermark;
      block.position[count] = scan->position + static_cast<uint64_t>(start - begin);
      scan->watermark = watermark > scan->watermark ? watermark : scan->watermark;
      ++count;
    }
    if (count != 0) {
      block.count = count;
      hole_consume(context, &block);
    }
    weir_arena_reset(context);
    if (scan->stop || context->failure.expression != 0) return;
  }
}

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
