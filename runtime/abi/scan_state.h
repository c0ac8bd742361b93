// What a scan carries from batch to batch: one per worker and scan, seen by scan_lines or scan_messages, the generated decoder, the
// strict parser and the job. Beside `watermark` and the counters everything here may change speed only, never an answer.
#pragma once

#include "runtime/abi/abi.h"
#include "runtime/abi/message.h"
#include "runtime/abi/row_error.h"

namespace weir::abi {

// Kind of a column as the file formats see it; the numbering is that of weir::types::Kind.
enum class ColumnKind : uint8_t {
  Null,
  Boolean,
  TinyInt,
  SmallInt,
  Integer,
  BigInt,
  Float,
  Double,
  Decimal,
  String,
  Bytes,
  Date,
  Timestamp,
  TimestampLtz,
  IntervalYearMonth,
  IntervalDayTime,
};

// One column of the scan's row, by its index (which is also its bit in the bitmap of NULLs).
struct ScanColumn {
  const char* name;
  uint32_t name_bytes;
  ColumnKind kind;
  uint8_t precision;
  uint8_t scale;
  bool not_null;
  bool decoded;  // false: computed, of the key or of the metadata: no member of the object
  Carrier carrier;
  uint32_t offset;  // in the row; kNoOffset: checked, not kept
};

// ---- the shape of a record ---------------------------------------------------------------------
//
// A shape is what the last records looked like: for each value the bytes before it and what it is. The fast path expects
// the next record to look the same.

constexpr uint32_t kShapeSteps = 64;
constexpr uint32_t kShapeLiteralBytes = 32;
constexpr uint32_t kShapeColumns = 256;  // of the table; none is learnt for a wider one

enum : uint32_t {
  kStepSkip = 0xffff0000u,  // a value of no column: checked for grammar only
  kStepMore,                // no value: the literal goes on in the next step
  kStepEnd,                 // the literal ends the line
};

struct ShapeStep {
  alignas(32) uint8_t literal[kShapeLiteralBytes];  // zeros behind `length`
  alignas(32) uint8_t mask[kShapeLiteralBytes];     // 0xff for the first `length` bytes
  uint32_t length;
  uint32_t action;  // index of a column, or kStep…
};

// Where the next values of a record probably end: at the commas that follow `from` within 64 bytes.
struct Commas {
  const char* from;
  uint64_t bits;
};

struct Shape {
  ShapeStep steps[kShapeSteps];
  uint64_t absent[kShapeColumns /
                  64];  // NULL bits of a row of this shape, before its values: what the record does not have
  uint32_t step_count;  // 0: nothing learnt
  uint32_t misses;      // in a row
  uint32_t pause;       // records for which the fast path is not tried, because shapes keep changing
  uint32_t next_pause;
  uint64_t fast_rows_before;  // ScanState::fast_rows when it was learnt
};

// ---- keys --------------------------------------------------------------------------------------
//
// Perfect hash of the names of members (runtime/formats/json_keys.cpp).

constexpr uint8_t kNoSlot = 0xff;
constexpr uint32_t kKeySlots = 1024;
struct KeyTable {
  uint64_t multiplier;       // 0: no perfect hash was found
  uint8_t slots[kKeySlots];  // column, kNoSlot
};

// The minute that a timestamp column met last: its text "2026-01-01 08:00" and its first microsecond.
struct MinuteCache {
  uint64_t text[2];  // zeros: none
  int64_t minute_us;
};
constexpr uint32_t kMinuteCaches = 8;  // timestamp columns beyond share them

enum : uint64_t {
  kScanIgnoreParseErrors = 1,  // json.ignore-parse-errors
  kScanFailOnMissing = 2,      // json.fail-on-missing-field
  kScanIso = 4,                // json.timestamp-format.standard = ISO-8601
  kScanStrictOnly = 8,         // the fast paths are off (a way of the test suite)
};

struct ScanState;
// The columns that stand in the keys of messages, and how they are read.
struct KeyColumns {
  ScanState* json;  // over the columns of the key alone, with a row of its own; null: one column, format raw
  uint32_t count;
  const uint32_t* columns;  // of the scan, by column of the key
};

struct ScanState {
  // The worker's; set before each batch.
  Context* context;
  // Of the partition at hand: set before a batch, taken back after it.
  int64_t watermark;  // w, ms; kNoWatermark before the first
  uint64_t position;  // byte offset of the batch's first byte (lines)
  uint64_t line;      // lines or messages before it, blank and empty ones included
  uint32_t partition;
  // At most so many rows per block, 1 … kBlockRows.
  uint32_t block_rows;
  uint64_t flags;
  // Counters; only ever raised.
  uint64_t rows_read;  // records, rejected ones included
  uint64_t rows_rejected;
  uint64_t fast_rows;  // decoded by the generated decoder
  // Called for each rejected record: its line without the line end, or the value of its message. The policy is the runtime's: it may count, route, or
  // set `stop`; then the kernel hands on the rows before it and returns.
  void (*on_reject)(ScanState* scan, const RowError* error, const char* begin, const char* end);
  bool stop;
  void* owner;  // of the runtime, for on_reject

  // Messages only. Of the partition at hand:
  StringRef topic;
  int32_t topic_partition;     // in the topic; `partition` counts over all topics of the table
  const MessageInfo* message;  // the one that was rejected, for on_reject
  const KeyColumns* key;       // null where no column stands in the key

  uint32_t column_count;
  const ScanColumn* columns;
  const uint64_t* member_bits;  // NULL bits of the columns that are members of the object
  const uint64_t* not_null_bits;
  void* members;  // of the strict parser: where each column's value lies in the line
  char* rows;     // kBlockRows × row_bytes, 64-byte aligned
  MinuteCache minutes[kMinuteCaches];
  KeyTable keys;
  Shape shape;
};

}  // namespace weir::abi

extern "C" {
// The complete decoder (runtime/formats/json_decode.cpp): `line` without its line end, into `row`. False: rejected, with
// the reason in `error`. It also learns the shape of the line.
bool weir_decode_json(weir::abi::ScanState* scan, const char* line, const char* end, char* row,
                      weir::abi::RowError* error);
// The columns of the key (runtime/formats/message_key.cpp) into `row`. False: rejected, with `in_key` set.
bool weir_decode_key(weir::abi::ScanState* scan, const weir::abi::MessageInfo* message, char* row,
                     weir::abi::RowError* error);
// Format raw (runtime/formats/raw.cpp): the bytes are the value of the column.
bool weir_decode_raw(weir::abi::ScanState* scan, const weir::abi::StringRef* bytes, uint32_t column,
                     char* row, weir::abi::RowError* error);
// Everything allocated from the context's arena is free again.
void weir_arena_reset(weir::abi::Context* context);
}
