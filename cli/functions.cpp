#include <fmt/format.h>

#include "cli/arguments.h"
#include "cli/command.h"
#include "compiler/catalog/print_functions.h"

namespace weir::cli {

int functions(const Arguments& arguments) {
  CLI::App app("Lists the functions and aggregates there are.", "functions");
  bool markdown = false, examples = false;
  app.add_flag("--markdown", markdown, "as docs/functions.md");
  app.add_flag("--examples", examples, "as tests/functions/examples.stream")->excludes("--markdown");
  if (const auto status = parse_arguments(app, arguments)) return *status;
  fmt::print("{}", markdown   ? catalog::functions_as_markdown()
                   : examples ? catalog::functions_as_test()
                              : catalog::functions_as_list());
  return kFinished;
}

}  // namespace weir::cli
