#include "runtime/formats/json_keys.h"

#include <cstring>

namespace weir::formats::json {
namespace {

using abi::KeyTable;
using abi::ScanState;

static_assert(abi::kKeySlots == 1u << (64 - 54));

bool is_named(const ScanState* scan, uint32_t column, std::string_view name) {
  const abi::ScanColumn& candidate = scan->columns[column];
  return candidate.decoded && candidate.name_bytes == name.size() &&
         std::memcmp(candidate.name, name.data(), name.size()) == 0;
}

// Whether a name stands in JSON as it is, so that it may be compared with the bytes between quotes.
bool is_plain(const abi::ScanColumn& column) {
  for (uint32_t i = 0; i < column.name_bytes; ++i) {
    const auto byte = static_cast<uint8_t>(column.name[i]);
    if (byte < 0x20 || byte == '"' || byte == '\\') return false;
  }
  return true;
}

bool fill(const ScanState* scan, KeyTable& keys) {
  std::memset(keys.slots, abi::kNoSlot, sizeof keys.slots);
  for (uint32_t i = 0; i < scan->column_count; ++i) {
    const abi::ScanColumn& column = scan->columns[i];
    if (!column.decoded) continue;
    char padded[16] = {};
    const char* name = column.name;
    if (column.name_bytes < 8) name = static_cast<char*>(std::memcpy(padded, name, column.name_bytes));
    uint8_t& slot = keys.slots[key_slot(keys.multiplier, name, column.name_bytes)];
    if (slot != abi::kNoSlot) return false;
    slot = static_cast<uint8_t>(i);
  }
  return true;
}

}  // namespace

void make_key_table(ScanState* scan) {
  KeyTable& keys = scan->keys;
  keys.multiplier = 0;
  if (scan->column_count >= abi::kNoSlot) return;
  for (uint32_t i = 0; i < scan->column_count; ++i) {
    if (!is_plain(scan->columns[i])) return;
  }
  constexpr int kAttempts = 2000;
  uint64_t random = 0x9e3779b97f4a7c15u;
  for (int i = 0; i < kAttempts; ++i) {
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    keys.multiplier = random | 1;
    if (fill(scan, keys)) return;
  }
  keys.multiplier = 0;
}

uint32_t find_column(const ScanState* scan, std::string_view name) {
  if (scan->keys.multiplier != 0) {
    const uint8_t column = scan->keys.slots[key_slot(scan->keys.multiplier, name.data(), name.size())];
    return column != abi::kNoSlot && is_named(scan, column, name) ? column : abi::kNoColumn;
  }
  for (uint32_t i = 0; i < scan->column_count; ++i) {
    if (is_named(scan, i, name)) return i;
  }
  return abi::kNoColumn;
}

}  // namespace weir::formats::json
