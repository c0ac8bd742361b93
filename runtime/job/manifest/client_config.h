// `--kafka-config FILE`: properties of Kafka's client that whoever starts a job gives to all its tables, as `--command-config`
// does for Kafka's own tools. Here, and not in a query, stand files of the machine.
#pragma once

#include <string>

#include "runtime/job/manifest/manifest.h"
#include "runtime/job/manifest/settings.h"

namespace weir::job {

// Lines `name=value`; those that begin with `#` or `!` are comments. What a table says itself goes before. References in
// values are left to be resolved.
Result<void> lay_under(Manifest& manifest, const std::string& path);

}  // namespace weir::job
