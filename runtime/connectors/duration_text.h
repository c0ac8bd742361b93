// Durations as options write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace weir::connectors {

// "5 s", "500ms", "1 min", "2 h", "1 d"; a number alone is milliseconds.
std::optional<int64_t> parse_duration_ms(std::string_view text);

}  // namespace weir::connectors
