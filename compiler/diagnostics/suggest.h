#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace weir::diagnostics {

// The candidate that is likely meant by `name` (runtime/abi/nearest_name.h).
std::optional<std::string> nearest(std::string_view name, std::span<const std::string> candidates);

}  // namespace weir::diagnostics
