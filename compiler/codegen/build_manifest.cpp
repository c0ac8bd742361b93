#include "compiler/codegen/build_manifest.h"

#include <algorithm>
#include <filesystem>

#include "compiler/diagnostics/check.h"
#include "compiler/match.h"
#include "compiler/plan/describe.h"
#include "weir_version.h"

namespace weir::codegen {
namespace {

job::ManifestColumn column(const std::string& name, const Type& type) {
  job::ManifestColumn result;
  result.name = name;
  result.kind = static_cast<uint8_t>(type.kind);
  result.precision = type.precision;
  result.scale = type.scale;
  result.not_null = !type.nullable;
  result.carrier = abi_carrier(type);
  result.sql_type = types::to_string(type);
  return result;
}

job::Options options_of(const catalog::OptionSet& set) { return {set.values().begin(), set.values().end()}; }

job::ManifestScan scan(const PipelineProgram& program, uint32_t index, const plan::Plan& plan,
                       const JobShapes& shapes) {
  const plan::Scan& from = *program.scans[index].scan;
  const std::vector<typed::Column>& columns = plan.at(program.scans[index].node).columns;
  job::ManifestScan result;
  result.table = from.table->name;
  result.options = options_of(from.table->options);
  result.has_watermark = from.watermark != nullptr;
  result.route_rejected = from.route_rejected;
  if (from.event_time_column) result.event_time_column = static_cast<int32_t>(*from.event_time_column);
  for (const Pipeline& pipeline : program.pipelines) {
    if (const auto* source = std::get_if<ScanSource>(&pipeline.source); source && source->scan == index) {
      result.pipeline = pipeline.id;
    }
    if (const auto* source = std::get_if<RejectedSource>(&pipeline.source); source && source->scan == index) {
      result.rejected_pipeline = static_cast<int32_t>(pipeline.id);
    }
  }
  const RowShape& row = shapes.sources[result.pipeline];
  result.row_bytes = row.layout.row_bytes;
  for (uint32_t i = 0; i < columns.size(); ++i) {
    job::ManifestColumn described = column(columns[i].name, columns[i].type);
    described.offset = row.layout.offsets[i];
    described.decoded = !(from.computed_event_time && from.event_time_column == i);
    result.columns.push_back(std::move(described));
  }
  return result;
}

bool asks_for_order(const PipelineProgram& program, const Pipeline& pipeline) {
  return std::ranges::any_of(pipeline.consumers, [&](const Consumer& consumer) {
    const auto* input = std::get_if<SinkInput>(&consumer.target);
    if (!input) return false;
    const catalog::Table* table = program.sinks[input->sink].table;
    return !table || table->options.get("connector") != "blackhole";
  });
}

job::ManifestOperator operation(const PipelineProgram& program, const AggregateProgram& aggregate,
                                const plan::Plan& plan, const JobShapes& shapes) {
  job::ManifestOperator result;
  result.id = aggregate.id;
  result.name = plan::describe_operator(plan, aggregate.node);
  static_assert(static_cast<int>(plan::Windowing::Session) == static_cast<int>(job::Windowing::Session) &&
                static_cast<int>(plan::Windowing::Sliced) == static_cast<int>(job::Windowing::Sliced));
  result.windowing = static_cast<job::Windowing>(aggregate.windowing);
  if (aggregate.window) {
    const WindowSpec& window = *aggregate.window;
    result.window_kind = static_cast<uint32_t>(window.kind);
    result.size_ms = window.size_ms;
    result.slide_ms = window.slide_ms;
    result.offset_ms = window.offset_ms;
    result.pane_ms = plan::pane_ms(window);
    result.processing_time = window.processing_time;
  }
  result.entry_bytes = shapes.groups[aggregate.id].entry_bytes;
  result.key_count = aggregate.key_count;
  result.invertible = is_invertible(aggregate);
  result.incremental = aggregate.incremental;
  result.append_only = aggregate.distinct_only && aggregate.windowing == plan::Windowing::None;
  result.upstream_scans = aggregate.upstream_scans;
  result.upstream_operators = aggregate.upstream_operators;
  for (const Pipeline& pipeline : program.pipelines) {
    const auto* fired = std::get_if<FiredSource>(&pipeline.source);
    const auto* changes = std::get_if<ChangesSource>(&pipeline.source);
    if ((!fired || fired->operator_id != aggregate.id) && (!changes || changes->operator_id != aggregate.id))
      continue;
    result.output_pipeline = static_cast<int32_t>(pipeline.id);
    result.ordered = asks_for_order(program, pipeline);
  }
  return result;
}

job::ConsumerKernel kernel_of(const PipelineProgram& program, const Consumer& consumer) {
  return match(
      consumer.target,
      [&](const AggregateInput& input) {
        switch (program.aggregates[input.operator_id].windowing) {
          case plan::Windowing::None: return job::ConsumerKernel::GroupAggregate;
          case plan::Windowing::Attached:
          case plan::Windowing::Sliced: return job::ConsumerKernel::PaneAggregate;
          case plan::Windowing::Session: return job::ConsumerKernel::SessionAggregate;
        }
        WEIR_CHECK(false, "a windowing out of range");
      },
      [](const SinkInput& input) {
        return input.changes ? job::ConsumerKernel::WriteChanges : job::ConsumerKernel::WriteRows;
      });
}

job::ManifestConsumer consumer_of(const PipelineProgram& program, const Pipeline& pipeline,
                                  const Consumer& consumer) {
  job::ManifestConsumer result;
  result.id = consumer.id;
  result.pipeline = pipeline.id;
  result.kernel = kernel_of(program, consumer);
  result.target = match(
      consumer.target, [](const AggregateInput& input) { return input.operator_id; },
      [](const SinkInput& input) { return input.sink; });
  result.inserts = consumer.inserts;
  return result;
}

job::ManifestSink sink_of(const SinkProgram& sink) {
  job::ManifestSink result;
  result.id = sink.id;
  result.label = sink.label;
  result.changes = sink.changes;
  if (sink.table) {
    result.table = sink.table->name;
    result.options = options_of(sink.table->options);
  } else {
    result.options = {{"connector", "stdout"}};
  }
  for (size_t i = 0; i < sink.names.size(); ++i)
    result.columns.push_back(column(sink.names[i], sink.types[i]));
  return result;
}

}  // namespace

job::Manifest build_manifest(const PipelineProgram& program, const plan::Plan& plan, const JobShapes& shapes,
                             const diagnostics::Source& source, const FailureSites& failures) {
  job::Manifest manifest;
  manifest.weir_version = version;
  manifest.job_name =
      plan.job_name.empty() ? std::filesystem::path(source.name()).stem().string() : plan.job_name;
  manifest.source_name = source.name();
  for (uint32_t i = 0; i < program.scans.size(); ++i)
    manifest.scans.push_back(scan(program, i, plan, shapes));
  for (const AggregateProgram& aggregate : program.aggregates) {
    manifest.operators.push_back(operation(program, aggregate, plan, shapes));
  }
  for (const Pipeline& pipeline : program.pipelines) {
    for (const Consumer& consumer : pipeline.consumers) {
      manifest.consumers.push_back(consumer_of(program, pipeline, consumer));
    }
  }
  std::ranges::sort(manifest.consumers, {}, &job::ManifestConsumer::id);
  for (const SinkProgram& sink : program.sinks) manifest.sinks.push_back(sink_of(sink));
  manifest.inserts = program.inserts;
  manifest.expressions = failures.all();
  manifest.settings = options_of(plan.settings);
  return manifest;
}

}  // namespace weir::codegen
