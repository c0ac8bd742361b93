#include <fmt/format.h>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/delivery.h"
#include "cli/run_steps.h"
#include "compiler/diagnostics/render.h"

namespace weir::cli {
namespace {

// What follows from the plan, for each INSERT or SELECT.
struct Promise {
  std::string label;
  std::string changes, state, depends, watermark;
  Delivery delivery;
};

// The states of all aggregates below a node, nearest first.
void collect_state(const plan::Plan& plan, plan::NodeId id, std::vector<std::string>& bounds) {
  const plan::Node& node = plan.at(id);
  if (!node.traits.state_bound.empty() && node.traits.state_bound != "none")
    bounds.push_back(node.traits.state_bound);
  for (const plan::NodeId input : node.inputs) collect_state(plan, input, bounds);
}

bool has_union(const plan::Plan& plan, plan::NodeId id) {
  const plan::Node& node = plan.at(id);
  if (std::holds_alternative<plan::UnionAll>(node.kind)) return true;
  if (std::holds_alternative<plan::Aggregate>(node.kind)) return false;
  for (const plan::NodeId input : node.inputs)
    if (has_union(plan, input)) return true;
  return false;
}

Promise promise_of(const plan::Plan& plan, plan::NodeId id) {
  const plan::Node& node = plan.at(id);
  const auto& sink = std::get<plan::Sink>(node.kind);
  Promise promise;
  promise.label = sink.label;
  promise.changes =
      node.traits.changes == plan::ChangeMode::Append ? "rows, never taken back" : "updates: -U, +U, -D";
  std::vector<std::string> bounds;
  collect_state(plan, id, bounds);
  promise.state = bounds.empty() ? "none" : fmt::format("{}", fmt::join(bounds, "; "));
  if (node.traits.state_unbounded) promise.state += " (grows without bound)";
  promise.depends = node.traits.deterministic ? "the input alone"
                                              : "more than the input: " + node.traits.why_not_deterministic;
  if (has_union(plan, id)) promise.depends += "; the order of rows of UNION ALL's branches is free";
  promise.watermark = node.traits.watermark_domain.empty() ? "none" : node.traits.watermark_domain;
  promise.delivery = delivery_of(plan, id);
  return promise;
}

std::vector<Promise> promises_of(const compiler::Compilation& compilation) {
  std::vector<Promise> promises;
  for (const auto& step : compilation.steps)
    if (const auto* job = std::get_if<std::unique_ptr<compiler::CompiledJob>>(&step))
      for (const plan::NodeId sink : (*job)->plan.sinks) promises.push_back(promise_of((*job)->plan, sink));
  return promises;
}

void print_promises(const std::vector<Promise>& promises) {
  for (const Promise& promise : promises) {
    fmt::print("{}\n", promise.label);
    fmt::print("  output      {}\n", promise.changes);
    fmt::print("  state       {}\n", promise.state);
    fmt::print("  depends on  {}\n", promise.depends);
    fmt::print("  watermark   {}\n", promise.watermark);
    fmt::print("  delivery    {}\n", promise.delivery.promise);
    for (const std::string& note : promise.delivery.notes) fmt::print("              {}\n", note);
  }
}

}  // namespace

int check(const Arguments& arguments) {
  CLI::App app("Says what is wrong with a query, what state it keeps, and what its result may depend on.",
               "check");
  QueryArguments query_arguments;
  bool json = false;
  add_query_arguments(app, query_arguments);
  app.add_flag("--json", json, "diagnostics as JSON on standard output, for editors");
  if (const auto status = parse_arguments(app, arguments)) return *status;
  auto query = read_query(query_arguments);
  if (!query) return query.error();
  catalog::Catalog catalog;
  const compiler::Compilation compilation =
      compiler::compile(std::move(query->source), query->options, catalog);
  if (json) {
    fmt::print("{}", diagnostics::render_json(compilation.diagnostics, *compilation.source));
  } else {
    print_diagnostics(compilation);
    if (!compilation.diagnostics.has_errors()) print_promises(promises_of(compilation));
  }
  return status_of(compilation);
}

}  // namespace weir::cli
