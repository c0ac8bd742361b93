// `weir job`: what the log knows of a job.
#include <fmt/format.h>
#include <unistd.h>

#include <iostream>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/run_steps.h"
#include "runtime/job/job_reset.h"
#include "runtime/job/job_status.h"
#include "runtime/job/manifest/started_manifest.h"
#include "runtime/job/run/outcome.h"
#include "runtime/observe/slow_answer.h"

namespace weir::cli {
namespace {

// Of the one job of a text; nothing, with a message, if there are none or several.
std::optional<job::Manifest> only_manifest(const compiler::Compilation& compilation,
                                           const compiler::CompileOptions& options) {
  std::vector<job::Manifest> manifests;
  for (const auto& step : compilation.steps)
    if (const auto* job = std::get_if<std::unique_ptr<compiler::CompiledJob>>(&step))
      manifests.push_back(compiler::emit(**job, *compilation.source, options).manifest);
  if (manifests.size() == 1) return std::move(manifests.front());
  fmt::print(stderr, "error: `weir job` is asked about one job, and `{}` holds {}\n",
             compilation.source->name(), manifests.empty() ? "none" : fmt::format("{}", manifests.size()));
  return std::nullopt;
}

int fail(const job::Error& error) {
  fmt::print(stderr, "error: {}\n", error.text);
  return static_cast<int>(job::status_of(error));
}

// At a terminal the user is asked.
bool confirmed(const job::Manifest& manifest, const std::string& what, bool yes) {
  if (yes) return true;
  if (!is_terminal(STDIN_FILENO)) {
    fmt::print(stderr, "error: dropping job `{}` deletes:\n{}hint: `--yes` does it without asking\n",
               manifest.job_name, what);
    return false;
  }
  fmt::print("Dropping job `{}` deletes:\n{}Go on? [y/N] ", manifest.job_name, what);
  std::fflush(stdout);
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

struct Action {
  std::string name, to, kafka_config;
  bool yes = false;
};

int act(const Action& action, job::Manifest compiled) {
  const auto started = job::started(std::move(compiled), {}, action.kafka_config);
  if (!started) return fail(started.error());
  const job::Manifest& manifest = *started;
  if (action.name == "drop") {
    const auto what = job::what_drop_deletes(manifest);
    if (!what) return fail(what.error());
    if (!confirmed(manifest, *what, action.yes)) return kUsage;
  }
  const observe::SlowAnswer slow(job::waiting_text(manifest), job::kSlowAnswer,
                                 [](std::string_view line) { fmt::print(stderr, "{}", line); });
  const auto text = action.name == "status"  ? job::job_status(manifest, nullptr)
                    : action.name == "reset" ? job::reset_job(manifest, nullptr, action.to)
                                             : job::drop_job(manifest, nullptr);
  if (!text) return fail(text.error());
  return print_output(*text) ? kFinished : kInputOutput;
}

}  // namespace

int job(const Arguments& arguments) {
  CLI::App app("Shows, resets or drops what a job over topics has committed.", "job");
  QueryArguments query_arguments;
  Action action;
  app.add_option("ACTION", action.name,
                 "status: positions, watermarks, lag, operators, changelog; reset: the next start begins "
                 "elsewhere; drop: forget the job")
      ->required()
      ->check(CLI::IsMember({"status", "reset", "drop"}));
  add_query_arguments(app, query_arguments);
  app.add_option("--to", action.to, "reset: where the next start begins, with empty state")
      ->type_name("PLACE")
      ->check(CLI::IsMember({"committed", "earliest", "latest"}));
  add_kafka_config(app, action.kafka_config);
  app.add_flag("--yes,-y", action.yes, "drop: do not ask");
  if (const auto status = parse_arguments(app, arguments)) return *status;
  if ((action.name == "reset") == action.to.empty()) {
    fmt::print(stderr, "error: {}\n",
               action.to.empty() ? "`weir job reset` needs `--to committed`, `--to earliest` or `--to latest`"
                                 : "`--to` belongs to `weir job reset`");
    return kUsage;
  }
  auto query = read_query(query_arguments);
  if (!query) return query.error();
  catalog::Catalog catalog;
  const compiler::Compilation compilation =
      compiler::compile(std::move(query->source), query->options, catalog);
  if (compilation.diagnostics.has_errors()) {  // warnings are for those who run it
    print_diagnostics(compilation);
    return status_of(compilation);
  }
  auto manifest = only_manifest(compilation, query->options);
  return manifest ? act(action, std::move(*manifest)) : kQueryWrong;
}

}  // namespace weir::cli
