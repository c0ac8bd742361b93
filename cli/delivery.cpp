#include "cli/delivery.h"

#include <algorithm>

#include <fmt/format.h>

namespace weir::cli {
namespace {

std::string asked_by(const catalog::Table& table) {
  return table.options.get("sink.delivery-guarantee", "exactly-once");
}

const catalog::Table* table_of(const plan::Plan& plan, plan::NodeId sink) {
  return std::get<plan::Sink>(plan.at(sink).kind).table;
}

bool is_log(const catalog::Table* table) { return table != nullptr && catalog::has_messages(*table); }

// The job commits all its outputs together, in the strongest way that one of its sinks asks for. Empty: it commits nothing.
std::string guarantee_of(const plan::Plan& plan) {
  std::string strongest;
  for (const plan::NodeId id : plan.sinks) {
    const catalog::Table* table = table_of(plan, id);
    if (!is_log(table)) continue;
    const std::string asked = asked_by(*table);
    if (asked == "exactly-once") return asked;
    if (strongest.empty() || asked == "at-least-once") strongest = asked;
  }
  return strongest;
}

// The first table below the sink that is a log, or that is none; null if there is none of that kind.
const catalog::Table* source(const plan::Plan& plan, plan::NodeId id, bool log) {
  const plan::Node& node = plan.at(id);
  if (const auto* scan = std::get_if<plan::Scan>(&node.kind)) {
    return catalog::has_messages(*scan->table) == log ? scan->table : nullptr;
  }
  for (const plan::NodeId input : node.inputs) {
    if (const auto* table = source(plan, input, log)) return table;
  }
  return nullptr;
}

std::string interval_of(const plan::Plan& plan) { return plan.settings.get("commit.interval", "500 ms"); }

Delivery exactly_once(const plan::Plan& plan) {
  return {"exactly once, for readers with isolation.level=read_committed",
          {fmt::format("results, positions and state are committed in one transaction every {}",
                       interval_of(plan)),
           "weaker: a reader without that setting also sees records that a crash has taken back",
           "weaker: 'sink.delivery-guarantee' = 'at-least-once' needs no transaction, and may write a result "
           "again "
           "after a crash"}};
}

Delivery at_least_once(const plan::Plan& plan, bool upsert) {
  Delivery delivery{
      upsert ? "at least once; the last record of a key is right" : "at least once",
      {fmt::format("after a crash the records of up to {} are written again", interval_of(plan)),
       "a copy of the job that was taken for dead and comes back may write some twice as well"}};
  if (upsert) {
    delivery.notes.emplace_back(
        "stronger: 'exactly-once' never shows an older record of a key after a newer one");
  } else {
    delivery.notes.emplace_back(
        "stronger: a PRIMARY KEY and connector `upsert-kafka`, or a reader that drops what it has seen, make "
        "it "
        "once by key");
    delivery.notes.emplace_back("stronger: 'sink.delivery-guarantee' = 'exactly-once'");
  }
  return delivery;
}

Delivery at_most_once(const plan::Plan& plan) {
  return {"at most once",
          {fmt::format("after a crash the records of up to {} are missing", interval_of(plan)),
           "stronger: 'at-least-once' loses none at the same cost, 'exactly-once' writes none twice either"}};
}

Delivery log_delivery(const plan::Plan& plan, plan::NodeId sink, const catalog::Table& table) {
  if (const auto* file = source(plan, sink, false)) {
    return {"at least once over restarts",
            {fmt::format("`{}` is read from its beginning by every run, which writes all results again",
                         file->name),
             "stronger: put its rows into a topic first, and read that"}};
  }
  const std::string guarantee = guarantee_of(plan);
  Delivery delivery = guarantee == "exactly-once" ? exactly_once(plan)
                      : guarantee == "at-least-once"
                          ? at_least_once(plan, table.options.get("connector") == "upsert-kafka")
                          : at_most_once(plan);
  if (guarantee != asked_by(table)) {
    delivery.notes.insert(
        delivery.notes.begin(),
        fmt::format("`{}` asks for {}, but all sinks of a job commit together, as the strongest asks",
                    table.name, asked_by(table)));
  }
  return delivery;
}

// What is no log has no part in commits.
Delivery other_delivery(const plan::Plan& plan, plan::NodeId sink, Delivery without_logs) {
  const catalog::Table* log = source(plan, sink, true);
  if (log == nullptr) return without_logs;
  if (!guarantee_of(plan).empty()) {
    return {
        "at most once",
        {fmt::format("the job commits how far `{}` was read together with its results in topics", log->name),
         "a restart goes on there: rows from before are not written again",
         "stronger: write to a topic, or in a job of its own"}};
  }
  without_logs.notes.push_back(fmt::format(
      "every run begins where `scan.startup.mode` of `{}` says: only results in a topic commit positions",
      log->name));
  without_logs.notes.emplace_back("stronger: INSERT INTO a table of connector `kafka`");
  return without_logs;
}

}  // namespace

Delivery delivery_of(const plan::Plan& plan, plan::NodeId sink) {
  const catalog::Table* table = table_of(plan, sink);
  if (is_log(table)) return log_delivery(plan, sink, *table);
  if (table == nullptr) {
    return other_delivery(plan, sink, {"at least once over restarts (standard output)", {}});
  }
  const std::string connector = table->options.get("connector");
  if (connector == "filesystem") {
    return other_delivery(
        plan, sink,
        {table->options.get("path").ends_with('/') ? "at least once over restarts (finished parts stay)"
                                                   : "all or nothing per run (one file)",
         {}});
  }
  return {fmt::format("none ({})", connector), {}};
}

}  // namespace weir::cli
