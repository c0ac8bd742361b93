#include "compiler/codegen/build_manifest.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "compiler/codegen/emit_message.h"
#include "compiler/diagnostics/check.h"
#include "compiler/match.h"
#include "compiler/plan/describe.h"
#include "compiler/plan/fingerprint.h"
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

void describe_messages(const plan::Scan& from, job::ManifestScan& result) {
  const catalog::Table& table = *from.table;
  result.messages = true;
  result.value_format = value_format(table);
  result.key_format = key_format(table);
  for (const uint32_t key : table.key_columns) {
    for (uint32_t i = 0; i < from.origins.size(); ++i) {
      if (from.table_columns[i] != key || from.origins[i] != plan::Origin::Key) continue;
      result.key_columns.push_back(i);
      result.key_names.push_back(table.columns[key].name.substr(table.key_prefix.size()));
    }
  }
  for (uint32_t i = 0; i < from.origins.size(); ++i) {
    result.with_headers |= from.origins[i] == plan::Origin::Metadata &&
                           table.columns[from.table_columns[i]].metadata_key == "headers";
  }
}

// How far the watermark stays behind the column, where it is the column or the column less an interval.
int64_t delay_ms(const typed::Expression& watermark) {
  if (const auto* cast = std::get_if<typed::Cast>(&watermark.node)) return delay_ms(*cast->operand);
  const auto* operation = std::get_if<typed::Operation>(&watermark.node);
  if (!operation || operation->op != typed::Operator::Subtract) return 0;
  const auto* literal = std::get_if<typed::Literal>(&operation->operands[1]->node);
  const auto* interval = literal ? std::get_if<types::Int128>(&literal->value.data) : nullptr;
  if (!interval || literal->value.type.kind != types::Kind::IntervalDayTime) return 0;
  return static_cast<int64_t>(*interval / 1000);
}

job::ManifestScan scan(const PipelineProgram& program, uint32_t index, const plan::Plan& plan,
                       const JobShapes& shapes) {
  const plan::Scan& from = *program.scans[index].scan;
  const std::vector<typed::Column>& columns = plan.at(program.scans[index].node).columns;
  job::ManifestScan result;
  result.table = from.table->name;
  result.options = options_of(from.table->options);
  result.has_watermark = from.watermark != nullptr;
  if (from.watermark) result.watermark_delay_ms = delay_ms(*from.watermark);
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
    described.decoded = from.origins[i] == plan::Origin::Value;
    result.columns.push_back(std::move(described));
  }
  if (catalog::has_messages(*from.table)) describe_messages(from, result);
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

// Of how an entry lies in memory: changelogs hold entries as they are.
uint64_t layout_hash(const AggregateProgram& aggregate, const GroupShape& shape) {
  std::string text = "2";
  for (const Type& type : shape.keys.types) text += " key " + types::to_string(type, true);
  for (const Accumulator& accumulator : shape.accumulators) {
    const std::string& own = accumulator.function->state_symbol;
    text += fmt::format(" {} {} {} at {} {}", own.empty() ? accumulator.function->symbol : own,
                        accumulator.function->state_bytes, accumulator.distinct, accumulator.offset,
                        accumulator.set_offset);
    for (const uint32_t argument : accumulator.arguments)
      text += " " + types::to_string(aggregate.prepared[argument], true);
  }
  return plan::stable_hash(text + fmt::format(" bytes {}", shape.entry_bytes));
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
  const auto& recovery = std::get<plan::Aggregate>(plan.at(aggregate.node).kind).recovery;
  if (recovery) {
    static_assert(static_cast<int>(plan::RecoveryMode::Changelog) ==
                  static_cast<int>(commit::RecoveryMode::Changelog));
    result.recovery = static_cast<commit::RecoveryMode>(recovery->mode);
    result.recovery_reason = recovery->reason;
    result.fingerprint = recovery->fingerprint;
    result.fingerprint_parts = recovery->fingerprint_parts;
    result.state_layout = layout_hash(aggregate, shapes.groups[aggregate.id]);
  }
  result.key_count = aggregate.key_count;
  const std::vector<std::string> key_names = plan::describe_keys(plan, aggregate.node);
  const RowShape& keys = shapes.groups[aggregate.id].keys;
  for (uint32_t i = 0; i < aggregate.key_count; ++i) {
    result.keys.push_back(column(key_names[i], keys.types[i]));
    result.keys.back().offset = keys.layout.offsets[i];
  }
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
  if (sink.table && catalog::has_messages(*sink.table)) {
    const FrameShape frame = frame_shape(sink);
    result.framed = true;
    result.upsert = frame.upsert;
    if (frame.key) result.key_columns = frame.key->columns;
  }
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
  for (const LateProgram& late : program.lates) {
    manifest.lates.push_back({late.pipeline, late.upstream_scans, late.upstream_operators});
  }
  for (const SinkProgram& sink : program.sinks) manifest.sinks.push_back(sink_of(sink));
  manifest.inserts = program.inserts;
  manifest.expressions = failures.all();
  manifest.settings = options_of(plan.settings);
  return manifest;
}

}  // namespace weir::codegen
