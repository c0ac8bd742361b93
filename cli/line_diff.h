#pragma once

#include <string>
#include <string_view>

namespace weir::cli {

// The lines that differ, with two of context: ` same`, `-expected`, `+actual`.
std::string line_diff(std::string_view expected, std::string_view actual);

}  // namespace weir::cli
