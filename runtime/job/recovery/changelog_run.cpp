#include "runtime/job/recovery/changelog_run.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "runtime/job/recovery/starts.h"
#include "runtime/job/run/run.h"

namespace weir::job {
namespace {

constexpr uint32_t kMessagesPerFetch = 1024;
constexpr int kPatienceMs = 100;

}  // namespace

std::unexpected<Error> ChangelogRun::unusable(const std::string& why) const {
  return std::unexpected(
      Error{Error::Kind::Usage, fmt::format("the state in the changelog `{}` cannot be used: {}\nhint: {}",
                                            place_.topic, why, kRestartHint)});
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
  if (auto done = read(record.changelog.front(), record.commit); !done) {
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
  // Without transactions the topic may hold what no recovery record stands behind; a snapshot leaves that behind, and the
  // state of operators that are no longer there.
  if (run_.commit->settings.guarantee == commit::Guarantee::ExactlyOnce && run_.commit->left_behind.empty()) {
    pointers_ = record.changelog;
  }
  return {};
}

Result<void> ChangelogRun::read(const commit::ChangelogPointer& from, uint64_t until) {
  const int64_t offset = from.snapshot_offset;
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
  commit::ChangelogOrder order(from.commit, until);
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
      const auto follows = order.next(*record);
      if (!follows) {
        return unusable(fmt::format("offset {}: {}", messages[i].offset, follows.error()));
      }
      if (!*follows) {
        continue;
      }
      if (auto done = load(*record); !done) {
        return done;
      }
      (record->snapshot ? snapshot_bytes_ : bytes_since_) += value.size;
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
  if (std::ranges::find(run_.commit->left_behind, record.fingerprint) != run_.commit->left_behind.end()) {
    return {};
  }
  return unusable("it holds the state of an operator that the recovery record does not name");
}

Result<void> ChangelogRun::prepare() {
  const CommitSettings& settings = run_.commit->settings;
  if (coming_ ||
      (!pointers_.empty() && bytes_since_ <= std::max(settings.snapshot_bytes, 2 * snapshot_bytes_))) {
    return {};
  }
  const auto range = consumer_->offsets(place_);
  if (!range) {
    return std::unexpected(range.error());
  }
  // The last transaction may still be pending there; reading passes over what is older than the commit.
  coming_ = {.partition = 0, .snapshot_offset = range->end, .commit = 0};
  first_offset_ = range->first;
  return {};
}

std::vector<ChangelogRun::Change> ChangelogRun::collect() {
  const bool begins = coming_ && coming_->commit == 0;
  const bool whole = begins && pointers_.empty();  // nothing else that reading could begin with
  if (begins) {
    coming_->commit = run_.commit->record.commit + 1;
    coming_bytes_ = bytes_since_ = 0;
  }
  std::vector<Change> changes;
  for (uint32_t op = 0; op < kept_.size(); ++op) {
    if (kept_[op] == nullptr) {
      continue;
    }
    std::vector<std::string> blobs;
    if (whole) {
      kept_[op]->save_everything(blobs);
    } else {
      kept_[op]->save_changes(blobs);
    }
    save(op, whole, std::move(blobs), changes);
    if (begins && !whole) {
      kept_[op]->begin_snapshot();
      unsaved_.push_back(op);
    }
  }
  if (coming_) {
    uint64_t bytes = 0;
    for (const Change& change : changes) {
      bytes += change.blob.size();
    }
    // So it comes to an end however fast the state changes.
    collect_slices(std::max(run_.commit->settings.slice_bytes, bytes), changes);
  }
  return changes;
}

void ChangelogRun::save(uint32_t op, bool of_snapshot, std::vector<std::string> blobs,
                        std::vector<Change>& changes) {
  for (std::string& blob : blobs) {
    (of_snapshot ? coming_bytes_ : bytes_since_) += blob.size();
    changes.push_back({op, of_snapshot, std::move(blob)});
  }
}

// The next slice of the snapshot; with the last one, reading begins with it from then on.
void ChangelogRun::collect_slices(uint64_t bytes, std::vector<Change>& changes) {
  const uint64_t enough = coming_bytes_ + bytes;
  while (!unsaved_.empty() && coming_bytes_ < enough) {
    std::vector<std::string> blobs;
    const bool complete = kept_[unsaved_.back()]->save_slice(enough - coming_bytes_, blobs);
    save(unsaved_.back(), true, std::move(blobs), changes);
    if (complete) {
      unsaved_.pop_back();
    }
  }
  if (unsaved_.empty()) {
    pointers_ = {*coming_};
    coming_.reset();
    snapshot_bytes_ = coming_bytes_;
    delete_before_ = true;
  }
}

void ChangelogRun::seal(std::vector<Change> changes, commit::Epoch& epoch) const {
  commit::ChangelogRecord record{.commit = epoch.number,
                                 .count = static_cast<uint32_t>(std::max<size_t>(changes.size(), 1)),
                                 .snapshot = false,
                                 .fingerprint = 0,
                                 .state_layout = 0,
                                 .blob = {}};
  epoch.changelog_topic = place_.topic;
  if (changes.empty()) {
    epoch.changelog.push_back(commit::encode(record));
  }
  for (Change& change : changes) {
    const ManifestOperator& op = run_.manifest.operators[change.op];
    record.snapshot = change.of_snapshot;
    record.fingerprint = op.fingerprint;
    record.state_layout = op.state_layout;
    record.blob = std::move(change.blob);
    epoch.changelog.push_back(commit::encode(record));
    ++record.index;
  }
}

void ChangelogRun::committed() {
  if (!std::exchange(delete_before_, false) || may_not_delete_) {
    return;
  }
  const int64_t offset = pointers_.front().snapshot_offset;
  if (offset == first_offset_) {
    return;
  }
  if (auto done = consumer_->delete_before(place_, offset); !done) {
    may_not_delete_ = true;
    run_.report->message(
        fmt::format("records of the changelog `{}` that are no longer needed stay in it: {}\n", place_.topic,
                    done.error().text));
  }
}

}  // namespace weir::job
