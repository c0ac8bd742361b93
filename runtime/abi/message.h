// Messages of a log as kernels see them, and records on their way to one.
#pragma once

#include "runtime/abi/abi.h"

namespace weir::abi {

// One message that was read. The bytes live as long as the batch; those of `value` are followed by a line end and
// kPaddingBytes readable bytes.
struct MessageInfo {
  StringRef value;
  StringRef key;      // data null: the message has no key
  StringRef headers;  // as the text of a JSON object; filled only if a column asks for it
  int64_t offset;
  int64_t timestamp_ms;
  uint32_t timestamp_type;  // TimestampType
  uint32_t unused;
};

// Texts of the metadata column `timestamp-type`, as Flink names them.
enum class TimestampType : uint32_t { NoTimestampType, CreateTime, LogAppendTime };

// Before each record in the output buffer of a sink that writes to a log; then the bytes of key and value follow. Frames
// lie back to back, unaligned.
struct RecordFrame {
  uint32_t key_bytes;    // kNullBytes: no key
  uint32_t value_bytes;  // kNullBytes: no value (a tombstone)
  int64_t timestamp_ms;  // kNoTimestamp: the time of producing
};
constexpr uint32_t kNullBytes = UINT32_MAX;
constexpr int64_t kNoTimestamp = INT64_MIN;

}  // namespace weir::abi
