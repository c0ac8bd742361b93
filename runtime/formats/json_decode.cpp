// The complete decoder of one record: grammar first, then of each column the last member of its name.
#include <cstring>
#include <string_view>
#include <vector>

#include "runtime/formats/json_convert.h"
#include "runtime/formats/json_flat.h"
#include "runtime/formats/json_keys.h"
#include "runtime/formats/json_shape.h"
#include "runtime/formats/json_text.h"

namespace weir::formats::json {
namespace {

using abi::RowError;
using abi::RowReason;
using abi::ScanState;

bool reject(RowError* error, RowReason reason, uint32_t column, uint64_t offset) {
  *error = {reason, column, offset};
  return false;
}

// The column of a member's name; `begin` … `end` stand between its quotes.
uint32_t column_of(const ScanState* scan, const char* begin, const char* end, bool escaped) {
  if (!escaped) return find_column(scan, {begin, static_cast<size_t>(end - begin)});
  // No name is longer than its escaped form.
  constexpr int64_t kUsual = 512;
  char usual[kUsual + 8];
  std::vector<char> longer;
  char* name = usual;
  if (end - begin > kUsual) {
    longer.resize(static_cast<size_t>(end - begin) + 8);
    name = longer.data();
  }
  return find_column(scan, {name, static_cast<size_t>(unescape(begin, end, name) - name)});
}

// Where each column's value lies. False: the line is no JSON object.
bool find_members(const ScanState* scan, const char* line, const char* end, Span* members, RowError* error) {
  Fault fault;
  const auto wrong = [&](RowReason reason, const char* at) {
    return reject(error, reason, abi::kNoColumn, static_cast<uint64_t>(at - line));
  };
  const char* at = skip_space(line, end);
  if (at >= end || *at != '{') {
    Span other;
    if (check_value(at, end, 0, &other, &fault) == nullptr) return wrong(fault.reason, fault.at);
    return wrong(RowReason::NotAnObject, at);
  }
  at = skip_space(at + 1, end);
  if (at < end && *at == '}') {
    at = skip_space(at + 1, end);
    return at == end ? true : wrong(RowReason::BytesAfterObject, at);
  }
  for (;;) {
    if (at >= end) return wrong(RowReason::Truncated, end);
    if (*at != '"') return wrong(RowReason::UnexpectedByte, at);
    const char* const name = at + 1;
    bool escaped = false;
    const char* const quote = check_string(name, end, &escaped, &fault);
    if (quote == nullptr) return wrong(fault.reason, fault.at);
    at = skip_space(quote + 1, end);
    if (at >= end) return wrong(RowReason::Truncated, end);
    if (*at != ':') return wrong(RowReason::UnexpectedByte, at);
    Span value;
    at = check_value(skip_space(at + 1, end), end, 1, &value, &fault);
    if (at == nullptr) return wrong(fault.reason, fault.at);
    const uint32_t column = column_of(scan, name, quote, escaped);
    if (column != abi::kNoColumn) members[column] = value;
    at = skip_space(at, end);
    if (at >= end) return wrong(RowReason::Truncated, end);
    if (*at == '}') break;
    if (*at != ',') return wrong(RowReason::UnexpectedByte, at);
    at = skip_space(at + 1, end);
  }
  at = skip_space(at + 1, end);
  return at == end ? true : wrong(RowReason::BytesAfterObject, at);
}

bool decode_strictly(ScanState* scan, const char* line, const char* end, char* row, RowError* error) {
  auto* const members = static_cast<Span*>(scan->members);
  for (uint32_t i = 0; i < scan->column_count; ++i) members[i].begin = nullptr;
  if (!find_members(scan, line, end, members, error)) return false;

  std::memset(row, 0xff, (scan->column_count + 63) / 64 * 8);
  const bool forgiving = (scan->flags & abi::kScanIgnoreParseErrors) != 0;
  for (uint32_t i = 0; i < scan->column_count; ++i) {
    if (!scan->columns[i].decoded) continue;
    const Span& value = members[i];
    const uint64_t offset = value.begin == nullptr ? 0 : static_cast<uint64_t>(value.begin - line);
    RowReason reason = RowReason::None;
    bool null = true;
    if (value.begin != nullptr) {
      reason = convert(scan, i, value, row);
      null = *value.begin == 'n';
    } else if ((scan->flags & abi::kScanFailOnMissing) != 0) {
      reason = RowReason::MissingField;
    }
    if (reason != RowReason::None) {
      if (!forgiving) return reject(error, reason, i, offset);
      null = true;
    }
    if (null && scan->columns[i].not_null) return reject(error, RowReason::NullNotAllowed, i, offset);
  }
  return true;
}

}  // namespace
}  // namespace weir::formats::json

extern "C" bool weir_decode_json(weir::abi::ScanState* scan, const char* line, const char* end, char* row,
                                 weir::abi::RowError* error) {
  namespace json = weir::formats::json;
  const bool flat =
      (scan->flags & weir::abi::kScanStrictOnly) == 0 && json::decode_flat(scan, line, end, row);
  if (!flat && !json::decode_strictly(scan, line, end, row, error)) return false;
  json::learn_shape(scan, line, end);
  return true;
}
