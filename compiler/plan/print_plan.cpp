#include "compiler/plan/print_plan.h"

#include <fmt/format.h>

#include <set>

#include "compiler/match.h"
#include "compiler/plan/describe.h"

namespace weir::plan {
namespace {

std::vector<std::string> names(const std::vector<Column>& columns) {
  std::vector<std::string> names;
  for (const Column& column : columns) names.push_back(column.name);
  return names;
}

std::string list(const std::vector<std::string>& items) { return fmt::format("{}", fmt::join(items, ", ")); }

std::string duration(int64_t ms) {
  struct Unit {
    int64_t ms;
    std::string_view name;
  };
  for (const Unit& unit : {Unit{86'400'000, "d"}, Unit{3'600'000, "h"}, Unit{60'000, "min"}, Unit{1000, "s"}})
    if (ms != 0 && ms % unit.ms == 0) return fmt::format("{} {}", ms / unit.ms, unit.name);
  return fmt::format("{} ms", ms);
}

class Printer {
 public:
  explicit Printer(const Plan& plan) : plan_(plan) {}

  std::string print() {
    for (NodeId sink : plan_.sinks) print(sink, 0);
    return std::move(text_);
  }

 private:
  void print(NodeId id, size_t depth) {
    text_ += std::string(2 * depth, ' ');
    if (!printed_.insert(id).second) {
      text_ += fmt::format("#{} (above)\n", id);
      return;
    }
    const Node& node = plan_.at(id);
    text_ += fmt::format("#{} {}{}\n", id, describe(plan_, id), traits(node));
    for (NodeId input : node.inputs) print(input, depth + 1);
  }

  static std::string traits(const Node& node) {
    const Traits& traits = node.traits;
    std::vector<std::string> items;
    if (traits.changes == ChangeMode::Retract) items.emplace_back("changes=[+I, -U, +U, -D]");
    if (!traits.state_bound.empty()) items.push_back("state=" + traits.state_bound);
    if (const auto* aggregate = std::get_if<Aggregate>(&node.kind); aggregate && aggregate->recovery) {
      const bool replay = aggregate->recovery->mode == RecoveryMode::Replay;
      items.push_back(
          fmt::format("recovery={}: {}", replay ? "replay" : "changelog", aggregate->recovery->reason));
    }
    return items.empty() ? "" : fmt::format("  [{}]", list(items));
  }

  const Plan& plan_;
  std::set<NodeId> printed_;
  std::string text_;
};

std::vector<std::string> sql(const std::vector<ExpressionPtr>& expressions,
                             const std::vector<std::string>& columns) {
  std::vector<std::string> items;
  for (const auto& expression : expressions) items.push_back(typed::to_sql(*expression, columns));
  return items;
}

std::string describe_scan(const Scan& scan, const Node& node) {
  std::vector<std::string> read, checked;
  for (size_t i = 0; i < node.columns.size(); ++i)
    (scan.read[i] ? read : checked).push_back(node.columns[i].name);
  std::string text = fmt::format("Scan {} columns=[{}]", scan.table->name, list(read));
  if (!checked.empty()) text += fmt::format(" checked only=[{}]", list(checked));
  if (scan.computed_event_time)
    text += fmt::format(" {}={}", node.columns[*scan.event_time_column].name,
                        typed::to_sql(*scan.computed_event_time, names(node.columns)));
  if (scan.watermark)
    text += fmt::format(" watermark={}", typed::to_sql(*scan.watermark, names(node.columns)));
  if (scan.route_rejected) text += " rejected=routed";
  return text;
}

std::string describe_aggregate(const Aggregate& aggregate, const std::vector<std::string>& columns) {
  std::string text = aggregate.distinct_only ? "Distinct" : "Aggregate";
  switch (aggregate.windowing) {
    case Windowing::None: break;
    case Windowing::Attached:
      text += fmt::format(" window=[{}, {})", typed::to_sql(*aggregate.attached_start, columns),
                          typed::to_sql(*aggregate.attached_end, columns));
      break;
    case Windowing::Sliced:
      text += fmt::format(" {} on {} pane={}", describe_window(*aggregate.window),
                          typed::to_sql(*aggregate.time, columns), duration(pane_ms(*aggregate.window)));
      if (aggregate.incremental) text += " incremental";
      break;
    case Windowing::Session:
      text += fmt::format(" {} on {}", describe_window(*aggregate.window),
                          typed::to_sql(*aggregate.time, columns));
      break;
  }
  text += fmt::format(" keys=[{}]", list(sql(aggregate.keys, columns)));
  if (!aggregate.aggregates.empty()) {
    std::vector<std::string> calls;
    for (const AggregateCall& call : aggregate.aggregates) calls.push_back(describe_call(call, columns));
    text += fmt::format(" aggregates=[{}]", list(calls));
  }
  return text;
}

}  // namespace

std::string describe_window(const WindowSpec& spec) {
  const std::string offset = spec.offset_ms != 0 ? fmt::format(", offset {}", duration(spec.offset_ms)) : "";
  switch (spec.kind) {
    case typed::WindowKind::Tumble: return fmt::format("TUMBLE({}{})", duration(spec.size_ms), offset);
    case typed::WindowKind::Hop:
      return fmt::format("HOP(every {}, size {}{})", duration(spec.slide_ms), duration(spec.size_ms), offset);
    case typed::WindowKind::Cumulate:
      return fmt::format("CUMULATE(step {}, size {}{})", duration(spec.slide_ms), duration(spec.size_ms),
                         offset);
    case typed::WindowKind::Session: return fmt::format("SESSION(gap {})", duration(spec.size_ms));
  }
  return "";
}

std::string describe_call(const AggregateCall& call, const std::vector<std::string>& columns) {
  std::string text = call.function->name + "(";
  if (call.distinct) text += "DISTINCT ";
  text += call.arguments.empty() ? "*" : list(sql(call.arguments, columns));
  text += ")";
  if (call.filter) text += fmt::format(" FILTER (WHERE {})", typed::to_sql(*call.filter, columns));
  return text;
}

std::string describe(const Plan& plan, NodeId id) {
  const Node& node = plan.at(id);
  const std::vector<std::string> columns =
      node.inputs.empty() ? names(node.columns) : names(plan.at(node.inputs[0]).columns);
  return match(
      node.kind, [&](const Scan& scan) { return describe_scan(scan, node); },
      [&](const Rejected& rejected) { return fmt::format("Rejected {}", rejected.table->name); },
      [&](const Filter& filter) {
        return fmt::format("Filter {}", typed::to_sql(*filter.predicate, columns));
      },
      [&](const Project& project) {
        std::vector<std::string> items;
        for (size_t i = 0; i < project.expressions.size(); ++i) {
          std::string item = typed::to_sql(*project.expressions[i], columns);
          items.push_back(item == node.columns[i].name ? item
                                                       : fmt::format("{} AS {}", item, node.columns[i].name));
        }
        return fmt::format("Project [{}]", list(items));
      },
      [&](const WindowAssign& assign) {
        return fmt::format("WindowAssign {} on {}", describe_window(assign.spec),
                           typed::to_sql(*assign.time, columns));
      },
      [&](const LateFilter& late) {
        return fmt::format("Late {} on {}", describe_window(late.spec), typed::to_sql(*late.time, columns));
      },
      [&](const Aggregate& aggregate) { return describe_aggregate(aggregate, columns); },
      [&](const UnionAll&) { return std::string("UnionAll"); },
      [&](const Sink& sink) {
        return fmt::format("Sink {}", sink.table ? sink.table->name : "standard output");
      });
}

std::string describe_operator(const Plan& plan, NodeId id) {
  const Node& node = plan.at(id);
  const auto& aggregate = std::get<Aggregate>(node.kind);
  std::string text = aggregate.distinct_only ? "Distinct" : "Aggregate";
  if (aggregate.window) text += " " + describe_window(*aggregate.window);
  if (!aggregate.keys.empty()) text += fmt::format(" by {}", list(describe_keys(plan, id)));
  return text;
}

std::vector<std::string> describe_keys(const Plan& plan, NodeId id) {
  const Node& node = plan.at(id);
  return sql(std::get<Aggregate>(node.kind).keys, names(plan.at(node.inputs[0]).columns));
}

std::string print_plan(const Plan& plan) { return Printer(plan).print(); }

}  // namespace weir::plan
