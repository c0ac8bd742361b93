#include <fmt/format.h>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/run_steps.h"
#include "cli/stages.h"

namespace weir::cli {

int explain(const Arguments& arguments) {
  CLI::App app("Shows what a stage of the compiler makes of a query.", "explain");
  QueryArguments query_arguments;
  bool no_optimize = false;
  add_query_arguments(app, query_arguments);
  constexpr std::pair<std::string_view, std::string_view> kStages[] = {
      {"ast", "the syntax tree"},
      {"plan", "the plan (this is shown if nothing else is asked for)"},
      {"passes", "the plan after each pass that changed it"},
      {"pipelines", "what is fused into one loop"},
      {"ir", "the LLVM module"},
      {"asm", "the machine code"},
  };
  std::map<std::string_view, bool> wanted;
  for (const auto& [name, what] : kStages)
    app.add_flag(fmt::format("--{}", name), wanted[name], std::string(what));
  app.add_flag("--O0", no_optimize, "--ir and --asm without optimisation");
  if (const auto status = parse_arguments(app, arguments)) return *status;
  auto query = read_query(query_arguments);
  if (!query) return query.error();
  std::vector<std::string_view> asked;
  for (const auto& [stage, is_asked] : wanted)
    if (is_asked) asked.push_back(stage);
  if (asked.size() > 1) {
    fmt::print(stderr, "error: `--{}` and `--{}` are two stages, and one is shown at a time\n", asked[0],
               asked[1]);
    return kUsage;
  }
  const std::string_view name = asked.empty() ? "plan" : asked.front();
  const StageText shown = show_stage(query->source, *stage_named(name), std::move(query->options),
                                     {.optimize = !no_optimize, .cpu = {}});
  print_diagnostics(shown.compilation);
  if (!print_output(shown.text)) return kInputOutput;
  return status_of(shown.compilation);
}

}  // namespace weir::cli
