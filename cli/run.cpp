#include <fmt/format.h>
#include <unistd.h>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/run_steps.h"

namespace weir::cli {
namespace {

struct RunArguments {
  bool quiet = false;
  bool resume = false;
  std::string restart_from;
  bool accept_data_loss = false;
  std::string instance;
  std::string metrics;
  std::string kafka_config;
};

void add_run_arguments(CLI::App& app, RunArguments& arguments) {
  app.add_flag("--quiet,-q", arguments.quiet, "no progress and no summary on standard error");
  app.add_flag("--resume", arguments.resume,
               "go on from an earlier run of the job; if there is none, that is an error");
  app.add_option("--restart-from", arguments.restart_from,
                 "do not go on where the job was committed last: begin at these offsets, with empty state")
      ->check(CLI::IsMember({"committed", "earliest", "latest"}));
  app.add_flag("--accept-data-loss", arguments.accept_data_loss,
               "go on although input that is needed has been deleted");
  app.add_option("--instance", arguments.instance,
                 "name of this copy of the job among those that stand by; the host's name without it");
  app.add_option("--metrics", arguments.metrics, "serve /metrics (Prometheus) and /health there")
      ->type_name("HOST:PORT");
  add_kafka_config(app, arguments.kafka_config);
}

int compile_and_run(QueryText query, const RunArguments& arguments) {
  StepOptions options{
      .compile = std::move(query.options), .backend = {}, .run = {}, .tables = is_terminal(STDOUT_FILENO)};
  options.run.summary = !arguments.quiet;
  options.run.resume = arguments.resume;
  options.run.restart_from = arguments.restart_from;
  options.run.accept_data_loss = arguments.accept_data_loss;
  options.run.instance = arguments.instance;
  options.run.metrics = arguments.metrics;
  options.run.kafka_config = arguments.kafka_config;
  options.run.progress = !arguments.quiet && is_terminal(STDERR_FILENO);
  catalog::Catalog catalog;
  const compiler::Compilation compilation =
      compiler::compile(std::move(query.source), options.compile, catalog);
  print_diagnostics(compilation);
  if (const int status = status_of(compilation); status != kFinished) return status;
  return run_steps(compilation, options);
}

}  // namespace

int run(const Arguments& arguments) {
  CLI::App app("Checks, compiles and runs a query until its input ends or a signal arrives.", "run");
  QueryArguments query_arguments;
  RunArguments run;
  add_query_arguments(app, query_arguments);
  add_run_arguments(app, run);
  if (const auto status = parse_arguments(app, arguments)) return *status;
  auto query = read_query(query_arguments);
  return query ? compile_and_run(std::move(*query), run) : query.error();
}

int run_text(const std::string& text, const Arguments& arguments) {
  CLI::App app("Runs a text.", "-c 'SQL'");
  CompileArguments compile;
  RunArguments run;
  add_compile_arguments(app, compile);
  add_run_arguments(app, run);
  if (const auto status = parse_arguments(app, arguments)) return *status;
  auto options = compile_options(compile);
  if (!options) return kUsage;
  return compile_and_run(
      {std::make_shared<const diagnostics::Source>("<command line>", text), std::move(*options)}, run);
}

}  // namespace weir::cli
