// Texts made from the catalogue of functions: what docs/ and tests/ say about them is never written by hand.
#pragma once

#include <string>

namespace weir::catalog {

// docs/functions.md
std::string functions_as_markdown();
// tests/functions/examples.stream: every example, which must be true
std::string functions_as_test();
// A line for each overload, for a terminal.
std::string functions_as_list();

}  // namespace weir::catalog
