#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <string_view>
#include <system_error>

#include "cli/command.h"
#include "cli/run_steps.h"
#include "compiler/diagnostics/suggest.h"
#include "weir_version.h"

namespace weir::cli {
namespace {

struct Command {
  std::string_view name;
  int (*run)(const Arguments& arguments);
  std::string_view arguments;
  std::string_view what;
};
constexpr Command kCommands[] = {
    {"run", run, "FILE [--set KEY=VALUE]…", "check, compile and run a query until its input ends"},
    {"compile", compile, "FILE -o JOB", "make a stand-alone executable of it"},
    {"check", check, "FILE [--json]",
     "say what is wrong, what state it keeps, what its result may depend on"},
    {"explain", explain, "[--ast|--plan|--passes|--pipelines|--ir|--asm] FILE",
     "show a stage of the compiler"},
    {"test", test, "PATH… [--update] [--ways all]",
     "run test files: inputs, queries and expected rows in one"},
    {"functions", functions, "[--markdown]", "list functions and aggregates"},
    {"job", job, "status|reset|drop FILE",
     "what a job over topics has committed; begin it elsewhere; forget it"},
    {"repl", repl, "", "a shell; also `weir` alone"},
};

int version(FILE* out) {
  fmt::print(out, "weir {}", weir::version);
  if (!weir::version_commit.empty()) fmt::print(out, " ({})", weir::version_commit);
  fmt::print(out, "\n");
  return kFinished;
}

int help(FILE* out, int status) {
  fmt::print(out, "weir compiles streaming SQL to native code.\n\n");
  for (const Command& command : kCommands)
    fmt::print(out, "  weir {:<8} {}\n{:16}{}\n", command.name, command.arguments, "", command.what);
  fmt::print(out, "  weir -c 'SQL'\n{:16}run this text\n", "");
  fmt::print(out, "\n  weir COMMAND --help tells more; weir --version.\n");
  fmt::print(out, "  FILE may be `-`: standard input.\n");
  fmt::print(
      out,
      "\nExit status: 0 finished, 1 the query is wrong, 2 usage, 3 input or output failed, 75 try again.\n");
  return status;
}

int unknown_command(const std::string& name) {
  fmt::print(stderr, "error: `{}` is no command of weir\n", name);
  std::vector<std::string> names{"help", "version"};
  for (const Command& command : kCommands) names.emplace_back(command.name);
  if (const auto meant = diagnostics::nearest(name, names)) {
    fmt::print(stderr, "  = hint: did you mean `{}`?\n", *meant);
  } else if (access(name.c_str(), R_OK) == 0) {
    fmt::print(stderr, "  = hint: `weir run {}` runs a file\n", name);
  } else {
    fmt::print(stderr, "  = hint: `weir help` lists them\n");
  }
  return kUsage;
}

int dispatch(Arguments arguments) {
  if (arguments.empty()) return repl({});
  const std::string name = std::move(arguments.front());
  arguments.erase(arguments.begin());
  if (name == "--version" || name == "version") return version(stdout);
  if (name == "--help" || name == "-h" || name == "help") return help(stdout, kFinished);
  if (name == "-c") {
    if (arguments.empty()) {
      fmt::print(stderr, "error: `-c` is followed by the text to run\n");
      return kUsage;
    }
    const std::string text = std::move(arguments.front());
    arguments.erase(arguments.begin());
    return run_text(text, arguments);
  }
  for (const Command& command : kCommands)
    if (command.name == name) return command.run(arguments);
  return unknown_command(name);
}

}  // namespace
}  // namespace weir::cli

int main(int argc, char** argv) {
  using namespace weir::cli;
  try {
    const int status = dispatch(Arguments(argv + 1, argv + argc));
    return print_output("") || status != kFinished ? status : kInputOutput;
  } catch (const std::system_error& error) {  // fmt's, where what is printed is longer than a buffer
    return output_failed(error.code().value());
  }
}
