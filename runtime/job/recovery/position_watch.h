// Whether what a run has committed still stands.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/connectors/log/log.h"

namespace weir::job {

struct Run;

// By the committer: asks every ten seconds what is committed, and looks at the answer before a commit, which waits for none:
// brokers may take their time, and a transaction may be pending.
class PositionWatch {
 public:
  explicit PositionWatch(Run& run) : run_(run) {}
  // Something has been committed, and the next commit is near: what others have committed since the last one is seen then.
  void ask();
  // Ends the run if somebody else commits for its group.
  void look();

 private:
  Run& run_;
  std::unique_ptr<connectors::Question<std::vector<connectors::CommittedOffset>>> question_;
  std::string group_;
  uint64_t commit_ = 0;  // when it was asked
  int64_t next_us_ = 0;
};

}  // namespace weir::job
