// Options and settings of a manifest as a start of the job sees them: overridden by `--set`, references resolved.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/connectors/connector.h"
#include "runtime/job/manifest/manifest.h"

namespace weir::job {

using connectors::Error;
using connectors::Result;

// Lays `k=v` pairs over the manifest: a setting, or `<table>.<option>`. Only what does not change the compiled code can
// be set at the start of a job; a pair that says what the manifest says already is always fine.
Result<void> apply_overrides(Manifest& manifest, const Options& overrides);

// Replaces `${env:X}` by the environment's X and `${file:PATH}` by what the file holds (without its last line end).
Result<void> resolve_references(Manifest& manifest);

const std::string* find_option(const Options& options, std::string_view key);
std::string option_or(const Options& options, std::string_view key, std::string_view otherwise);
bool flag_or(const Options& options, std::string_view key, bool otherwise);
// A whole number of at least `least`, or the error that names the key and the value.
Result<uint64_t> number_or(const Options& options, std::string_view key, uint64_t otherwise, uint64_t least);
// "128 MB"
Result<uint64_t> bytes_or(const Options& options, std::string_view key, uint64_t otherwise);
// "5 s", "500ms", "1 min", "2 h", "1 d"
Result<int64_t> duration_ms_or(const Options& options, std::string_view key, int64_t otherwise);

}  // namespace weir::job
