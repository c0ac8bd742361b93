// What a restart would cost now, and whether the input that it needs is about to be deleted.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/connectors/log/log.h"

namespace weir::job {

struct Run;

struct ReplayEstimate {
  int64_t records = 0;  // between the low-water offsets and the positions
  int64_t ms = 0;       // they would take so long, as fast as records were read so far
};
// As of the last commit.
ReplayEstimate estimate_replay(const Run& run);

// By the committer, between commits: asks the log for the oldest record of one partition after the other, and warns when
// deletion comes near to what a restart would read. It waits for no answer.
class RetentionWatch {
 public:
  explicit RetentionWatch(Run& run) : run_(run) {}
  void look();

 private:
  struct Seen {
    int64_t first = 0;  // when it was looked at first
    bool warned = false;
  };

  void ask();
  void judge(const connectors::OffsetRange& range);

  Run& run_;
  std::map<connectors::TopicPartition, Seen> seen_;
  std::unique_ptr<connectors::Question<std::vector<connectors::OffsetRange>>>
      question_;  // of partition `next_`
  size_t next_ = 0;
  int64_t next_us_ = 0;
};

}  // namespace weir::job
