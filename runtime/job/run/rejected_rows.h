// Rows of REJECTED(table) on their way to its pipelines: {raw BYTES, reason STRING, field STRING, source STRING, partition
// INT, offset BIGINT, line BIGINT}, laid out by runtime/abi/row_layout.h.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/abi/abi.h"
#include "runtime/abi/row_layout.h"
#include "runtime/job/manifest/entry_points.h"

namespace weir::job {

struct RejectedRow {
  std::string_view raw;
  std::string reason;
  std::string field;        // empty: NULL, the row as a whole
  std::string_view source;  // the partition's name
  uint32_t partition = 0;
  uint64_t offset = 0;
  uint64_t line = 0;
};

class RejectedRows {
 public:
  RejectedRows(Consume consume, abi::Context* context);

  // Copies everything but `source`, which must live until `flush`.
  void add(RejectedRow row, int64_t watermark);
  void flush();

 private:
  abi::StringRef keep(std::string text);

  Consume consume_;
  abi::Context* context_;
  abi::RowLayout layout_;
  std::vector<char> rows_;
  abi::Block block_{};
  std::deque<std::string> texts_;  // of the block; not in the arena, which the scan rewinds meanwhile
};

}  // namespace weir::job
