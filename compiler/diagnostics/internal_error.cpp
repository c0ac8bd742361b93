#include <fmt/format.h>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "compiler/diagnostics/check.h"

namespace weir::diagnostics {

// The stage is the folder: compiler/plan/verify_plan.cpp -> plan.
static std::string_view stage_of(std::string_view file) {
  const size_t name = file.rfind('/');
  if (name == std::string_view::npos) return file;
  const std::string_view folder = file.substr(0, name);
  return folder.substr(folder.rfind('/') + 1);
}

void internal_error(std::string_view file, int line, std::string_view what) {
  const size_t name = file.rfind('/');
  fmt::print(
      stderr,
      "internal error in weir ({}): {}\n  at {}:{}\nthis is a bug in weir, not a mistake in the query\n",
      stage_of(file), what, name == std::string_view::npos ? file : file.substr(name + 1), line);
  std::fflush(stderr);
  std::abort();
}

}  // namespace weir::diagnostics
