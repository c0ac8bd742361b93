// Rows of bare SELECTs and of the print connector.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/connectors/connector.h"

namespace weir::connectors {

// Takes bytes; errno or 0.
using WriteBytes = std::function<int(std::string_view)>;

// What is written is visible at once. `stream`, for messages: "standard output".
std::unique_ptr<Sink> make_stdout_sink(WriteBytes write, std::string stream);

}  // namespace weir::connectors
