#include <fmt/format.h>

#include "compiler/codegen/build_pipelines.h"
#include "compiler/match.h"
#include "compiler/plan/describe.h"

namespace weir::codegen {
namespace {

std::vector<std::string> source_names(const PipelineProgram& program, const plan::Plan& plan,
                                      const Pipeline& pipeline) {
  std::vector<std::string> names;
  const plan::NodeId node = match(
      pipeline.source, [&](const ScanSource& source) { return program.scans[source.scan].node; },
      [](const RejectedSource&) { return plan::NodeId{0}; },
      [&](const FiredSource& source) { return program.aggregates[source.operator_id].node; },
      [&](const ChangesSource& source) { return program.aggregates[source.operator_id].node; });
  if (std::holds_alternative<RejectedSource>(pipeline.source)) {
    names = {"raw", "reason", "field", "source", "partition", "offset", "line"};
  } else {
    for (const auto& column : plan.at(node).columns) names.push_back(column.name);
  }
  for (const char* bound : {"window_start", "window_end", "window_time"}) names.emplace_back(bound);
  return names;
}

std::string describe_source(const PipelineProgram& program, const Source& source) {
  return match(
      source,
      [&](const ScanSource& scan) {
        return fmt::format("scan of {}", program.scans[scan.scan].scan->table->name);
      },
      [&](const RejectedSource& scan) {
        return fmt::format("rejected rows of {}", program.scans[scan.scan].scan->table->name);
      },
      [](const FiredSource& fired) { return fmt::format("fired windows of operator {}", fired.operator_id); },
      [](const ChangesSource& changes) {
        return fmt::format("changes of operator {}", changes.operator_id);
      });
}

std::string_view kernel(const PipelineProgram& program, const Consumer& consumer) {
  return match(
      consumer.target,
      [&](const AggregateInput& input) -> std::string_view {
        switch (program.aggregates[input.operator_id].windowing) {
          case plan::Windowing::None: return "group_aggregate";
          case plan::Windowing::Attached: return "attached_aggregate";
          case plan::Windowing::Sliced: return "pane_aggregate";
          case plan::Windowing::Session: return "session_aggregate";
        }
        return "";
      },
      [](const SinkInput& input) -> std::string_view {
        return input.changes ? "write_changes" : "write_rows";
      });
}

std::string target(const PipelineProgram& program, const Consumer& consumer) {
  return match(
      consumer.target,
      [](const AggregateInput& input) { return fmt::format("operator {}", input.operator_id); },
      [&](const SinkInput& input) {
        const SinkProgram& sink = program.sinks[input.sink];
        return fmt::format("sink {}", sink.table ? sink.table->name : "standard output");
      });
}

}  // namespace

std::string print_pipelines(const PipelineProgram& program, const plan::Plan& plan) {
  std::string text;
  for (const Pipeline& pipeline : program.pipelines) {
    const std::vector<std::string> names = source_names(program, plan, pipeline);
    text += fmt::format("P{}: {}\n", pipeline.id, describe_source(program, pipeline.source));
    for (const Consumer& consumer : pipeline.consumers) {
      text += fmt::format("  {} -> {}\n", kernel(program, consumer), target(program, consumer));
      for (const auto& step : consumer.prepare.steps) {
        text += match(
            step,
            [&](const PrepareFilter& filter) {
              return fmt::format("    where {}\n", typed::to_sql(*filter.predicate, names));
            },
            [&](const PrepareLate& late) {
              return fmt::format("    late for {} by {}\n", plan::describe_window(late.spec),
                                 typed::to_sql(*late.time, names));
            },
            [&](const PrepareFanOut& fan_out) {
              return fmt::format("    copy to each {} of {}\n", plan::describe_window(fan_out.spec),
                                 typed::to_sql(*fan_out.time, names));
            });
      }
      std::vector<std::string> columns;
      for (const auto& output : consumer.prepare.outputs) columns.push_back(typed::to_sql(*output, names));
      text += fmt::format("    row [{}]\n", fmt::join(columns, ", "));
    }
  }
  return text;
}

}  // namespace weir::codegen
