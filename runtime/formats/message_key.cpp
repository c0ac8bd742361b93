#include "runtime/formats/message_key.h"

#include <cstring>
#include <utility>

#include "runtime/abi/row_layout.h"
#include "runtime/abi/scan.h"

namespace weir::formats {
namespace {

using abi::KeyColumns;
using abi::RowError;
using abi::ScanState;
using abi::StringRef;

void clear_null(char* row, uint32_t column) {
  char* const word = row + abi::RowLayout::null_word(column);
  const uint64_t nulls = abi::load<uint64_t>(word) & ~abi::RowLayout::null_bit(column);
  std::memcpy(word, &nulls, sizeof nulls);
}

bool is_null(const char* row, uint32_t column) {
  return (abi::load<uint64_t>(row + abi::RowLayout::null_word(column)) & abi::RowLayout::null_bit(column)) !=
         0;
}

// Keys end without the line feed and the padding that the JSON parsers rely on.
StringRef padded(abi::Context* context, const StringRef& bytes) {
  char* const copy = abi::allocate(context, bytes.size + 1 + abi::kPaddingBytes);
  std::memcpy(copy, bytes.data, bytes.size);
  std::memset(copy + bytes.size, 0, 1 + abi::kPaddingBytes);
  copy[bytes.size] = '\n';
  return {copy, bytes.size};
}

bool decode_json_key(ScanState* scan, const StringRef& bytes, char* row, RowError* error) {
  const KeyColumns& key = *scan->key;
  ScanState* const json = key.json;
  json->context = scan->context;
  const StringRef text = padded(scan->context, bytes);
  char* const from = json->rows;
  if (!weir_decode_json(json, text.data, text.data + text.size, from, error)) {
    if (error->column != abi::kNoColumn) error->column = key.columns[error->column];
    return false;
  }
  for (uint32_t i = 0; i < key.count; ++i) {
    const uint32_t column = key.columns[i];
    if (is_null(from, i)) continue;
    clear_null(row, column);
    const abi::ScanColumn& into = scan->columns[column];
    if (into.offset != abi::kNoOffset)
      std::memcpy(row + into.offset, from + json->columns[i].offset, abi::carrier_bytes(into.carrier));
  }
  return true;
}

// No key: all its columns are NULL, as they are already.
bool allow_no_key(const ScanState* scan, RowError* error) {
  for (uint32_t i = 0; i < scan->key->count; ++i) {
    const uint32_t column = scan->key->columns[i];
    if (!scan->columns[column].not_null) continue;
    *error = {abi::RowReason::NullNotAllowed, column, 0, true};
    return false;
  }
  return true;
}

}  // namespace

MessageKey::MessageKey(KeyFormat format, const std::vector<JsonScanColumn>& columns,
                       std::vector<uint32_t> which, const std::vector<std::string>& names, uint64_t flags)
    : which_(std::move(which)) {
  columns_.count = static_cast<uint32_t>(which_.size());
  columns_.columns = which_.data();
  if (format == KeyFormat::Raw) return;
  std::vector<abi::Carrier> carriers;
  for (const uint32_t column : which_) carriers.push_back(columns[column].carrier);
  const abi::RowLayout layout = abi::layout_row(carriers);
  std::vector<JsonScanColumn> own;
  for (size_t i = 0; i < which_.size(); ++i) {
    own.push_back(columns[which_[i]]);
    own.back().name = names[i];
    own.back().decoded = true;
    own.back().offset = layout.offsets[i];
  }
  json_ = std::make_unique<JsonScan>(std::move(own), layout.row_bytes, flags);
  columns_.json = &json_->state();
}

}  // namespace weir::formats

extern "C" bool weir_decode_key(weir::abi::ScanState* scan, const weir::abi::MessageInfo* message, char* row,
                                weir::abi::RowError* error) {
  namespace formats = weir::formats;
  if (message->key.data == nullptr) return formats::allow_no_key(scan, error);
  const bool decoded = scan->key->json == nullptr
                           ? weir_decode_raw(scan, &message->key, scan->key->columns[0], row, error)
                           : formats::decode_json_key(scan, message->key, row, error);
  if (!decoded) error->in_key = true;
  return decoded;
}
