// Lines of a batch to blocks of rows: finds line ends, decodes each line by the shape of the record before (or by
// weir_decode_json, which knows every shape), completes the row, and hands blocks on.
//
// Holes: hole_row_bytes, hole_decode_columns, hole_nulls_allowed, hole_complete_row, hole_consume.
#include "runtime/kernels/decode_record.h"

namespace weir::kernels {
namespace {

using namespace weir::abi;

// Input may lie in a file's pages, far from the caches: it is asked for this long before it is looked at, little by little, for
// a core can wait for a few lines of its cache only.
constexpr uint32_t kAheadBytes = 12 << 10;
constexpr uint32_t kCacheLine = 64;

// Adds the line ends among the 64 bytes at `at` of which `found` has bits; returns how many there are then. Few chunks have more
// than one, and those are unlikely branches.
WEIR_INLINE uint64_t add_line_ends(const char* at, uint64_t found, const char** ends, uint64_t count) {
  ends[count] = at + __builtin_ctzg(found, 64);  // of no meaning if there is none
  count += found != 0;
  found &= found - 1;
  while (found != 0) [[unlikely]] {
    ends[count++] = at + __builtin_ctzll(found);
    found &= found - 1;
  }
  return count;
}

// Line ends of up to `wanted` lines, found before the lines are looked at: so the lines do not wait for each other, and a
// core works on several at once. `ends` has room for 63 more than wanted. A last line without line end ends at `end`.
WEIR_INLINE uint32_t find_line_ends(const char* at, const char* end, uint32_t wanted, const char** ends) {
  const auto line_ends = [](const char* from) {
    return bits_equal(from, '\n') | uint64_t{bits_equal(from + 32, '\n')} << 32;
  };
  uint64_t count = 0;
  for (; end - at >= 64; at += 64) {
    count = add_line_ends(at, line_ends(at), ends, count);
    if (count >= wanted) return wanted;
  }
  if (at < end) count = add_line_ends(at, line_ends(at) & ((uint64_t{1} << (end - at)) - 1), ends, count);
  if (count == 0 || ends[count - 1] + 1 != end) ends[count++] = end;
  return static_cast<uint32_t>(count < wanted ? count : wanted);
}

bool is_blank(const char* at, const char* end) {
  while (at < end && (*at == ' ' || *at == '\t' || *at == '\r')) ++at;
  return at == end;
}

}  // namespace
}  // namespace weir::kernels

extern "C" {

using namespace weir::abi;

void scan_lines(ScanState* scan, const char* begin, const char* end) {
  using namespace weir::kernels;
  Context* const context = scan->context;
  const uint32_t row_bytes = hole_row_bytes();
  RowError error;  // written where a record is rejected
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
      __builtin_prefetch(start + kAheadBytes);
      __builtin_prefetch(start + kAheadBytes + kCacheLine);
      if (static_cast<uint8_t>(*start) <= ' ') [[unlikely]] {
        if (is_blank(start, stop)) continue;
      }
      ++scan->rows_read;
      char* row = scan->rows + uint64_t{count} * row_bytes;
      const bool taken =
          decode<RecordEnd::Line>(scan, start, stop, stop < end, row, &error) &&
          complete(scan, row, scan->position + static_cast<uint64_t>(start - begin), &block, count, &error);
      if (!taken) [[unlikely]] {
        ++scan->rows_rejected;
        if (stop > start && stop[-1] == '\r') --stop;
        scan->on_reject(scan, &error, start, stop);
        continue;
      }
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
}
