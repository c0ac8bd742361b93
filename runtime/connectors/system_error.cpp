#include "runtime/connectors/system_error.h"

#include <cctype>
#include <cstring>

#include <fmt/format.h>

namespace weir::connectors {

std::string system_reason(int error_number) {
  char buffer[128];
  std::string reason = strerror_r(error_number, buffer, sizeof buffer);
  // As a part of a sentence: "No such file" -> "no such file", but "RPC failed" stays.
  if (reason.size() > 1 && std::islower(static_cast<unsigned char>(reason[1]))) {
    reason[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(reason[0])));
  }
  return reason;
}

Error system_error(std::string_view doing, std::string_view path, int error_number) {
  return {Error::Kind::InputOutput,
          fmt::format("cannot {} `{}`: {}", doing, path, system_reason(error_number))};
}

}  // namespace weir::connectors
