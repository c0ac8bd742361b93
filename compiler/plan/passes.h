#pragma once

#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "compiler/plan/plan.h"

namespace weir::plan {

struct Pass {
  std::string_view name;  // = file = function
  void (*run)(Plan&);
  bool optional;  // may be switched off (`--without=name`); answers are the same
  std::string_view what;
};
std::span<const Pass> passes();

struct PassOptions {
  std::set<std::string, std::less<>> without;
  // Called after each pass with its name and whether the plan changed (its printed form), for `explain --passes`.
  std::function<void(const Pass&, const Plan&, bool changed)> observer;
};
// Runs the table in order, verifying between passes, then derives the traits of every node.
void run_passes(Plan& plan, const PassOptions& options);

}  // namespace weir::plan
