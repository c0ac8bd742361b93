// Columns by the names of members: a perfect hash, so that a lookup is one comparison.
#pragma once

#include <string_view>

#include "runtime/abi/scan.h"
#include "runtime/abi/scan_state.h"

namespace weir::formats::json {

// Finds the multiplier for the columns of the scan.
void make_key_table(abi::ScanState* scan);
// kNoColumn: no column that is decoded has the name. Up to eight bytes behind the name may be read.
uint32_t find_column(const abi::ScanState* scan, std::string_view name);

// The first and the last eight bytes of a name, and its length.
WEIR_INLINE uint32_t key_slot(uint64_t multiplier, const char* name, uint64_t size) {
  uint64_t first = abi::load<uint64_t>(name);
  uint64_t last = first;
  if (size >= 8) {
    last = abi::load<uint64_t>(name + size - 8);
  } else {
    first &= (uint64_t{1} << (8 * size)) - 1;
    last = first;
  }
  const uint64_t mixed = (first ^ (last << 29 | last >> 35)) + size;
  return static_cast<uint32_t>(mixed * multiplier >> 54);
}

}  // namespace weir::formats::json
