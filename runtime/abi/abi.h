// What generated code, kernels and the runtime all see. Plain structs, no constructors with effects; compiled to
// bitcode as well, so the compiler takes layouts and prototypes from here and nothing is written twice.
#pragma once

#include <cstddef>
#include <cstdint>

namespace weir::abi {

// Changes whenever a struct or an entry point here changes; an executable and a runtime must agree.
constexpr uint32_t kAbiVersion = 2;

using Int128 = __int128;

// Borrowed bytes: STRING and BYTES values in rows and registers. NULL is a bit of the row, not a null pointer.
struct StringRef {
  const char* data;
  uint64_t size;
};

// How a value travels; the numbering is that of weir::types::Carrier.
enum class Carrier : uint8_t { I8, I16, I32, I64, I128, F32, F64, String };

// Rows of a block; a kernel works on this many at a time.
constexpr uint32_t kBlockRows = 64;
// Readable bytes behind every input buffer, so that wide loads may run past its end.
constexpr uint32_t kPaddingBytes = 64;
// "No value yet" of a watermark: less than every timestamp.
constexpr int64_t kNoWatermark = INT64_MIN;
constexpr int64_t kEndOfTime = INT64_MAX;

// ---- rows --------------------------------------------------------------------------------------
//
// A row is: a bitmap of NULLs (one bit a column, set = NULL, in 64-bit words, column 0 = lowest bit of word 0),
// then the columns in order, each aligned to its size (StringRef and I128 to 8 and 16); the size of a row is a
// multiple of 16. A column whose `used` is false has no place (offset kNoOffset). See row_layout.h.

constexpr uint32_t kNoOffset = UINT32_MAX;

// ---- what a worker carries ---------------------------------------------------------------------

// Per consumer (a kernel instance): what happened to source records here. A replay counts nothing.
struct Counters {
  uint64_t counted;       // reached the state or the sink
  uint64_t filtered;      // dropped by WHERE, in all copies
  uint64_t outside;       // in no window (HOP with slide > size)
  uint64_t late;          // in no open window
  uint64_t late_partial;  // in some windows only; part of counted
};

// The first expression that failed in a batch. `expression` 0 = none, else index + 1 into the manifest's expressions.
struct Failure {
  uint32_t expression;
  uint32_t reason;  // FailureReason
  uint64_t row;     // position of the record in its partition (of a fired row: its number)
};
enum class FailureReason : uint32_t { None, Overflow, DivisionByZero, Cast, Argument, NotNull };

struct Context;

// Bump memory that lives until the end of a block or batch.
struct Arena {
  char* cursor;
  char* limit;
  void* chunks;  // of the runtime
};

// One per worker and pipeline run; the first argument of every hole.
struct Context {
  Arena arena;
  Failure failure;
  int64_t processing_time_us;  // one clock reading per batch
  int64_t record_watermark;    // w just before the current record, ms; set by kernels before `prepare`
  void** consumers;            // state of each consumer by its id, of this worker; null: it is left out
  uint64_t options;            // bit 0: an expression that fails gives NULL (expression.on-error = null)
  void* worker;                // of the runtime
};
constexpr uint64_t kOptionNullOnError = 1;

// Up to 64 rows of one source partition, in order.
struct Block {
  const char* rows;  // count rows, row_bytes each, back to back
  uint32_t count;
  uint32_t partition;             // of the source; 0 for derived rows
  int64_t watermark[kBlockRows];  // w just before each row, ms
  uint64_t position[kBlockRows];  // of the record in its partition: byte offset of the line, or offset
};

// Up to 64 changes of groups: row i of `before` is the group's row before the record, row i of `after` after it.
struct ChangeBlock {
  const char* before;
  const char* after;
  uint32_t count;
  uint64_t has_before;  // bit i: there was a row before
  uint64_t has_after;   // bit i: there is one now
};

// ---- output ------------------------------------------------------------------------------------

// Bytes on their way to a sink. Rows are never torn: a buffer is handed on between rows only.
struct OutputBuffer {
  char* begin;
  char* cursor;
  char* limit;
  uint64_t rows;
  void* sink;  // of the runtime
};

enum class RowKind : uint8_t { Insert, UpdateBefore, UpdateAfter, Delete };

// ---- program -----------------------------------------------------------------------------------

struct EntryPoint {
  const char* name;  // "scan_0", "merge_2", …
  void* function;
};

// The one symbol (`weir_program`) that a generated module exports.
struct Program {
  uint32_t abi_version;
  uint32_t entry_count;
  const EntryPoint* entries;
  const char* manifest;  // runtime/job/manifest/manifest.h, serialised
  uint64_t manifest_bytes;
};

}  // namespace weir::abi

// ---- services of the runtime that kernels and generated code call ------------------------------

extern "C" {
// A new chunk for the arena; returns `bytes` bytes, 16-byte aligned. Never null.
char* weir_arena_grow(weir::abi::Context* context, uint64_t bytes);
// Records the first failure of the batch. `expression` is the index into the manifest's expressions.
void weir_fail(weir::abi::Context* context, uint32_t expression, uint32_t reason);
// Makes room for `bytes` more bytes: hands finished rows to the sink, or grows.
void weir_output_reserve(weir::abi::OutputBuffer* output, uint64_t bytes);
}

namespace weir::abi {

inline char* allocate(Context* context, uint64_t bytes) {
  bytes = (bytes + 15) & ~uint64_t{15};
  char* at = context->arena.cursor;
  if (static_cast<uint64_t>(context->arena.limit - at) >= bytes) [[likely]] {
    context->arena.cursor = at + bytes;
    return at;
  }
  return weir_arena_grow(context, bytes);
}

}  // namespace weir::abi
