#include "runtime/commit/recovery_record.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "runtime/commit/crc32c.h"

namespace weir::commit {
namespace {

constexpr std::string_view kMagic = "weir1";
constexpr std::string_view kMagicOfAnyVersion = "weir";

template <typename Number>
bool parse_number(std::string_view text, Number& value, int base = 10) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return error == std::errc() && end == text.data() + text.size();
}

// Cuts what comes before the next `separator` off the front; all of it if there is none.
std::string_view cut(std::string_view& text, char separator) {
  const size_t at = text.find(separator);
  const std::string_view first = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
  return first;
}

bool parse_flag(std::string_view text, bool& value) {
  value = text == "1";
  return text == "0" || text == "1";
}

bool parse_job(std::string_view text, JobRecord& job) {
  return parse_number(cut(text, ','), job.commit) && parse_number(cut(text, ','), job.token, 16) &&
         parse_flag(text, job.finished);
}

bool parse_operator(std::string_view text, OperatorRecord& op) {
  if (!parse_number(cut(text, ':'), op.fingerprint, 16)) {
    return false;
  }
  const std::string_view mode = cut(text, ':');
  op.mode = mode == "C" ? RecoveryMode::Changelog : RecoveryMode::Replay;
  return (mode == "C" || mode == "R") && parse_number(cut(text, ':'), op.reached) &&
         parse_number(cut(text, ':'), op.passed) && (text.empty() || parse_number(text, op.parts, 16));
}

bool parse_pointer(std::string_view text, ChangelogPointer& pointer) {
  return parse_number(cut(text, ':'), pointer.partition) &&
         parse_number(cut(text, ':'), pointer.snapshot_offset) &&
         (text.empty() || parse_number(text, pointer.commit));
}

bool parse_input(std::string_view text, InputRecord& input) {
  return parse_number(cut(text, ':'), input.topic, 16) && parse_number(text, input.partitions);
}

// Names may hold what separates fields: such bytes are written as %41.
std::string escaped(std::string_view name) {
  std::string text;
  for (const char byte : name) {
    const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                       (byte >= '0' && byte <= '9') || byte == '.' || byte == '_' || byte == '-';
    text += plain ? std::string(1, byte) : fmt::format("%{:02x}", static_cast<unsigned char>(byte));
  }
  return text;
}

bool parse_name(std::string_view text, std::string& name) {
  while (!text.empty()) {
    if (text.front() != '%') {
      name += text.front();
      text.remove_prefix(1);
      continue;
    }
    uint8_t byte = 0;
    if (text.size() < 3 || !parse_number(text.substr(1, 2), byte, 16)) {
      return false;
    }
    name += static_cast<char>(byte);
    text.remove_prefix(3);
  }
  return true;
}

// One `key=value`; false: not understood.
bool parse_field(std::string_view key, std::string_view value, RecoveryRecord& record) {
  PartitionRecord& partition = record.partition;
  if (key == "p") return parse_number(value, partition.position);
  if (key == "w") return parse_number(value, partition.watermark);
  if (key == "l") return parse_number(value, partition.low_offset);
  if (key == "lw") return parse_number(value, partition.low_watermark);
  if (key == "s") return parse_number(value, partition.stop_offset);
  if (key == "i") return parse_flag(value, partition.idle);
  if (key == "u") return parse_number(value, record.owner, 16);
  if (key == "b") return parse_number(value, record.table, 16);
  if (key == "j") return parse_job(value, record.job.emplace());
  if (!record.job) return false;
  if (key == "n") return parse_name(value, record.job->name);
  if (key == "t") return parse_name(value, record.job->transactional_id);
  if (key == "r") return parse_input(value, record.job->inputs.emplace_back());
  if (key == "o") return parse_operator(value, record.job->operators.emplace_back());
  if (key == "c") return parse_pointer(value, record.job->changelog.emplace_back());
  return false;
}

}  // namespace

std::string encode(const RecoveryRecord& record) {
  const PartitionRecord& partition = record.partition;
  std::string text = fmt::format("{};p={};w={};l={};lw={};i={};s={}", kMagic, partition.position,
                                 partition.watermark, partition.low_offset, partition.low_watermark,
                                 partition.idle ? 1 : 0, partition.stop_offset);
  if (record.owner != 0) {
    text += fmt::format(";u={:x}", record.owner);
  }
  if (record.table != 0) {
    text += fmt::format(";b={:x}", record.table);
  }
  if (record.job) {
    text += fmt::format(";j={},{:x},{}", record.job->commit, record.job->token, record.job->finished ? 1 : 0);
    if (!record.job->name.empty()) {
      text += fmt::format(";n={}", escaped(record.job->name));
    }
    if (!record.job->transactional_id.empty()) {
      text += fmt::format(";t={}", escaped(record.job->transactional_id));
    }
    for (const OperatorRecord& op : record.job->operators) {
      text += fmt::format(";o={:x}:{}:{}:{}", op.fingerprint, op.mode == RecoveryMode::Replay ? 'R' : 'C',
                          op.reached, op.passed);
      if (op.parts != 0) {
        text += fmt::format(":{:x}", op.parts);
      }
    }
    for (const ChangelogPointer& pointer : record.job->changelog) {
      text += fmt::format(";c={}:{}:{}", pointer.partition, pointer.snapshot_offset, pointer.commit);
    }
    for (const InputRecord& input : record.job->inputs) {
      text += fmt::format(";r={:x}:{}", input.topic, input.partitions);
    }
  }
  return text + fmt::format(";crc={:08x}", crc32c(text));
}

uint32_t checksum_of(std::string_view name) { return std::max(crc32c(name), 1u); }

size_t longest_record_bytes(size_t operators, size_t topics, std::string_view name,
                            std::string_view transactional_id) {
  constexpr int64_t kLong = INT64_MIN;
  const OperatorRecord op{UINT64_MAX, RecoveryMode::Changelog, kLong, kLong, UINT64_MAX};
  const JobRecord job{UINT64_MAX,
                      UINT64_MAX,
                      true,
                      std::vector(operators, op),
                      {{INT32_MIN, kLong, UINT64_MAX}},
                      std::string(name),
                      std::string(transactional_id),
                      std::vector(topics, InputRecord{UINT32_MAX, INT32_MAX})};
  return encode({{kLong, kLong, kLong, kLong, kLong, true}, job, UINT32_MAX, UINT32_MAX}).size();
}

std::expected<RecoveryRecord, std::string> decode(std::string_view text) {
  if (!text.starts_with(kMagicOfAnyVersion)) {
    return std::unexpected("it was not written by Weir");
  }
  const size_t checksum_at = text.rfind(";crc=");
  uint32_t checksum = 0;
  if (checksum_at == std::string_view::npos || !parse_number(text.substr(checksum_at + 5), checksum, 16) ||
      checksum != crc32c(text.substr(0, checksum_at))) {
    return std::unexpected("its checksum is wrong");
  }
  std::string_view rest = text.substr(0, checksum_at);
  if (const std::string_view magic = cut(rest, ';'); magic != kMagic) {
    return std::unexpected(fmt::format("it is of version `{}`, this is `{}`", magic, kMagic));
  }
  RecoveryRecord record;
  uint32_t fields = 0;
  while (!rest.empty()) {
    std::string_view value = cut(rest, ';');
    const std::string_view whole = value;
    const std::string_view key = cut(value, '=');
    if (!parse_field(key, value, record)) {
      return std::unexpected(fmt::format("its field `{}` is not understood", whole));
    }
    ++fields;
  }
  if (fields < 6) {
    return std::unexpected("it is incomplete");
  }
  return record;
}

}  // namespace weir::commit
