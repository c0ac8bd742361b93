// What a job was asked for at its start is looked at before anything is opened: whether it can be had of this job at all.
#pragma once

#include "runtime/connectors/connector.h"
#include "runtime/job/job.h"
#include "runtime/job/manifest/manifest.h"

namespace weir::job {

connectors::Result<void> check_options(const Manifest& manifest, const RunOptions& options);

}  // namespace weir::job
