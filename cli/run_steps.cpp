#include "cli/run_steps.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>

#include "cli/command.h"
#include "cli/table_view.h"
#include "compiler/diagnostics/no_place.h"
#include "compiler/diagnostics/render.h"
#include "compiler/match.h"

namespace weir::cli {
namespace {

int run_job(const compiler::CompiledJob& compiled, const diagnostics::Source& source,
            const StepOptions& options) {
  backend::JitOfHalves jit(options.backend);
  codegen::EmittedModule module = compiler::emit_in_halves(
      compiled, source, options.compile, [&](codegen::EmittedModule first) { jit.start(std::move(first)); });
  std::unique_ptr<TableView> view;
  job::RunOptions run = options.run;
  if (options.tables && !module.manifest.sinks.empty() && module.manifest.sinks.front().table.empty()) {
    view = std::make_unique<TableView>(module.manifest.sinks.front(), [](std::string_view text) {
      std::fwrite(text.data(), 1, text.size(), stdout);
      std::fflush(stdout);
    });
    run.standard_output = [&](std::string_view rows) { rows.empty() ? view->finish() : view->add(rows); };
  }
  auto program = jit.finish(std::move(module));
  if (!program) {
    fmt::print(stderr, "error: {}\n", program.error());
    return kInputOutput;
  }
  const int status = static_cast<int>(job::run_job(*(*program)->program(), run));
  if (view) view->finish();
  return status;
}

}  // namespace

bool is_terminal(int file) { return isatty(file) == 1; }

bool wants_colour(int file) {
  const char* no_colour = std::getenv("NO_COLOR");
  return is_terminal(file) && (!no_colour || !*no_colour);
}

bool print_output(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0)
    return true;
  output_failed(errno);
  return false;
}

int output_failed(int error_number) {
  fmt::print(stderr, "error: cannot write standard output: {}\n",
             std::generic_category().message(error_number));
  return kInputOutput;
}

int status_of(const compiler::Compilation& compilation) {
  if (!compilation.diagnostics.has_errors()) return kFinished;
  const auto& all = compilation.diagnostics.all();
  const bool in_text = std::any_of(all.begin(), all.end(), [](const diagnostics::Diagnostic& diagnostic) {
    return diagnostic.severity == diagnostics::Severity::Error &&
           diagnostic.labels.front().span != diagnostics::kNoPlace;
  });
  return in_text ? kQueryWrong : kUsage;
}

void print_diagnostics(const compiler::Compilation& compilation) {
  const std::string text = diagnostics::render_all(compilation.diagnostics, *compilation.source,
                                                   {.colour = wants_colour(STDERR_FILENO)});
  std::fwrite(text.data(), 1, text.size(), stderr);
}

int run_steps(const compiler::Compilation& compilation, const StepOptions& options) {
  for (const auto& step : compilation.steps) {
    const int status = match(
        step,
        [&](const std::unique_ptr<compiler::CompiledJob>& compiled) {
          return run_job(*compiled, *compilation.source, options);
        },
        [](const typed::Listing& listing) { return print_output(listing.text) ? kFinished : kInputOutput; });
    if (status != kFinished) return status;
  }
  return kFinished;
}

}  // namespace weir::cli
