// Errors of Weir itself: never the user's mistake, and worded so that nobody takes them for one.
#pragma once

#include <string_view>

namespace weir::diagnostics {

// Prints "internal error in weir (<stage>): …, this is a bug in weir" and aborts.
[[noreturn]] void internal_error(std::string_view file, int line, std::string_view what);

}  // namespace weir::diagnostics

#define WEIR_CHECK(condition, what)                                                  \
  do {                                                                               \
    if (!(condition)) ::weir::diagnostics::internal_error(__FILE__, __LINE__, what); \
  } while (false)
