#include "compiler/diagnostics/suggest.h"

#include "runtime/abi/nearest_name.h"

namespace weir::diagnostics {

std::optional<std::string> nearest(std::string_view name, std::span<const std::string> candidates) {
  return abi::nearest_name(name, candidates);
}

}  // namespace weir::diagnostics
