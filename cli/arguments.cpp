#include "cli/arguments.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/query_source.h"
#include "compiler/diagnostics/suggest.h"
#include "compiler/plan/passes.h"

namespace weir::cli {

void add_compile_arguments(CLI::App& app, CompileArguments& arguments) {
  app.add_option("--set", arguments.settings, "a setting, or TABLE.OPTION: overrides what the text says")
      ->type_name("KEY=VALUE")
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--without", arguments.without, "leave out an optional pass of the compiler")
      ->type_name("PASS")
      ->take_all()
      ->allow_extra_args(false);
}

std::optional<compiler::CompileOptions> compile_options(const CompileArguments& arguments) {
  compiler::CompileOptions options;
  for (const std::string& setting : arguments.settings) {
    const size_t equal = setting.find('=');
    if (equal == std::string::npos || equal == 0) {
      fmt::print(stderr, "error: `--set {}` is not of the form KEY=VALUE\n", setting);
      return std::nullopt;
    }
    options.overrides.emplace_back(setting.substr(0, equal), setting.substr(equal + 1));
  }
  std::vector<std::string> optional_passes;
  for (const plan::Pass& pass : plan::passes())
    if (pass.optional) optional_passes.emplace_back(pass.name);
  for (const std::string& name : arguments.without) {
    if (std::find(optional_passes.begin(), optional_passes.end(), name) != optional_passes.end()) {
      options.passes.without.insert(name);
      continue;
    }
    fmt::print(stderr, "error: `{}` is no pass that can be left out\n", name);
    if (const auto meant = diagnostics::nearest(name, optional_passes))
      fmt::print(stderr, "  = hint: did you mean `{}`?\n", *meant);
    else
      fmt::print(stderr, "  = note: these can: {}\n", fmt::join(optional_passes, ", "));
    return std::nullopt;
  }
  return options;
}

void add_kafka_config(CLI::App& app, std::string& path) {
  app.add_option("--kafka-config", path,
                 "properties of Kafka's client for all tables, `name=value` a line: certificates, passwords")
      ->type_name("FILE");
}

void add_query_arguments(CLI::App& app, QueryArguments& arguments) {
  add_compile_arguments(app, arguments.compile);
  app.add_option("FILE", arguments.path, "the query; `-` is standard input")->required();
}

std::expected<QueryText, int> read_query(const QueryArguments& arguments) {
  auto options = compile_options(arguments.compile);
  if (!options) return std::unexpected(kUsage);
  auto source = read_source(arguments.path);
  if (!source) {
    fmt::print(stderr, "error: {}\n", source.error());
    return std::unexpected(kInputOutput);
  }
  return QueryText{std::move(*source), std::move(*options)};
}

std::optional<int> parse_arguments(CLI::App& app, const Arguments& arguments) {
  try {
    Arguments reversed(arguments.rbegin(), arguments.rend());
    app.parse(reversed);
    return std::nullopt;
  } catch (const CLI::CallForHelp&) {
    fmt::print("{}", app.help());
    return kFinished;
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "error: {}\n  = hint: `weir {} --help` tells more\n", error.what(), app.get_name());
    return kUsage;
  }
}

}  // namespace weir::cli
