#pragma once

#include <cstdint>

#include "compiler/diagnostics/source.h"

namespace weir::diagnostics {

// The span of what the text does not hold: an argument of the command (`--set`). No line is shown for it.
constexpr Span kNoPlace{UINT32_MAX, UINT32_MAX};

}  // namespace weir::diagnostics
