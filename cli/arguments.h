// Reading of arguments, and the options that several commands share.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "compiler/analysis/analyze.h"
#include "compiler/compile.h"

namespace weir::cli {

// --set KEY=VALUE, --without PASS
struct CompileArguments {
  std::vector<std::string> settings;
  std::vector<std::string> without;
};
void add_compile_arguments(CLI::App& app, CompileArguments& arguments);
// Nothing, with a message on standard error, if they are malformed.
std::optional<compiler::CompileOptions> compile_options(const CompileArguments& arguments);

// Nothing if the command may go on; else the exit status (help was asked for, or the usage is wrong).
std::optional<int> parse_arguments(CLI::App& app, const Arguments& arguments);

}  // namespace weir::cli
