#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace weir::abi {

// The candidate nearest to `name` by case-insensitive Damerau-Levenshtein distance, if it is near enough to be meant (at most a
// third of its length, at least 1).
std::optional<std::string> nearest_name(std::string_view name, std::span<const std::string> candidates);

}  // namespace weir::abi
