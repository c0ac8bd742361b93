#include "runtime/commit/changelog.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "runtime/commit/crc32c.h"

namespace weir::commit {
namespace {

constexpr char kMagic[4] = {'W', 'C', 'L', '1'};

struct Header {
  char magic[4];
  uint32_t checksum;  // of all that follows
  uint64_t commit;
  uint32_t index;
  uint32_t count;
  uint64_t snapshot;
  uint64_t fingerprint;
  uint64_t state_layout;
};
static_assert(sizeof(Header) == 48);
constexpr size_t kUnchecked = 8;

}  // namespace

std::string encode(const ChangelogRecord& record) {
  Header header{{},
                0,
                record.commit,
                record.index,
                record.count,
                record.snapshot,
                record.fingerprint,
                record.state_layout};
  std::memcpy(header.magic, kMagic, sizeof kMagic);
  std::string bytes(sizeof header + record.blob.size(), '\0');
  std::memcpy(bytes.data(), &header, sizeof header);
  std::ranges::copy(record.blob, bytes.begin() + sizeof header);
  header.checksum = crc32c(std::string_view(bytes).substr(kUnchecked));
  std::memcpy(bytes.data(), &header, kUnchecked);
  return bytes;
}

std::expected<ChangelogRecord, std::string> decode_changelog(std::string_view bytes) {
  Header header;
  if (bytes.size() < sizeof header || std::memcmp(bytes.data(), kMagic, 3) != 0) {
    return std::unexpected("it is no record of a changelog of Weir");
  }
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.magic[3] != kMagic[3]) {
    return std::unexpected(
        fmt::format("it has version {}, this runtime reads version {}", header.magic[3], kMagic[3]));
  }
  if (header.checksum != crc32c(bytes.substr(kUnchecked))) {
    return std::unexpected("it is damaged: its checksum differs");
  }
  return ChangelogRecord{.commit = header.commit,
                         .index = header.index,
                         .count = header.count,
                         .snapshot = header.snapshot != 0,
                         .fingerprint = header.fingerprint,
                         .state_layout = header.state_layout,
                         .blob = bytes.substr(sizeof header)};
}

std::expected<bool, std::string> ChangelogOrder::next(const ChangelogRecord& record) {
  if (!last_) {
    if (record.commit < first_) {
      return false;
    }
    if (record.index != 0 || (first_ == 0 ? !record.snapshot : record.commit != first_)) {
      return std::unexpected(fmt::format(
          "it begins with record {} of commit {}, {}", record.index, record.commit,
          first_ == 0 ? "which is no snapshot" : fmt::format("and not with record 0 of commit {}", first_)));
    }
  } else {
    const bool complete = last_->index + 1 == last_->count;
    const uint64_t commit = complete ? last_->commit + 1 : last_->commit;
    const uint32_t index = complete ? 0 : last_->index + 1;
    if (record.commit != commit || record.index != index) {
      return std::unexpected(fmt::format("record {} of commit {} follows record {} of {} of commit {}",
                                         record.index, record.commit, last_->index, last_->count,
                                         last_->commit));
    }
  }
  last_ = {record.commit, record.index, record.count};
  return true;
}

}  // namespace weir::commit
