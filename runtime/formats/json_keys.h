// Columns by the names of members.
#pragma once

#include <string_view>

#include "runtime/abi/scan_state.h"

namespace weir::formats::json {

// Finds the hash of the table of keys.
void make_key_table(abi::ScanState* scan);
// kNoColumn: no column that is decoded has the name. Bytes behind the name may be read (padding).
uint32_t find_column(const abi::ScanState* scan, std::string_view name);

}  // namespace weir::formats::json
