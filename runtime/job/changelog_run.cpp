#include "runtime/job/changelog_run.h"

#include <algorithm>

#include <fmt/format.h>

#include "runtime/job/run.h"

namespace weir::job {
namespace {

// A snapshot is written when the changes behind the last one are twice as much, and at least this.
constexpr uint64_t kSnapshotBytes = uint64_t{64} << 20;
constexpr uint32_t kMessagesPerFetch = 1024;
constexpr int kPatienceMs = 100;

}  // namespace

std::unexpected<Error> ChangelogRun::unusable(const std::string& why) const {
  return std::unexpected(Error{
      Error::Kind::Usage,
      fmt::format(
          "the state in the changelog `{}` cannot be used: {}\nhint: start with `--restart-from committed` "
          "(from the committed offset, with empty state), `--restart-from earliest` or `--restart-from "
          "latest`",
          place_.topic, why)});
}

Result<void> ChangelogRun::restore(abi::Context* context) {
  kept_.clear();
  for (const ManifestOperator& op : run_.manifest.operators) {
    const bool keeps = op.recovery == commit::RecoveryMode::Changelog;
    kept_.push_back(keeps ? std::make_unique<OperatorChangelog>((*run_.operators)[op.id], run_.entries)
                          : nullptr);
  }
  const commit::JobRecord& record = run_.commit->record;
  if (!run_.commit->restored) {
    return {};
  }
  if (record.changelog.empty()) {
    return unusable("the recovery record does not say where it begins");
  }
  if (auto done = read(record.changelog.front().snapshot_offset, record.commit, context); !done) {
    return done;
  }
  for (const auto& kept : kept_) {
    if (kept == nullptr) {
      continue;
    }
    if (auto done = kept->finish(context); !done) {
      return unusable(done.error());
    }
  }
  // Without transactions the topic may hold what no recovery record stands behind; a snapshot leaves that behind.
  if (run_.commit->settings.guarantee == commit::Guarantee::ExactlyOnce) {
    pointers_ = record.changelog;
  }
  return {};
}

Result<void> ChangelogRun::read(int64_t offset, uint64_t until, abi::Context*) {
  const auto range = consumer_->offsets(place_);
  if (!range) {
    return std::unexpected(range.error());
  }
  if (offset < range->first || offset >= range->end) {
    return unusable(fmt::format("it holds the offsets from {} to {}, and begins at {}", range->first,
                                range->end, offset));
  }
  const auto reader = consumer_->open(place_, {.offset = offset});
  if (!reader) {
    return std::unexpected(reader.error());
  }
  commit::ChangelogOrder order(until);
  std::vector<abi::MessageInfo> messages(kMessagesPerFetch);
  while (!order.finished()) {
    if (run_.stopping()) {
      return {};
    }
    const auto fetched = (*reader)->fetch(messages, kPatienceMs);
    if (!fetched) {
      return std::unexpected(fetched.error());
    }
    if (*fetched == 0 && (*reader)->at_end()) {
      return unusable(fmt::format("it ends before commit {}", until));
    }
    for (uint32_t i = 0; i < *fetched && !order.finished(); ++i) {
      const abi::StringRef& value = messages[i].value;
      const auto record = commit::decode_changelog({value.data, value.size});
      if (!record) {
        return unusable(fmt::format("offset {}: {}", messages[i].offset, record.error()));
      }
      if (auto follows = order.next(*record); !follows) {
        return unusable(fmt::format("offset {}: {}", messages[i].offset, follows.error()));
      }
      if (auto done = load(*record); !done) {
        return done;
      }
      bytes_since_ += value.size;
    }
  }
  return {};
}

Result<void> ChangelogRun::load(const commit::ChangelogRecord& record) {
  if (record.fingerprint == 0) {
    return {};
  }
  for (const ManifestOperator& op : run_.manifest.operators) {
    if (op.fingerprint != record.fingerprint || kept_[op.id] == nullptr) {
      continue;
    }
    if (op.state_layout != record.state_layout) {
      return unusable(fmt::format("`{}` lies in memory in another way", op.name));
    }
    if (auto done = kept_[op.id]->load(record.blob); !done) {
      return unusable(fmt::format("`{}`: {}", op.name, done.error()));
    }
    return {};
  }
  return {};  // of an operator that the query no longer has
}

Result<void> ChangelogRun::prepare() {
  everything_ = pointers_.empty() || bytes_since_ > std::max(kSnapshotBytes, 2 * snapshot_bytes_);
  if (!everything_) {
    return {};
  }
  const auto range = consumer_->offsets(place_);
  if (!range) {
    return std::unexpected(range.error());
  }
  pointers_ = {{.partition = 0, .snapshot_offset = range->end}};
  return {};
}

std::vector<ChangelogRun::Change> ChangelogRun::collect() {
  std::vector<Change> changes;
  uint64_t bytes = 0;
  for (uint32_t op = 0; op < kept_.size(); ++op) {
    if (kept_[op] == nullptr) {
      continue;
    }
    std::vector<std::string> blobs;
    kept_[op]->save(everything_, blobs);
    for (std::string& blob : blobs) {
      bytes += blob.size();
      changes.push_back({op, std::move(blob)});
    }
  }
  if (everything_) {
    snapshot_bytes_ = bytes;
    bytes_since_ = 0;
  } else {
    bytes_since_ += bytes;
  }
  return changes;
}

void ChangelogRun::seal(std::vector<Change> changes, commit::Epoch& epoch) const {
  commit::ChangelogRecord record{.commit = epoch.number,
                                 .count = static_cast<uint32_t>(std::max<size_t>(changes.size(), 1)),
                                 .snapshot = everything_,
                                 .fingerprint = 0,
                                 .state_layout = 0,
                                 .blob = {}};
  epoch.changelog_topic = place_.topic;
  if (changes.empty()) {
    epoch.changelog.push_back(commit::encode(record));
  }
  for (const Change& change : changes) {
    const ManifestOperator& op = run_.manifest.operators[change.op];
    record.fingerprint = op.fingerprint;
    record.state_layout = op.state_layout;
    record.blob = change.blob;
    epoch.changelog.push_back(commit::encode(record));
    ++record.index;
  }
}

}  // namespace weir::job
