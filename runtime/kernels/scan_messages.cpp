// Messages of a batch to blocks of rows: as scan_lines, but a record is the value of a message, which ends where it says, not at
// the first line end. A message without value (a tombstone) is no record, unless its bytes are a column (format raw).
//
// Holes: hole_row_bytes, hole_value_raw, hole_decode_columns, hole_nulls_allowed, hole_message_columns, hole_complete_row,
// hole_consume.
#include "runtime/abi/message.h"
#include "runtime/kernels/decode_record.h"

namespace weir::kernels {
namespace {

WEIR_INLINE bool decode_message(ScanState* scan, const MessageInfo* message, char* row, RowError* error) {
  if (hole_value_raw()) {
    all_null(row, scan->column_count);
  } else {
    const char* const begin = message->value.data;
    if (!decode<RecordEnd::Message>(scan, begin, begin + message->value.size, true, row, error)) return false;
  }
  return hole_message_columns(scan, message, row, error);
}

}  // namespace
}  // namespace weir::kernels

extern "C" void scan_messages(ScanState* scan, const MessageInfo* messages, uint32_t count) {
  using namespace weir::kernels;
  Context* const context = scan->context;
  const uint32_t row_bytes = hole_row_bytes();
  RowError error;  // written where a record is rejected
  Block block;
  block.rows = scan->rows;
  block.partition = scan->partition;

  while (count != 0) {
    const uint32_t wanted = count < scan->block_rows ? count : scan->block_rows;
    uint32_t rows = 0;
    for (uint32_t i = 0; i < wanted && !scan->stop; ++i) {
      const MessageInfo* const message = messages + i;
      ++scan->line;
      if (message->value.data == nullptr && !hole_value_raw()) [[unlikely]]
        continue;
      ++scan->rows_read;
      char* row = scan->rows + uint64_t{rows} * row_bytes;
      const bool taken = decode_message(scan, message, row, &error) &&
                         complete(scan, row, static_cast<uint64_t>(message->offset), &block, rows, &error);
      if (!taken) [[unlikely]] {
        ++scan->rows_rejected;
        scan->message = message;
        scan->on_reject(scan, &error, message->value.data, message->value.data + message->value.size);
        continue;
      }
      ++rows;
    }
    if (rows != 0) {
      block.count = rows;
      hole_consume(context, &block);
    }
    weir_arena_reset(context);
    if (scan->stop || context->failure.expression != 0) return;
    messages += wanted;
    count -= wanted;
  }
}

// ---- what hole_message_columns is made of; the compiler calls one per column, and for the key once -----------------
//
// False: the record is rejected.

extern "C" {

#define WEIR_MESSAGE_COLUMN [[gnu::always_inline]] bool

WEIR_MESSAGE_COLUMN message_raw(ScanState* scan, const MessageInfo* message, char* row, RowError* error,
                                uint32_t, uint32_t column, bool) {
  return weir_decode_raw(scan, &message->value, column, row, error);
}
WEIR_MESSAGE_COLUMN message_key(ScanState* scan, const MessageInfo* message, char* row, RowError* error,
                                uint32_t, uint32_t, bool) {
  return weir_decode_key(scan, message, row, error);
}
WEIR_MESSAGE_COLUMN message_topic(ScanState* scan, const MessageInfo*, char* row, RowError*, uint32_t offset,
                                  uint32_t column, bool) {
  Place{row, offset, column}.put(scan->topic);
  return true;
}
WEIR_MESSAGE_COLUMN message_partition(ScanState* scan, const MessageInfo*, char* row, RowError*,
                                      uint32_t offset, uint32_t column, bool) {
  Place{row, offset, column}.put(scan->topic_partition);
  return true;
}
WEIR_MESSAGE_COLUMN message_offset(ScanState*, const MessageInfo* message, char* row, RowError*,
                                   uint32_t offset, uint32_t column, bool) {
  Place{row, offset, column}.put(message->offset);
  return true;
}
// Microseconds; NULL where the message has no time.
WEIR_MESSAGE_COLUMN message_timestamp(ScanState*, const MessageInfo* message, char* row, RowError* error,
                                      uint32_t offset, uint32_t column, bool not_null) {
  if (message->timestamp_ms >= 0) [[likely]] {
    Place{row, offset, column}.put(message->timestamp_ms * 1000);
    return true;
  }
  if (not_null) *error = {RowReason::NullNotAllowed, column, 0};
  return !not_null;
}
WEIR_MESSAGE_COLUMN message_timestamp_type(ScanState*, const MessageInfo* message, char* row, RowError*,
                                           uint32_t offset, uint32_t column, bool) {
  static constexpr StringRef kNames[] = {{"NoTimestampType", 15}, {"CreateTime", 10}, {"LogAppendTime", 13}};
  Place{row, offset, column}.put(kNames[message->timestamp_type]);
  return true;
}
// NULL where the message has none.
WEIR_MESSAGE_COLUMN message_headers(ScanState*, const MessageInfo* message, char* row, RowError* error,
                                    uint32_t offset, uint32_t column, bool not_null) {
  if (message->headers.data != nullptr) {
    Place{row, offset, column}.put(message->headers);
    return true;
  }
  if (not_null) *error = {RowReason::NullNotAllowed, column, 0};
  return !not_null;
}
}
