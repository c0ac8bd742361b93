// The text of one top-level member of a JSON object, for choosing keys and partitions. Reads what generators write; checks nothing.
#pragma once

#include <optional>
#include <string_view>

namespace weir::kafka_client {

// A string without its quotes (escapes as they are), anything else as written; none: no such member, or null.
std::optional<std::string_view> json_member(std::string_view object, std::string_view name);

}  // namespace weir::kafka_client
