// A worker: takes a partition, runs one batch of it, fires what has become due, again until all input has ended.
#pragma once

#include <functional>

#include "runtime/job/run/run.h"

namespace weir::job {

// Until the input ends or the run stops. `between_batches` is called now and then (progress; may be empty).
void work(Run& run, WorkerRun& worker, const std::function<void()>& between_batches);

}  // namespace weir::job
