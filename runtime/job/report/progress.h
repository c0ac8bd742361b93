// The line on a terminal while a job runs for more than a second.
#pragma once

#include "runtime/job/run/run.h"

namespace weir::job {

class Progress {
 public:
  explicit Progress(Run& run);
  // Often; shows something a few times a second.
  void tick();

 private:
  std::string line(int64_t now_us) const;
  std::string watermark_text() const;
  std::string log_text() const;
  std::string holder_text(int64_t now_us) const;

  Run& run_;
  int64_t start_us_;
  int64_t next_us_;
  uint64_t bytes_total_ = 0;  // 0: unknown
};

}  // namespace weir::job
