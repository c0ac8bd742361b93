// The key of a group, for messages.
#pragma once

#include <string>
#include <vector>

#include "runtime/abi/holes.h"
#include "runtime/job/manifest/manifest.h"

namespace weir::job {

// "category = 'books' and day IS NULL"; empty if there is no key. `keys`: as they lie in `entry`. Long strings are cut.
std::string key_text(const std::vector<ManifestColumn>& keys, const char* entry,
                     const abi::StateMemory& memory);

}  // namespace weir::job
