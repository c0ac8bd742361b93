// Runs a compiled program: stitches sources, operators, workers and sinks together, until the input ends or a signal.
#pragma once

#include "runtime/abi/abi.h"
#include "runtime/job/run/run_options.h"

namespace weir::job {

ExitStatus run_job(const abi::Program& program, const RunOptions& options);

}  // namespace weir::job
