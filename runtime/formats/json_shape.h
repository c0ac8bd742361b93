// Learning what records look like.
#pragma once

#include "runtime/abi/scan_state.h"

namespace weir::formats::json {

// Makes the shape of the line, which decodes, the one that the fast path expects, unless shapes keep changing.
void learn_shape(abi::ScanState* scan, const char* line, const char* end);

}  // namespace weir::formats::json
