// A program's manifest as a start of the job sees it.
#pragma once

#include <string>

#include "runtime/abi/abi.h"
#include "runtime/job/manifest/manifest.h"
#include "runtime/job/manifest/settings.h"

namespace weir::job {

// Overridden by `--set`, `kafka_config` (a file, or empty) laid under it, references resolved, under its name.
Result<Manifest> started(Manifest manifest, const Options& overrides, const std::string& kafka_config);
Result<Manifest> started(const abi::Program& program, const Options& overrides,
                         const std::string& kafka_config);

}  // namespace weir::job
