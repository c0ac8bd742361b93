// The changelog of a run: the state of its operators in mode C, written with each commit and read back at the start. A
// snapshot goes in slices with one commit after the other, so that no pause is long.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/commit/changelog.h"
#include "runtime/commit/epoch.h"
#include "runtime/connectors/log/kafka_log.h"
#include "runtime/job/recovery/operator_changelog.h"

namespace weir::job {

struct Run;

class ChangelogRun {
 public:
  ChangelogRun(Run& run, std::string topic, std::unique_ptr<connectors::LogConsumer> consumer)
      : run_(run), place_{std::move(topic), 0}, consumer_(std::move(consumer)) {}

  // Operators have been opened, and know how far they had come. Reads their state, if there is one.
  connectors::Result<void> restore(abi::Context* context);
  // Before a commit, while the workers are at work: it begins a snapshot if the changelog has grown long.
  connectors::Result<void> prepare();
  // What has changed since the last call, as parts of records; the workers are paused.
  struct Change {
    uint32_t op;
    bool of_snapshot;
    std::string blob;
  };
  std::vector<Change> collect();
  // The records of the commit with these changes.
  void seal(std::vector<Change> changes, commit::Epoch& epoch) const;
  // For the recovery record of that commit.
  const std::vector<commit::ChangelogPointer>& pointers() const { return pointers_; }
  // It has been committed: what nobody needs any more is deleted.
  void committed();

 private:
  connectors::Result<void> read(const commit::ChangelogPointer& from, uint64_t until);
  connectors::Result<void> load(const commit::ChangelogRecord& record);
  void save(uint32_t op, bool of_snapshot, std::vector<std::string> blobs, std::vector<Change>& changes);
  void collect_slices(uint64_t bytes, std::vector<Change>& changes);
  std::unexpected<connectors::Error> unusable(const std::string& why) const;

  Run& run_;
  connectors::TopicPartition place_;
  std::unique_ptr<connectors::LogConsumer> consumer_;
  std::vector<std::unique_ptr<OperatorChangelog>> kept_;  // by operator; null: mode R
  std::vector<commit::ChangelogPointer> pointers_;
  // The snapshot that is being written; where it begins.
  std::optional<commit::ChangelogPointer> coming_;
  std::vector<uint32_t> unsaved_;  // operators of which it lacks something
  bool delete_before_ = false;     // it is complete with the commit at hand
  int64_t first_offset_ = 0;       // of the topic, when it began
  bool may_not_delete_ = false;
  uint64_t snapshot_bytes_ = 0;  // of the last complete one
  uint64_t coming_bytes_ = 0;
  uint64_t bytes_since_ = 0;  // changes since it began
};

}  // namespace weir::job
