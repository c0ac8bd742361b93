// The system's reason for a failure, as part of an Error.
#pragma once

#include <string>
#include <string_view>

#include "runtime/connectors/connector.h"

namespace weir::connectors {

// "cannot read `orders.json`: no such file or directory"; `error_number` as in errno.
Error system_error(std::string_view doing, std::string_view path, int error_number);
std::string system_reason(int error_number);

}  // namespace weir::connectors
