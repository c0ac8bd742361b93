#include "compiler/analysis/window.h"

namespace weir::analysis {
namespace {

using typed::TimeAttribute;
using typed::WindowKind;
using typed::WindowRole;
using typed::WindowSpec;

WEIR_WARNING(SessionTies, "of rows with equal times a session takes the first only: the rest are late");

// WATERMARK FOR ts AS ts: rows with equal times are late for sessions.
void warn_of_ties(const Context& context, const typed::Relation& input, uint32_t time_column, Span span) {
  const auto* scan = std::get_if<typed::TableScan>(&input.node);
  if (scan == nullptr || !scan->table->watermark) return;
  const auto& watermark = *scan->table->watermark;
  const auto* column = std::get_if<typed::ColumnIndex>(&watermark.expression->node);
  if (column == nullptr || column->index != time_column || watermark.column != time_column) return;
  context.diagnostics.emit(SessionTies{}, context.at(span))
      .note("its watermark is the time itself")
      .hint("declare the watermark as `{} - INTERVAL '0.001' SECOND`",
            scan->table->columns[time_column].name);
}

}  // namespace

const typed::WindowFunction* as_session(const typed::Relation& relation) {
  const auto* window = std::get_if<typed::WindowFunction>(&relation.node);
  return window != nullptr && window->spec.kind == WindowKind::Session ? window : nullptr;
}

RelationPtr window_function(const Context& context, RelationPtr input, const WindowSpec& spec,
                            uint32_t time_column, std::vector<uint32_t> partition_by, Span span) {
  context.shared.windows.push_back(spec);
  const auto id = static_cast<uint32_t>(context.shared.windows.size() - 1);
  auto columns = input->columns;
  for (auto& column : columns) column.time = TimeAttribute::None;
  const auto add = [&](std::string_view name, const Type& type, WindowRole role, TimeAttribute time) {
    columns.push_back({std::string{name}, type, time, role, id});
  };
  const Type bound = types::timestamp(3, false);
  add("window_start", bound, WindowRole::Start, TimeAttribute::None);
  add("window_end", bound, WindowRole::End, TimeAttribute::None);
  add("window_time", types::with_nullable(spec.time_type, false), WindowRole::Time,
      spec.processing_time ? TimeAttribute::ProcessingTime : TimeAttribute::EventTime);
  if (spec.kind == WindowKind::Session) warn_of_ties(context, *input, time_column, span);
  return std::make_shared<const typed::Relation>(
      typed::Relation{typed::WindowFunction{std::move(input), spec, time_column, std::move(partition_by)},
                      std::move(columns), span});
}

}  // namespace weir::analysis
