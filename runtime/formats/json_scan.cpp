#include "runtime/formats/json_scan.h"

#include <cstdlib>
#include <cstring>
#include <utility>

#include "runtime/formats/json_keys.h"
#include "runtime/formats/json_text.h"

namespace weir::formats {

struct JsonScan::Memory {
  struct Free {
    void operator()(char* memory) const { std::free(memory); }
  };
  std::vector<JsonScanColumn> declared;
  std::vector<abi::ScanColumn> columns;
  std::vector<uint64_t> member_bits;
  std::vector<uint64_t> not_null_bits;
  std::vector<json::Span> members;
  std::unique_ptr<char, Free> rows;
  abi::ScanState state{};
};

JsonScan::JsonScan(std::vector<JsonScanColumn> columns, uint32_t row_bytes, uint64_t flags)
    : memory_(std::make_unique<Memory>()) {
  Memory& memory = *memory_;
  memory.declared = std::move(columns);
  memory.members.resize(memory.declared.size());
  memory.member_bits.resize((memory.declared.size() + 63) / 64);
  memory.not_null_bits.resize(memory.member_bits.size());
  for (size_t i = 0; i < memory.declared.size(); ++i) {
    const JsonScanColumn& column = memory.declared[i];
    memory.columns.push_back({column.name.data(), static_cast<uint32_t>(column.name.size()), column.kind,
                              column.precision, column.scale, column.not_null, column.decoded, column.carrier,
                              column.offset});
    const uint64_t bit = uint64_t{1} << (i % 64);
    if (column.decoded) memory.member_bits[i / 64] |= bit;
    if (column.decoded && column.not_null) memory.not_null_bits[i / 64] |= bit;
  }
  const size_t bytes = (uint64_t{row_bytes} * abi::kBlockRows + 63) / 64 * 64;
  memory.rows.reset(static_cast<char*>(std::aligned_alloc(64, bytes == 0 ? 64 : bytes)));

  abi::ScanState& state = memory.state;
  state.watermark = abi::kNoWatermark;
  state.block_rows = abi::kBlockRows;
  state.flags = flags;
  state.column_count = static_cast<uint32_t>(memory.columns.size());
  state.columns = memory.columns.data();
  state.member_bits = memory.member_bits.data();
  state.not_null_bits = memory.not_null_bits.data();
  state.members = memory.members.data();
  state.rows = memory.rows.get();
  // A minute that is right, so that no bytes are ever taken for one that are not.
  for (abi::MinuteCache& cache : state.minutes) {
    std::memcpy(cache.text, (flags & abi::kScanIso) != 0 ? "1970-01-01T00:00" : "1970-01-01 00:00", 16);
  }
  json::make_key_table(&state);
}

JsonScan::~JsonScan() = default;

abi::ScanState& JsonScan::state() { return memory_->state; }

}  // namespace weir::formats
