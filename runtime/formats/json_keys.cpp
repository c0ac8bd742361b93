#include "runtime/formats/json_keys.h"

#include <cstring>

namespace weir::formats::json {

using abi::KeyTable;
using abi::ScanState;

namespace {

bool is_named(const ScanState* scan, uint32_t column, std::string_view name) {
  const abi::ScanColumn& candidate = scan->columns[column];
  return candidate.decoded && candidate.name_bytes == name.size() &&
         std::memcmp(candidate.name, name.data(), name.size()) == 0;
}

}  // namespace

void make_key_table(ScanState* scan) { scan->keys.usable = false; }

uint32_t find_column(const ScanState* scan, std::string_view name) {
  for (uint32_t i = 0; i < scan->column_count; ++i) {
    if (is_named(scan, i, name)) return i;
  }
  return abi::kNoColumn;
}

}  // namespace weir::formats::json
