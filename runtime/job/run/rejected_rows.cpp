#include "runtime/job/run/rejected_rows.h"

#include <cstring>

namespace weir::job {
namespace {

using abi::Carrier;
enum Column : uint32_t { kRaw, kReason, kField, kSource, kPartition, kOffset, kLine };
constexpr Carrier kCarriers[] = {Carrier::String, Carrier::String, Carrier::String, Carrier::String,
                                 Carrier::I32,    Carrier::I64,    Carrier::I64};

template <typename T>
void store(char* row, uint32_t offset, const T& value) {
  std::memcpy(row + offset, &value, sizeof value);
}

}  // namespace

RejectedRows::RejectedRows(Consume consume, abi::Context* context)
    : consume_(consume),
      context_(context),
      layout_(abi::layout_row(kCarriers)),
      rows_(uint64_t{abi::kBlockRows} * layout_.row_bytes) {
  block_.rows = rows_.data();
}

abi::StringRef RejectedRows::keep(std::string text) {
  const std::string& kept = texts_.emplace_back(std::move(text));
  return {kept.data(), kept.size()};
}

void RejectedRows::add(RejectedRow row, int64_t watermark) {
  char* at = rows_.data() + uint64_t{block_.count} * layout_.row_bytes;
  std::memset(at, 0, layout_.row_bytes);
  store(at, layout_.offsets[kRaw], keep(std::string(row.raw)));
  store(at, layout_.offsets[kReason], keep(std::move(row.reason)));
  store(at, layout_.offsets[kSource], abi::StringRef{row.source.data(), row.source.size()});
  store(at, layout_.offsets[kPartition], static_cast<int32_t>(row.partition));
  store(at, layout_.offsets[kOffset], static_cast<int64_t>(row.offset));
  store(at, layout_.offsets[kLine], static_cast<int64_t>(row.line));
  if (row.field.empty()) {
    store(at, abi::RowLayout::null_word(kField), abi::RowLayout::null_bit(kField));
  } else {
    store(at, layout_.offsets[kField], keep(std::move(row.field)));
  }
  block_.partition = row.partition;
  block_.watermark[block_.count] = watermark;
  block_.position[block_.count] = row.offset;
  if (++block_.count == abi::kBlockRows) {
    flush();
  }
}

void RejectedRows::flush() {
  if (block_.count != 0) {
    consume_(context_, &block_);
    block_.count = 0;
    texts_.clear();
  }
}

}  // namespace weir::job
