// Reads the text of one annotation in the stdlib; the syntax stands in stdlib/function.h. A malformed annotation is an
// error of Weir and ends the program; a unit test reads them all.
#pragma once

#include <optional>
#include <string_view>

#include "compiler/catalog/functions.h"

namespace weir::catalog {

// Null if the annotation is of another kind.
std::optional<Function> parse_function(std::string_view annotation, std::string_view symbol);
std::optional<Aggregate> parse_aggregate(std::string_view annotation, std::string_view symbol);

// "ROUND(DECIMAL, INT) -> round_decimal", for docs and SHOW FUNCTIONS.
std::string to_string(const Function& function);
std::string to_string(const Aggregate& aggregate);

}  // namespace weir::catalog
