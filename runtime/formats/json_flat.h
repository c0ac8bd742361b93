// Records that are flat, in any order of members: the middle path between the shape of the record before and the complete
// parser.
#pragma once

#include "runtime/abi/scan_state.h"

namespace weir::formats::json {

// Decodes an object whose values are scalars and whose strings have no escapes. False: it is not such a one, or something
// is wrong with it; the complete parser decides. What it accepts, that accepts with the same values.
// `end` must be the line feed.
bool decode_flat(abi::ScanState* scan, const char* line, const char* end, char* row);

}  // namespace weir::formats::json
