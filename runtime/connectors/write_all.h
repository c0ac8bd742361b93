// Writing all of something, however the system cuts it.
#pragma once

#include <cstdint>
#include <string_view>

namespace weir::connectors {

// 0, or errno.
int write_all(int descriptor, std::string_view bytes);

}  // namespace weir::connectors
