#include "tests/sim/checks.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include <fmt/format.h>

#include "tests/sim/input.h"

namespace weir::sim {
namespace {

// Of a row in JSON.
int64_t number_of(std::string_view row, std::string_view name) {
  const std::string field = fmt::format("\"{}\":", name);
  const size_t at = row.find(field);
  int64_t number = 0;
  if (at != std::string_view::npos) {
    std::from_chars(row.data() + at + field.size(), row.data() + row.size(), number);
  }
  return number;
}

// The text of a row before the field `n`: which window it is.
std::string_view window_of(std::string_view row) { return row.substr(0, row.find(",\"n\":")); }

bool is_last_only(Check check) { return check == Check::SameLast; }

std::string windows_twice(const Outputs& found, std::string_view topic) {
  std::string text;
  std::map<std::string_view, uint32_t> windows;
  for (const auto& [row, count] : found) {
    if (row.starts_with(topic)) windows[window_of(row)] += count;
  }
  for (const auto& [window, count] : windows) {
    if (count > 1) text += fmt::format("  {} × the window {}\n", count, window);
  }
  return text;
}

// Each record is in one window, or late.
std::string not_conserved(const SimLog& log, const Workload& workload, const Outputs& found) {
  const bool closing_too = workload.linger_us != 0;
  int64_t expected = 0, expected_sum = 0, counted = 0, sum = 0;
  for (const char* topic : {"events", "others"}) {
    for (int32_t partition = 0; partition < log.partitions(topic); ++partition) {
      for (const SimRecord& record : log.committed_records(topic, partition)) {
        if (closing_too || number_of(*record.value, "id") != kClosingId) {
          ++expected;
          expected_sum += number_of(*record.value, "h");
        }
      }
    }
  }
  for (const auto& [row, count] : found) {
    if (row.starts_with("out_t")) {
      counted += count * number_of(row, "n");
      sum += count * number_of(row, "s");
    } else if (number_of(row, "id") != kClosingId) {
      counted += count;
      sum += count * number_of(row, "h");
    }
  }
  std::string text = windows_twice(found, "out_t");
  if (counted != expected || sum != expected_sum) {
    text += fmt::format("  {} records with sum {}, instead of {} with {}\n", counted, sum, expected,
                        expected_sum);
  }
  return text;
}

std::map<int64_t, uint32_t> ids_of(const Outputs& found, std::string_view topic) {
  std::map<int64_t, uint32_t> ids;
  for (const auto& [row, count] : found) {
    if (row.starts_with(topic)) ids[number_of(row, "id")] += count;
  }
  return ids;
}

std::string ids_twice(const std::map<int64_t, uint32_t>& ids) {
  std::string text;
  for (const auto& [id, count] : ids) {
    if (count > 1 && id != kClosingId) text += fmt::format("  {} × id {}\n", count, id);
  }
  return text;
}

// Of each partition the records in a range of offsets are there, those outside are not.
std::string not_in_range(const SimLog& log, const std::map<int64_t, uint32_t>& ids, bool prefix) {
  std::string text;
  for (int32_t partition = 0; partition < log.partitions("events"); ++partition) {
    const TopicPartition place{"events", partition};
    const auto first = log.first_commits.find(place);
    const auto committed = log.committed_offset("sim", place);
    if (first == log.first_commits.end() || !committed) {
      text += fmt::format("  nothing was committed for partition {}\n", partition);
      continue;
    }
    const auto record = commit::decode(committed->metadata);
    const int64_t stop = record ? record->partition.stop_offset : -1;
    bool begun = log.added.contains(place);  // read from its begin
    for (const auto& [offset, value] : log.visible_records(place)) {
      const int64_t id = number_of(value, "id");
      if (id == kClosingId) continue;
      const bool there = ids.contains(id);
      const bool expected = prefix ? offset < stop : begun || offset >= first->second;
      begun |= there;
      if (there != expected && !(there && !prefix)) {
        text += fmt::format("  id {} (partition {}, offset {}) is {}\n", id, partition, offset,
                            there ? "there" : "missing");
      }
    }
  }
  return text;
}

}  // namespace

Outputs outputs_of(const SimLog& log, Check check) {
  Outputs outputs;
  for (const char* topic : kOutputs) {
    for (int32_t partition = 0; partition < kOutputPartitions; ++partition) {
      std::map<std::string, std::string> last;  // of each key
      for (const SimRecord& record : log.committed_records(topic, partition)) {
        if (is_last_only(check)) {
          last[record.key.value_or("-")] = record.value.value_or("-");
        } else {
          ++outputs[fmt::format("{} {} {}", topic, record.key.value_or("-"), record.value.value_or("-"))];
        }
      }
      for (const auto& [key, value] : last) ++outputs[fmt::format("{} {} {}", topic, key, value)];
    }
  }
  return outputs;
}

std::string difference(Check check, const Outputs& expected, const Outputs& found) {
  if (check > Check::AtMost) {
    return "";
  }
  std::string text;
  for (const auto& [row, count] : expected) {
    const auto at = found.find(row);
    const uint32_t seen = at == found.end() ? 0 : at->second;
    const bool fits = check == Check::AtLeast  ? seen >= count
                      : check == Check::AtMost ? seen <= count
                                               : seen == count;
    if (!fits) text += fmt::format("  {} × instead of {} ×: {}\n", seen, count, row);
  }
  for (const auto& [row, count] : found) {
    if (!expected.contains(row)) text += fmt::format("  {} × instead of 0 ×: {}\n", count, row);
  }
  return text;
}

std::string wrong_by_itself(const SimLog& log, const Workload& workload, const Outputs& found) {
  const auto ids = ids_of(found, "out_t");
  switch (workload.check) {
    case Check::Conserved: return not_conserved(log, workload, found);
    case Check::Suffix: return ids_twice(ids) + not_in_range(log, ids, false);
    case Check::Prefix: return ids_twice(ids) + not_in_range(log, ids, true) + windows_twice(found, "out_u");
    case Check::NothingTwice: return ids_twice(ids) + windows_twice(found, "out_u");
    default: return "";
  }
}

}  // namespace weir::sim
