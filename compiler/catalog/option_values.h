// Values of options as they are written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/catalog/options.h"

namespace weir::catalog {

// A value that holds `${env:X}` or `${file:X}` is looked up where the job runs.
bool is_reference(std::string_view value);
using job::alternatives;
std::string lower(std::string_view text);
bool is_whole_number(std::string_view text);

// What the option takes, in words, if the value is not that; else empty. Enum values are brought into the form of the table.
std::string value_mismatch(const Option& option, std::string& value);

}  // namespace weir::catalog
