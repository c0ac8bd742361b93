#include "runtime/job/manifest/entry_points.h"

#include <fmt/format.h>

namespace weir::job {

void* EntryPoints::find(std::string_view role, uint32_t id) const {
  const std::string name = fmt::format("{}_{}", role, id);
  for (uint32_t i = 0; i < program_.entry_count; ++i) {
    if (name == program_.entries[i].name) {
      return program_.entries[i].function;
    }
  }
  return nullptr;
}

}  // namespace weir::job
