// Makes the ScanState of a table with 'format' = 'json'.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/abi/scan_state.h"

namespace weir::formats {

struct JsonScanColumn {
  std::string name;
  abi::ColumnKind kind{};
  uint8_t precision = 0;
  uint8_t scale = 0;
  bool not_null = false;
  bool decoded = true;
  abi::Carrier carrier{};
  uint32_t offset = abi::kNoOffset;
};

// Owns a ScanState and what it points to: key table, shape, rows of a block.
class JsonScan {
 public:
  // `flags`: kScan… of runtime/abi/scan_state.h, from the table's options.
  JsonScan(std::vector<JsonScanColumn> columns, uint32_t row_bytes, uint64_t flags);
  ~JsonScan();
  JsonScan(const JsonScan&) = delete;
  JsonScan& operator=(const JsonScan&) = delete;

  abi::ScanState& state();

 private:
  struct Memory;
  std::unique_ptr<Memory> memory_;
};

}  // namespace weir::formats
