#include <fmt/format.h>
#include <unistd.h>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/query_source.h"
#include "cli/run_steps.h"

namespace weir::cli {
namespace {

struct RunArguments {
  CompileArguments compile;
  bool quiet = false;
  std::string restart_from;
  bool accept_data_loss = false;
  std::string instance;
};

void add_run_arguments(CLI::App& app, RunArguments& arguments) {
  add_compile_arguments(app, arguments.compile);
  app.add_flag("--quiet,-q", arguments.quiet, "no progress and no summary on standard error");
  app.add_option("--restart-from", arguments.restart_from,
                 "do not go on where the job was committed last: begin at these offsets, with empty state")
      ->check(CLI::IsMember({"committed", "earliest", "latest"}));
  app.add_flag("--accept-data-loss", arguments.accept_data_loss,
               "go on although input that is needed has been deleted");
  app.add_option("--instance", arguments.instance,
                 "name of this copy of the job among those that stand by; the host's name without it");
}

int compile_and_run(std::shared_ptr<const diagnostics::Source> source, const RunArguments& arguments) {
  auto compile = compile_options(arguments.compile);
  if (!compile) return kUsage;
  StepOptions options{
      .compile = std::move(*compile), .backend = {}, .run = {}, .tables = is_terminal(STDOUT_FILENO)};
  options.run.overrides = options.compile.overrides;
  options.run.summary = !arguments.quiet;
  options.run.restart_from = arguments.restart_from;
  options.run.accept_data_loss = arguments.accept_data_loss;
  options.run.instance = arguments.instance;
  // Rows on the same terminal are progress enough.
  options.run.progress = !arguments.quiet && is_terminal(STDERR_FILENO) && !options.tables;
  catalog::Catalog catalog;
  const compiler::Compilation compilation = compiler::compile(std::move(source), options.compile, catalog);
  print_diagnostics(compilation);
  if (compilation.diagnostics.has_errors()) return kQueryWrong;
  return run_steps(compilation, options);
}

}  // namespace

int run(const Arguments& arguments) {
  CLI::App app("Checks, compiles and runs a query until its input ends or a signal arrives.", "run");
  RunArguments run;
  std::string path;
  add_run_arguments(app, run);
  app.add_option("FILE", path, "the query; `-` is standard input")->required();
  if (const auto status = parse_arguments(app, arguments)) return *status;
  auto source = read_source(path);
  if (!source) {
    fmt::print(stderr, "error: {}\n", source.error());
    return kInputOutput;
  }
  return compile_and_run(std::move(*source), run);
}

int run_text(const std::string& text, const Arguments& arguments) {
  CLI::App app("Runs a text.", "-c 'SQL'");
  RunArguments run;
  add_run_arguments(app, run);
  if (const auto status = parse_arguments(app, arguments)) return *status;
  return compile_and_run(std::make_shared<const diagnostics::Source>("<command line>", text), run);
}

}  // namespace weir::cli
