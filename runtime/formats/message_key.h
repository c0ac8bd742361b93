// The columns of a table that stand in the keys of messages ('key.fields'), decoded into the row beside those of the value.
#pragma once

#include <memory>
#include <vector>

#include "runtime/abi/scan_state.h"
#include "runtime/formats/json_scan.h"

namespace weir::formats {

enum class KeyFormat : uint8_t { Json, Raw };

// Owns what ScanState::key points to.
class MessageKey {
 public:
  // `names`: of the members in the key, which `key.fields-prefix` makes shorter than the columns'. `columns` are those of
  // the scan, `which` of them stand in the key. Format raw: one.
  MessageKey(KeyFormat format, const std::vector<JsonScanColumn>& columns, std::vector<uint32_t> which,
             const std::vector<std::string>& names, uint64_t flags);

  const abi::KeyColumns* columns() const { return &columns_; }

 private:
  std::vector<uint32_t> which_;
  std::unique_ptr<JsonScan> json_;
  abi::KeyColumns columns_{};
};

}  // namespace weir::formats
