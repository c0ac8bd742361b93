// An expression that failed while the job ran, as a message.
#pragma once

#include <string>
#include <string_view>

#include "runtime/abi/abi.h"
#include "runtime/job/manifest/manifest.h"

namespace weir::job {

// Lines for standard error: the expression's place and text, why it failed, and `where` ("in the window …").
std::string describe_failure(const Manifest& manifest, const abi::Failure& failure, std::string_view where);

}  // namespace weir::job
