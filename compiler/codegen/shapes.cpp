#include "compiler/codegen/shapes.h"

#include <algorithm>
#include <optional>
#include <string>

#include "compiler/diagnostics/check.h"

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

// `prefix`: of the options of the format, `key.` or `value.`; without it where the option `format` names it.
bool iso_timestamps(const catalog::OptionSet& options, const std::string& prefix) {
  const std::string key = "json.timestamp-format.standard";
  const std::string plain = prefix == "key." ? "" : options.get(key);
  return options.get(prefix + key, plain) == "ISO-8601";
}

OutputShape output_shape(const SinkProgram& sink, const Consumer& consumer) {
  OutputShape shape;
  shape.row = make_row_shape(consumer.prepare.types);
  shape.names = sink.names;
  shape.has_op = sink.changes;
  if (!sink.table) return shape;
  if (catalog::has_messages(*sink.table)) {
    shape.format = OutputFormat::Frame;
    shape.frame = frame_shape(sink);
    return shape;
  }
  const catalog::OptionSet& options = sink.table->options;
  shape.iso_timestamps = options.get("json.timestamp-format.standard") == "ISO-8601";
  if (options.get("connector") == "print") {
    shape.format = OutputFormat::Print;
    if (const auto identifier = options.find("print-identifier")) shape.prefix = *identifier + "> ";
  }
  return shape;
}

}  // namespace

FrameShape frame_shape(const SinkProgram& sink) {
  const catalog::Table& table = *sink.table;
  FrameShape frame;
  frame.upsert = table.options.get("connector") == "upsert-kafka";
  frame.value.format = value_format(table);
  frame.value.iso_timestamps = iso_timestamps(table.options, "value.");
  FramePart key{key_format(table), {}, {}, iso_timestamps(table.options, "key.")};
  std::vector<std::optional<uint32_t>> written(table.columns.size());  // by column of the table: of the row
  for (uint32_t i = 0; i < sink.names.size(); ++i) {
    const auto column = std::ranges::find(table.columns, sink.names[i], &catalog::TableColumn::name);
    WEIR_CHECK(column != table.columns.end(), "a sink writes a column that its table lacks");
    const auto index = static_cast<uint32_t>(column - table.columns.begin());
    written[index] = i;
    if (column->kind == catalog::ColumnKind::Metadata) {
      WEIR_CHECK(column->metadata_key == "timestamp", "a sink writes metadata that no record has");
      frame.timestamp_column = i;
      continue;
    }
    const bool in_key = std::ranges::find(table.key_columns, index) != table.key_columns.end();
    if (in_key && !table.key_in_value) continue;
    frame.value.columns.push_back(i);
    frame.value.names.push_back(sink.names[i]);
  }
  for (const uint32_t column : table.key_columns) {
    WEIR_CHECK(written[column], "a column of the key is not written");
    key.columns.push_back(*written[column]);
    key.names.push_back(table.columns[column].name.substr(table.key_prefix.size()));
  }
  if (!key.columns.empty()) frame.key = std::move(key);
  return frame;
}

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
