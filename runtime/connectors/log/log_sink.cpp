#include "runtime/connectors/log/log_sink.h"

#include <algorithm>
#include <cstring>
#include <unordered_set>
#include <utility>

namespace weir::connectors {

Result<void> LogSink::write(uint64_t, std::string_view rows) {
  rows_ += rows;
  bytes_.store(rows_.size(), std::memory_order_relaxed);
  return {};
}

std::string LogSink::take() {
  bytes_.store(0, std::memory_order_relaxed);
  return std::exchange(rows_, {});
}

std::vector<Record> records_of(std::string_view frames) {
  std::vector<Record> records;
  const auto cut = [&](uint32_t bytes) -> std::optional<std::string_view> {
    if (bytes == abi::kNullBytes) {
      return std::nullopt;
    }
    const std::string_view part = frames.substr(0, bytes);
    frames.remove_prefix(bytes);
    return part;
  };
  while (!frames.empty()) {
    abi::RecordFrame frame;
    std::memcpy(&frame, frames.data(), sizeof(frame));
    frames.remove_prefix(sizeof(frame));
    Record& record = records.emplace_back();
    record.timestamp_ms = frame.timestamp_ms;
    record.key = cut(frame.key_bytes);
    record.value = cut(frame.value_bytes);
  }
  return records;
}

void keep_last_of_each_key(std::vector<Record>& records) {
  std::unordered_set<std::string_view> seen;
  std::vector<Record> last;
  for (auto record = records.rbegin(); record != records.rend(); ++record) {
    if (!record->key || seen.insert(*record->key).second) {
      last.push_back(*record);
    }
  }
  std::ranges::reverse(last);
  records = std::move(last);
}

}  // namespace weir::connectors
