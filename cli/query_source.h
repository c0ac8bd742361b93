#pragma once

#include <expected>
#include <memory>
#include <string>

#include "compiler/diagnostics/source.h"

namespace weir::cli {

// The text of a file; `-` is standard input. The error says which file and why.
std::expected<std::string, std::string> read_text(const std::string& path);
std::expected<std::shared_ptr<const diagnostics::Source>, std::string> read_source(const std::string& path);

}  // namespace weir::cli
