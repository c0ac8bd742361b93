// Why a row was rejected: a reason, the field, and where in the line.
#pragma once

#include <cstdint>

namespace weir::abi {

enum class RowReason : uint32_t {
  None,
  // The line is not JSON.
  NotAnObject,       // something else than one object
  Truncated,         // the line ends inside the object
  UnexpectedByte,    // none of the tokens that may stand here
  BadNumber,         // 01, 1., .5, +1
  BadEscape,         // \q, \u12G4
  LoneSurrogate,     // \ud800 without its other half
  ControlCharacter,  // a raw byte below 0x20 in a string
  InvalidUtf8,
  TooDeep,           // more than 128 levels
  BytesAfterObject,  // `{…} x`
  // A column does not convert.
  WrongType,     // e.g. an object for BIGINT
  NotANumber,    // a string that holds no number
  NotAnInteger,  // 1.5 for an integer
  OutOfRange,    // 300 for TINYINT, 1e400 for DOUBLE, too many digits for DECIMAL
  BadTimestamp,  // not the form that json.timestamp-format.standard asks for, or no such day or time
  BadDate,
  BadBoolean,
  BadBase64,
  BadLength,       // format raw: not as many bytes as the type has
  NullNotAllowed,  // NULL or missing for NOT NULL
  MissingField,    // json.fail-on-missing-field
  // The row decodes, but has no place in time.
  EventTimeNull,
  EventTimeFails,  // the computed event time or the watermark expression fails
};

constexpr uint32_t kNoColumn = UINT32_MAX;

struct RowError {
  RowReason reason = RowReason::None;
  uint32_t column = kNoColumn;  // index in the columns of the scan
  uint64_t offset = 0;          // of the byte in the line, or in the message's value or key
  bool in_key = false;          // it is the message's key
};

}  // namespace weir::abi
