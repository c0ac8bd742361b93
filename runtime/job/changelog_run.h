// The changelog of a run: the state of its operators in mode C, written with each commit and read back at the start.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/commit/changelog.h"
#include "runtime/commit/epoch.h"
#include "runtime/connectors/kafka_log.h"
#include "runtime/job/operator_changelog.h"

namespace weir::job {

struct Run;

class ChangelogRun {
 public:
  ChangelogRun(Run& run, std::string topic, std::unique_ptr<connectors::LogConsumer> consumer)
      : run_(run), place_{std::move(topic), 0}, consumer_(std::move(consumer)) {}

  // Operators have been opened, and know how far they had come. Reads their state, if there is one.
  connectors::Result<void> restore(abi::Context* context);
  // Before a commit: it will hold everything if the changelog has grown long.
  connectors::Result<void> prepare();
  // What has changed since the last call, as parts of records; the workers are paused.
  struct Change {
    uint32_t op;
    std::string blob;
  };
  std::vector<Change> collect();
  // The records of the commit with these changes.
  void seal(std::vector<Change> changes, commit::Epoch& epoch) const;
  // For the recovery record of that commit.
  const std::vector<commit::ChangelogPointer>& pointers() const { return pointers_; }

 private:
  connectors::Result<void> read(int64_t offset, uint64_t until, abi::Context* context);
  connectors::Result<void> load(const commit::ChangelogRecord& record);
  std::unexpected<connectors::Error> unusable(const std::string& why) const;

  Run& run_;
  connectors::TopicPartition place_;
  std::unique_ptr<connectors::LogConsumer> consumer_;
  std::vector<std::unique_ptr<OperatorChangelog>> kept_;  // by operator; null: mode R
  std::vector<commit::ChangelogPointer> pointers_;
  bool everything_ = false;  // the commit at hand is a snapshot
  uint64_t snapshot_bytes_ = 0;
  uint64_t bytes_since_ = 0;
};

}  // namespace weir::job
