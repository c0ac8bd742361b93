#include "cli/test_ways.h"

#include "compiler/plan/passes.h"

namespace weir::cli {

std::vector<Way> all_ways() {
  std::vector<Way> ways{
#define WEIR_WAY(name, executable, optimize, strict, block_rows, threads) \
  Way{name, executable, optimize, strict, block_rows, threads, {}},
#include "tests/ways.def"
#undef WEIR_WAY
  };
  for (const plan::Pass& pass : plan::passes()) {
    if (!pass.optional) continue;
    Way way;
    way.name = "without-" + std::string(pass.name);
    way.without_pass = pass.name;
    ways.push_back(std::move(way));
  }
  return ways;
}

}  // namespace weir::cli
