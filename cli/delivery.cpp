#include "cli/delivery.h"

#include <algorithm>

#include <fmt/format.h>

namespace weir::cli {
namespace {

// The job commits all its outputs together, in the strongest way that one of its sinks asks for.
std::string guarantee_of(const plan::Plan& plan) {
  std::string strongest = "at-most-once";
  for (const plan::NodeId id : plan.sinks) {
    const catalog::Table* table = std::get<plan::Sink>(plan.at(id).kind).table;
    if (table == nullptr || !catalog::has_messages(*table)) continue;
    const std::string asked = table->options.get("sink.delivery-guarantee", "exactly-once");
    if (asked == "exactly-once") return asked;
    if (asked == "at-least-once") strongest = asked;
  }
  return strongest;
}

// The first table below the sink that is no log; null if all are.
const catalog::Table* other_source(const plan::Plan& plan, plan::NodeId id) {
  const plan::Node& node = plan.at(id);
  if (const auto* scan = std::get_if<plan::Scan>(&node.kind)) {
    return catalog::has_messages(*scan->table) ? nullptr : scan->table;
  }
  for (const plan::NodeId input : node.inputs) {
    if (const auto* table = other_source(plan, input)) return table;
  }
  return nullptr;
}

Delivery log_delivery(const plan::Plan& plan, plan::NodeId sink, const catalog::Table& table) {
  if (const auto* source = other_source(plan, sink)) {
    return {"at least once over restarts",
            {fmt::format("`{}` is read from its beginning by every run; exactly once needs a log as input",
                         source->name)}};
  }
  const std::string guarantee = guarantee_of(plan);
  const bool upsert = table.options.get("connector") == "upsert-kafka";
  if (guarantee == "exactly-once") {
    return {"exactly once, for readers with isolation.level=read_committed",
            {fmt::format("results, positions and state are committed in one transaction every {}; others see "
                         "records of transactions that fail, too",
                         plan.settings.get("commit.interval", "500 ms"))}};
  }
  if (guarantee == "at-least-once") {
    return {"at least once",
            {upsert ? "a record may be written again after a crash; the last one of a key is right"
                    : "records may be written twice after a crash",
             "two copies of the job write everything twice: only `exactly-once` keeps a second one waiting"}};
  }
  return {
      "at most once",
      {"records may be missing after a crash; `at-least-once` loses nothing, `exactly-once` doubles nothing "
       "either"}};
}

}  // namespace

Delivery delivery_of(const plan::Plan& plan, plan::NodeId sink) {
  const catalog::Table* table = std::get<plan::Sink>(plan.at(sink).kind).table;
  if (table == nullptr) return {"at least once over restarts (standard output)", {}};
  if (catalog::has_messages(*table)) return log_delivery(plan, sink, *table);
  const std::string connector = table->options.get("connector");
  if (connector == "filesystem") {
    return {table->options.get("path").ends_with('/') ? "at least once over restarts (finished parts stay)"
                                                      : "all or nothing per run (one file)",
            {}};
  }
  return {fmt::format("none ({})", connector), {}};
}

}  // namespace weir::cli
