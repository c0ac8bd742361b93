// Event time in messages.
#pragma once

#include <cstdint>
#include <string>

namespace weir::job {

// "2026-01-01 08:00:00" of milliseconds since the epoch; "none" and "end of input" where there is no such time.
std::string time_text(int64_t time_ms);

}  // namespace weir::job
