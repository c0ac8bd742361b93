// What is said of an expression that failed, when it is compiled and when the job runs.
#pragma once

#include <string_view>

#include "runtime/abi/abi.h"

namespace weir::abi {

constexpr std::string_view failure_text(FailureReason reason) {
  using enum FailureReason;
  switch (reason) {
    case None: break;
    case Overflow: return "the result is out of range";
    case DivisionByZero: return "division by zero";
    case NotNull: return "NULL for a NOT NULL column";
    case Cast: return "the value cannot be converted";
    case Argument: return "an argument is outside of what the function takes";
  }
  return "it fails";
}

}  // namespace weir::abi
