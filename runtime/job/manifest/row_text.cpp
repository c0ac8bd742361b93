#include "runtime/job/manifest/row_text.h"

#include <algorithm>

#include <fmt/format.h>

namespace weir::job {
namespace {

constexpr size_t kShownBytes = 200;

bool continues_character(char byte) { return (static_cast<uint8_t>(byte) & 0xC0) == 0x80; }

// Length of the UTF-8 character at `at`; 0 if there is none.
size_t character_bytes(std::string_view text, size_t at) {
  const auto first = static_cast<uint8_t>(text[at]);
  const size_t bytes = first < 0x80   ? 1
                       : first < 0xC2 ? 0
                       : first < 0xE0 ? 2
                       : first < 0xF0 ? 3
                       : first < 0xF5 ? 4
                                      : 0;
  if (bytes == 0 || at + bytes > text.size()) {
    return 0;
  }
  for (size_t i = 1; i < bytes; ++i) {
    if (!continues_character(text[at + i])) {
      return 0;
    }
  }
  return bytes;
}

}  // namespace

std::string_view reason_text(abi::RowReason reason) {
  using enum abi::RowReason;
  switch (reason) {
    case None: return "no reason";
    case NotAnObject: return "the line is no JSON object";
    case Truncated: return "the line ends inside the object";
    case UnexpectedByte: return "this cannot stand here in JSON";
    case BadNumber: return "this is no JSON number";
    case BadEscape: return "unknown escape in a string";
    case LoneSurrogate: return "half of a surrogate pair in a string";
    case ControlCharacter: return "raw control character in a string";
    case InvalidUtf8: return "this is not UTF-8";
    case TooDeep: return "values are nested deeper than 128 levels";
    case BytesAfterObject: return "something follows the object";
    case WrongType: return "JSON value of another type";
    case NotANumber: return "this is no number";
    case NotAnInteger: return "this is no whole number";
    case OutOfRange: return "out of range";
    case BadTimestamp: return "this is no timestamp of the expected form";
    case BadDate: return "this is no date";
    case BadBoolean: return "this is neither true nor false";
    case BadBase64: return "this is not base64";
    case BadLength: return "not as many bytes as the type has";
    case NullNotAllowed: return "NULL or missing, but declared NOT NULL";
    case MissingField: return "the member is missing";
    case EventTimeNull: return "the event time is NULL";
    case EventTimeFails: return "the event time or its watermark cannot be computed";
  }
  return "unknown reason";
}

std::string shown_row(std::string_view line, uint64_t offset) {
  size_t begin = offset > kShownBytes / 2 && line.size() > kShownBytes
                     ? std::min<size_t>(offset - kShownBytes / 2, line.size() - kShownBytes)
                     : 0;
  while (begin != 0 && begin < line.size() && continues_character(line[begin])) {
    ++begin;
  }
  std::string shown = begin == 0 ? "" : "…";
  size_t at = begin;
  while (at < line.size() && at < begin + kShownBytes) {
    const size_t bytes = character_bytes(line, at);
    if (bytes == 0 || static_cast<uint8_t>(line[at]) < 0x20 || line[at] == 0x7F) {
      shown += fmt::format("\\x{:02x}", static_cast<uint8_t>(line[at++]));
    } else {
      shown += line.substr(at, bytes);
      at += bytes;
    }
  }
  return at < line.size() ? shown + "…" : shown;
}

}  // namespace weir::job
