#include "compiler/plan/traits.h"

#include <fmt/format.h>

#include <set>

#include "compiler/match.h"
#include "compiler/plan/describe.h"
#include "compiler/plan/rewrite.h"

namespace weir::plan {
namespace {

class Deriver {
 public:
  explicit Deriver(Plan& plan) : plan_(plan), domains_(plan.nodes.size()) {}

  void derive() {
    for (NodeId id = 0; id < plan_.nodes.size(); ++id) derive(id);
  }

 private:
  void derive(NodeId id) {
    Node& node = plan_.at(id);
    Traits traits;
    for (NodeId input : node.inputs) {
      const Traits& below = plan_.at(input).traits;
      if (below.changes == ChangeMode::Retract) traits.changes = ChangeMode::Retract;
      traits.state_unbounded |= below.state_unbounded;
      if (traits.deterministic && !below.deterministic) {
        traits.deterministic = false;
        traits.why_not_deterministic = below.why_not_deterministic;
      }
      domains_[id].insert(domains_[input].begin(), domains_[input].end());
    }
    match(
        node.kind,
        [&](const Scan& scan) {
          if (scan.table->watermark) domains_[id].insert(scan.table->name);
          if (scan.table->options.get("connector") == "datagen" && !scan.table->options.find("seed"))
            not_deterministic(traits, fmt::format("`{}` is datagen without `seed`", scan.table->name));
        },
        [&](const Rejected& rejected) {
          if (rejected.table->watermark) domains_[id].insert(rejected.table->name);
        },
        [](const Filter&) {}, [](const Project&) {}, [](const WindowAssign&) {}, [](const LateFilter&) {},
        [&](const Aggregate& aggregate) { derive_aggregate(aggregate, traits); }, [](const UnionAll&) {},
        [](const Sink&) {});
    visit_expressions(node, [&](const ExpressionPtr& expression) {
      if (!expression->deterministic) not_deterministic(traits, "it reads the clock or a random source");
    });
    for (const Column& column : node.columns)
      traits.has_event_time |= column.time == typed::TimeAttribute::EventTime;
    traits.watermark_domain = fmt::format("{}", fmt::join(domains_[id], ", "));
    node.traits = std::move(traits);
  }

  static void not_deterministic(Traits& traits, std::string why) {
    if (!traits.deterministic) return;
    traits.deterministic = false;
    traits.why_not_deterministic = std::move(why);
  }

  static void derive_aggregate(const Aggregate& aggregate, Traits& traits) {
    for (uint32_t i = 0; i < aggregate.outputs.size(); ++i)
      if (aggregate.outputs[i].what != AggregateOutput::What::Aggregate) traits.unique_key.push_back(i);
    switch (aggregate.windowing) {
      case Windowing::None:
        traits.state_bound = aggregate.keys.empty() ? "one group" : "one group per key, for ever";
        traits.state_unbounded |= !aggregate.keys.empty();
        if (!aggregate.distinct_only) traits.changes = ChangeMode::Retract;
        break;
      case Windowing::Attached:
        traits.state_bound = "keys of the windows that the watermark has not passed";
        break;
      case Windowing::Sliced:
        traits.state_bound = aggregate.window->kind == typed::WindowKind::Tumble
                                 ? "keys of the windows that the watermark has not passed"
                                 : "keys of the panes of the windows that the watermark has not passed";
        break;
      case Windowing::Session: traits.state_bound = "sessions that the watermark has not passed"; break;
    }
    if (aggregate.window && aggregate.window->processing_time)
      not_deterministic(traits, "its windows are of processing time");
  }

  Plan& plan_;
  std::vector<std::set<std::string>> domains_;
};

}  // namespace

void derive_traits(Plan& plan) { Deriver(plan).derive(); }

}  // namespace weir::plan
