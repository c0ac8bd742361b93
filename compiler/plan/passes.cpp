#include "compiler/plan/passes.h"

#include <array>

#include "compiler/plan/choose_recovery.h"
#include "compiler/plan/fold_constants.h"
#include "compiler/plan/print_plan.h"
#include "compiler/plan/prune_columns.h"
#include "compiler/plan/push_filter.h"
#include "compiler/plan/share_nodes.h"
#include "compiler/plan/slice_panes.h"
#include "compiler/plan/slide_windows.h"
#include "compiler/plan/traits.h"
#include "compiler/plan/verify_plan.h"

namespace weir::plan {
namespace {

// In order. choose_recovery comes before all that change the plan, so that its fingerprints do not depend on them; push_filter comes before form_sessions and slice_panes, which want filters below the window function; share_nodes
// after them, so that equal aggregates are equal in form; prune_columns last, when it is settled who reads what.
constexpr std::array kPasses{
    Pass{"choose_recovery", choose_recovery, false, "decides how each state comes back after a crash"},
    Pass{"fold_constants", fold_constants, true, "computes what is known at compile time"},
    Pass{"push_filter", push_filter, true, "drops rows before they are copied or projected"},
    Pass{"form_sessions", form_sessions, false, "makes a SESSION function part of the aggregate above it"},
    Pass{"slice_panes", slice_panes, true, "one update per record however many windows it is in"},
    Pass{"slide_windows", slide_windows, true, "makes a window from the one before, not from all its panes"},
    Pass{"share_nodes", share_nodes, true, "computes equal parts of several queries once"},
    Pass{"prune_columns", prune_columns, true, "materialises only the columns that are read"},
};

}  // namespace

std::span<const Pass> passes() { return kPasses; }

void run_passes(Plan& plan, const PassOptions& options) {
  verify_plan(plan, "build_plan");
  std::string before = options.observer ? print_plan(plan) : "";
  for (const Pass& pass : kPasses) {
    if (pass.optional && options.without.contains(pass.name)) continue;
    pass.run(plan);
    verify_plan(plan, pass.name);
    if (!options.observer) continue;
    std::string after = print_plan(plan);
    options.observer(pass, plan, after != before);
    before = std::move(after);
  }
  derive_traits(plan);
}

}  // namespace weir::plan
