#include "runtime/job/run/log_run.h"

namespace weir::job {

uint64_t waiting_bytes(const CommitRun& commit) {
  uint64_t bytes = 0;
  for (const connectors::LogSink* sink : commit.sinks) {
    bytes += sink->bytes();
  }
  return bytes;
}

}  // namespace weir::job
