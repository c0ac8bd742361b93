// Reading of arguments, and the options that several commands share.
#pragma once

#include <CLI/CLI.hpp>
#include <expected>
#include <memory>
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

// --kafka-config FILE, of what speaks to topics
void add_kafka_config(CLI::App& app, std::string& path);

// What check, compile, explain and run begin with: a text, and how it is compiled.
struct QueryArguments {
  CompileArguments compile;
  std::string path;
};
void add_query_arguments(CLI::App& app, QueryArguments& arguments);
struct QueryText {
  std::shared_ptr<const diagnostics::Source> source;
  compiler::CompileOptions options;
};
// The exit status, with a message on standard error, if the arguments are malformed or the text cannot be read.
std::expected<QueryText, int> read_query(const QueryArguments& arguments);

// Nothing if the command may go on; else the exit status (help was asked for, or the usage is wrong).
std::optional<int> parse_arguments(CLI::App& app, const Arguments& arguments);

}  // namespace weir::cli
