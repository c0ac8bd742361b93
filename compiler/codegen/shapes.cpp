#include "compiler/codegen/shapes.h"

#include <string>

namespace weir::codegen {
namespace {

// The columns of a scan that its rows hold: those that are read, and what event time and watermark need.
std::vector<bool> materialised_columns(const plan::Scan& scan) {
  std::vector<bool> used = scan.read;
  const auto use = [&](uint32_t column) { used[column] = true; };
  if (scan.event_time_column) use(*scan.event_time_column);
  if (scan.computed_event_time) typed::visit_columns(*scan.computed_event_time, use);
  if (scan.watermark) typed::visit_columns(*scan.watermark, use);
  return used;
}

RowShape source_shape(const PipelineProgram& program, const Pipeline& pipeline) {
  if (const auto* source = std::get_if<ScanSource>(&pipeline.source)) {
    return make_row_shape(pipeline.row, materialised_columns(*program.scans[source->scan].scan));
  }
  return make_row_shape(pipeline.row);
}

OutputShape output_shape(const SinkProgram& sink, const Consumer& consumer) {
  OutputShape shape;
  shape.row = make_row_shape(consumer.prepare.types);
  shape.names = sink.names;
  shape.has_op = sink.changes;
  if (!sink.table) return shape;
  const catalog::OptionSet& options = sink.table->options;
  shape.iso_timestamps = options.get("json.timestamp-format.standard") == "ISO-8601";
  if (options.get("connector") == "print") {
    shape.format = OutputFormat::Print;
    if (const auto identifier = options.find("print-identifier")) shape.prefix = *identifier + "> ";
  }
  return shape;
}

}  // namespace

JobShapes make_job_shapes(const PipelineProgram& program) {
  JobShapes shapes;
  for (const AggregateProgram& aggregate : program.aggregates)
    shapes.groups.push_back(make_group_shape(aggregate));
  for (const Pipeline& pipeline : program.pipelines) {
    shapes.sources.push_back(source_shape(program, pipeline));
    for (const Consumer& consumer : pipeline.consumers) {
      if (shapes.prepared.size() <= consumer.id) {
        shapes.prepared.resize(consumer.id + 1);
        shapes.outputs.resize(consumer.id + 1);
      }
      if (const auto* input = std::get_if<AggregateInput>(&consumer.target)) {
        shapes.prepared[consumer.id] = shapes.groups[input->operator_id].prepared;
        continue;
      }
      const SinkProgram& sink = program.sinks[std::get<SinkInput>(consumer.target).sink];
      shapes.outputs[consumer.id] = output_shape(sink, consumer);
      shapes.prepared[consumer.id] = shapes.outputs[consumer.id].row;
    }
  }
  return shapes;
}

}  // namespace weir::codegen
