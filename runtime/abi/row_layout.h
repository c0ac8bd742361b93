// Where the columns of a row lie; the one place that decides it, for generated code and the runtime alike.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/abi/abi.h"

namespace weir::abi {

struct RowLayout {
  std::vector<uint32_t> offsets;  // by column; kNoOffset where unused
  uint32_t row_bytes = 0;

  static constexpr uint32_t null_word(uint32_t column) { return column / 64 * 8; }  // byte offset of the word
  static constexpr uint64_t null_bit(uint32_t column) { return uint64_t{1} << (column % 64); }
};

constexpr uint32_t carrier_bytes(Carrier carrier) {
  switch (carrier) {
    case Carrier::I8: return 1;
    case Carrier::I16: return 2;
    case Carrier::I32:
    case Carrier::F32: return 4;
    case Carrier::I64:
    case Carrier::F64: return 8;
    case Carrier::I128:
    case Carrier::String: return 16;
  }
  return 0;
}

// `used` may be empty (= all).
inline RowLayout layout_row(std::span<const Carrier> columns, const std::vector<bool>& used = {}) {
  RowLayout layout;
  uint32_t at = static_cast<uint32_t>((columns.size() + 63) / 64) * 8;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (!used.empty() && !used[i]) {
      layout.offsets.push_back(kNoOffset);
      continue;
    }
    const uint32_t bytes = carrier_bytes(columns[i]);
    const uint32_t align = columns[i] == Carrier::String ? 8 : bytes;
    at = (at + align - 1) / align * align;
    layout.offsets.push_back(at);
    at += bytes;
  }
  layout.row_bytes = (at + 15) / 16 * 16;
  return layout;
}

}  // namespace weir::abi
