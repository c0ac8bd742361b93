// The holes: functions that kernels call and the compiler writes, straight-line code over one row.
//
// A kernel (runtime/kernels/*.cpp) is a plain C++ loop compiled to bitcode. For every pipeline step the compiler makes a
// renamed copy of the kernel's module, defines the holes that it calls, links both and lets LLVM inline the whole; what
// stays behind is one specialised loop. Unit tests and benchmarks define the holes by hand.
//
// Rules: a hole has no state but its arguments; it may allocate from context->arena (alive until the block ends); it may
// call weir_fail and then returns as if the value were NULL; it may not assume that only one row is alive.
// `prepared` is the row that a consumer works on: what is left of the source row after filters and projections, its
// layout known to the compiler alone. `entry` is the memory of one group: its key columns, then its accumulators;
// strings in it lie in `memory`, the table's own, addressed by offset.
#pragma once

#include "runtime/abi/abi.h"

namespace weir::abi {

// Memory of strings and sets of one table of groups; grows, so it is addressed by offset from `base`.
// Offset 0 is never handed out.
struct StateMemory {
  char* base;
  uint64_t used;
  uint64_t capacity;
  void* account;  // of the runtime: whose memory it is (state::MemoryAccount), or null
};

struct ScanState;
struct ShapeStep;
struct Commas;
struct MessageInfo;
struct RowError;

}  // namespace weir::abi

extern "C" {
using weir::abi::Block;
using weir::abi::ChangeBlock;
using weir::abi::Context;
using weir::abi::MessageInfo;
using weir::abi::OutputBuffer;
using weir::abi::RowError;
using weir::abi::ScanState;
using weir::abi::StateMemory;

// Room for `bytes` more in the memory; returns the offset (16-byte aligned). May move `base`.
uint64_t weir_state_allocate(StateMemory* memory, uint64_t bytes);

// ---- scan (runtime/kernels/scan_lines.cpp, scan_messages.cpp) ----------------------------------
uint32_t hole_row_bytes();
// Parses the values of columns, the first one that of `*step` at `at`, into `row`, and passes the literals that follow them, up
// to a step that is no column's; stops behind its literal, with `*step` there. Null: the record is none of this shape, or a
// value is for the strict parser. See runtime/abi/json_values.h.
const char* hole_decode_columns(ScanState* scan, const weir::abi::ShapeStep** step, const char* at,
                                const char* end, char* row, weir::abi::Commas* commas);
// Whether every column that is NOT NULL has a value.
bool hole_nulls_allowed(const char* row);
// scan_messages: the value is one column's bytes (format raw), no JSON object.
bool hole_value_raw();
// scan_messages: the columns that are no members of the value, for a row whose members have been decoded: format raw, the key,
// metadata. False: rejected, with the reason in `error`.
bool hole_message_columns(ScanState* scan, const MessageInfo* message, char* row, RowError* error);
// Computed event time, NULL checks of it, and the WATERMARK expression, for a decoded row.
// Returns 0: fine, `watermark` set (kNoWatermark where the expression is NULL or there is none);
// 1: rejected, event time is NULL; 2: rejected, event time or watermark cannot be computed.
uint32_t hole_complete_row(Context* context, char* row, int64_t* watermark);
// Hands the block to every consumer of this pipeline.
void hole_consume(Context* context, const Block* block);
void hole_consume_changes(Context* context, const ChangeBlock* block);

// ---- every consumer ----------------------------------------------------------------------------
uint32_t hole_prepared_bytes();
// Filters and projections from the source row to the prepared row. False: a WHERE dropped it. `window_start` and
// `window_end` (ms) are those of the copy at hand where windows fan out (hole_fan_out), else 0.
bool hole_prepare(Context* context, const char* row, int64_t window_start, int64_t window_end,
                  char* prepared);
// Whether a window function without aggregate multiplies rows here.
bool hole_fan_out();
// Event time of a source row (fan-out) in ms; for processing time the clock of the batch.
int64_t hole_source_time(Context* context, const char* row);
// Whether a source row (fan-out) passes the filters that do not look at the bounds of a window.
bool hole_passes_outside(Context* context, const char* row);

// ---- windows: constants of the query, in ms ----------------------------------------------------
int64_t hole_window_size();
int64_t hole_window_slide();  // CUMULATE: step
int64_t hole_window_offset();
int64_t hole_pane_size();     // gcd of size and slide
uint32_t hole_window_kind();  // WindowKind of runtime/time/windows.h

// ---- groups ------------------------------------------------------------------------------------
// Event time of a prepared row, ms (pane and session aggregation).
int64_t hole_event_time(Context* context, const char* prepared);
// Attached windows: bounds of the window a prepared row belongs to, ms.
int64_t hole_attached_start(const char* prepared);
int64_t hole_attached_end(const char* prepared);
uint32_t hole_entry_bytes();  // multiple of 16
// Well mixed in every bit: the top 8 are the shard, the low 32 choose the slot and tell keys apart. Equal keys, equal hashes.
uint64_t hole_key_hash(const char* prepared);
bool hole_key_equal(const char* prepared, const char* entry, const StateMemory* memory);
// Stores the key and initialises the accumulators.
void hole_entry_create(Context* context, const char* prepared, char* entry, StateMemory* memory);
void hole_update(Context* context, const char* prepared, char* entry, StateMemory* memory);
// Two entries of two tables with the same layout.
bool hole_entry_equal(const char* entry_a, const StateMemory* memory_a, const char* entry_b,
                      const StateMemory* memory_b);
void hole_entry_copy(char* into, StateMemory* into_memory, const char* from, const StateMemory* from_memory);
void hole_merge(char* into, StateMemory* into_memory, const char* from, const StateMemory* from_memory);
void hole_retract(char* into, StateMemory* into_memory, const char* from, const StateMemory* from_memory);
// SQL order of the keys: NULL first, strings bytewise, NaN last. <0, 0, >0.
int32_t hole_key_compare(const char* entry_a, const char* entry_b, const StateMemory* memory);
uint32_t hole_result_bytes();
// Key columns, window bounds and finished aggregates into a result row. Strings may point into `memory`; but in
// group_aggregate's copy they must be copied to context->arena: a group is updated before its earlier result is consumed.
void hole_finish(Context* context, const char* entry, const StateMemory* memory, int64_t window_start,
                 int64_t window_end, char* result);
// Whether two result rows of a group are equal (no update is sent then).
bool hole_result_equal(const char* a, const char* b);
// Groups and sessions: the store notes which entries change, because a changelog keeps them.
bool hole_keeps_changes();
// Group aggregation: only new groups are output, as plain rows through hole_consume (DISTINCT); else changes.
bool hole_append_only();

// ---- output ------------------------------------------------------------------------------------
uint64_t hole_encode_bound(const char* prepared);  // at most so many bytes
// `kind`: RowKind, or 255 where the output has no op.
char* hole_encode(const char* prepared, uint32_t kind, char* out);
// Whether RowKind::UpdateBefore is written: not where a key tells what a row takes the place of.
bool hole_keeps_update_before();
bool hole_prepared_equal(const char* a, const char* b);
}
