#include "compiler/plan/build_plan.h"

#include <algorithm>
#include <map>

#include "compiler/diagnostics/check.h"
#include "compiler/match.h"
#include "compiler/types/coerce.h"

namespace weir::plan {
namespace {

using typed::Relation;
using typed::WindowRole;

// A scan and what its table's columns are in terms of the scan's columns.
struct LoweredScan {
  NodeId node;
  std::vector<ExpressionPtr> table_columns;
};

class Builder {
 public:
  explicit Builder(const typed::Job& job) : job_(job) {}

  Plan build() {
    plan_.job_name = job_.name;
    plan_.settings = job_.settings;
    for (const typed::Insert& insert : job_.inserts) {
      const NodeId input = lower(*insert.query);
      plan_.sinks.push_back(
          add(Sink{insert.sink.table, insert.label}, {input}, insert.query->columns, insert.span));
    }
    return std::move(plan_);
  }

 private:
  NodeId add(decltype(Node::kind) kind, std::vector<NodeId> inputs, std::vector<Column> columns,
             diagnostics::Span span) {
    plan_.nodes.push_back(Node{std::move(kind), std::move(inputs), std::move(columns), {}, span});
    return static_cast<NodeId>(plan_.nodes.size() - 1);
  }

  ExpressionPtr input_column(NodeId input, uint32_t index) const {
    return typed::column(index, plan_.at(input).columns[index].type);
  }

  NodeId lower(const Relation& relation) {
    return match(
        relation.node, [&](const typed::TableScan& scan) { return lower_table(*scan.table, relation); },
        [&](const typed::WindowFunction& window) {
          const NodeId input = lower(*window.input);
          return add(WindowAssign{window.spec, input_column(input, window.time_column)}, {input},
                     relation.columns, relation.span);
        },
        [&](const typed::Late& late) {
          const NodeId input = lower(*late.input);
          return add(LateFilter{late.spec, input_column(input, late.time_column)}, {input}, relation.columns,
                     relation.span);
        },
        [&](const typed::Rejected& rejected) { return lower_rejected(*rejected.table, relation); },
        [&](const typed::UnionAll& all) {
          std::vector<NodeId> inputs;
          for (const auto& input : all.inputs) inputs.push_back(lower(*input));
          return add(UnionAll{}, std::move(inputs), relation.columns, relation.span);
        },
        [&](const typed::Aggregation& aggregation) { return lower_aggregation(aggregation, relation); },
        [&](const typed::Filter& filter) {
          const NodeId input = lower(*filter.input);
          return add(Filter{filter.predicate}, {input}, relation.columns, relation.span);
        },
        [&](const typed::Projection& projection) {
          const NodeId input = lower(*projection.input);
          return add(Project{projection.expressions}, {input}, relation.columns, relation.span);
        });
  }

  static Origin origin(const catalog::Table& table, uint32_t column) {
    if (table.columns[column].kind == catalog::ColumnKind::Metadata) return Origin::Metadata;
    const bool only_in_key =
        !table.key_in_value && std::ranges::find(table.key_columns, column) != table.key_columns.end();
    return only_in_key ? Origin::Key : Origin::Value;
  }

  // A column of the table over what is read; metadata that is declared as another type is converted.
  static ExpressionPtr column_of(const catalog::TableColumn& column, uint32_t read) {
    if (!column.metadata_type) return typed::column(read, column.type, column.span);
    const auto support = types::explicit_cast(*column.metadata_type, column.type);
    return typed::make({.node = typed::Cast{typed::column(read, *column.metadata_type, column.span), false},
                        .type = column.type,
                        .span = column.span,
                        .can_fail = support == types::CastSupport::MayFail});
  }

  // A table is read once per job however often it is named: its rows, watermark and rejections are the table's.
  const LoweredScan& scan(const catalog::Table& table) {
    if (const auto found = scans_.find(&table); found != scans_.end()) return found->second;

    Scan scan;
    scan.table = &table;
    LoweredScan lowered;
    std::vector<Column> columns;
    const std::optional<uint32_t> time =
        table.watermark ? std::optional(table.watermark->column) : std::nullopt;
    for (uint32_t i = 0; i < table.columns.size(); ++i) {
      const catalog::TableColumn& column = table.columns[i];
      if (column.kind == catalog::ColumnKind::Computed) continue;
      columns.push_back({column.name, column.metadata_type.value_or(column.type)});
      scan.table_columns.push_back(i);
      scan.origins.push_back(origin(table, i));
    }
    // A computed column may name columns that are declared behind it.
    lowered.table_columns.resize(table.columns.size());
    for (uint32_t read = 0; read < scan.table_columns.size(); ++read) {
      const uint32_t i = scan.table_columns[read];
      if (time == i) scan.event_time_column = read;
      lowered.table_columns[i] = column_of(table.columns[i], read);
    }
    for (uint32_t i = 0; i < table.columns.size(); ++i) {
      const catalog::TableColumn& column = table.columns[i];
      if (column.kind != catalog::ColumnKind::Computed) continue;
      WEIR_CHECK(column.computed, "a computed column without its expression");
      ExpressionPtr expression = typed::substitute(column.computed, lowered.table_columns);
      if (time == i) {
        scan.computed_event_time = expression;
        scan.event_time_column = static_cast<uint32_t>(columns.size());
        scan.table_columns.push_back(i);
        scan.origins.push_back(Origin::Computed);
        // The scan rejects rows without event time, so behind it the column is never NULL.
        const types::Type type = types::with_nullable(column.type, false);
        expression = typed::column(static_cast<uint32_t>(columns.size()), type, column.span);
        columns.push_back({column.name, type});
      }
      lowered.table_columns[i] = std::move(expression);
    }
    if (table.watermark) {
      scan.watermark = typed::substitute(table.watermark->expression, lowered.table_columns);
      columns[*scan.event_time_column].time = typed::TimeAttribute::EventTime;
    }
    scan.read.assign(columns.size(), true);
    lowered.node = add(std::move(scan), {}, std::move(columns), {});
    return scans_.emplace(&table, std::move(lowered)).first->second;
  }

  NodeId lower_table(const catalog::Table& table, const Relation& relation) {
    const LoweredScan& lowered = scan(table);
    bool identity = plan_.at(lowered.node).columns.size() == lowered.table_columns.size();
    for (uint32_t i = 0; identity && i < lowered.table_columns.size(); ++i) {
      const auto* column = std::get_if<typed::ColumnIndex>(&lowered.table_columns[i]->node);
      identity = column != nullptr && column->index == i;
    }
    if (identity) return lowered.node;
    return add(Project{lowered.table_columns}, {lowered.node}, relation.columns, relation.span);
  }

  NodeId lower_rejected(const catalog::Table& table, const Relation& relation) {
    std::get<Scan>(plan_.at(scan(table).node).kind).route_rejected = true;
    return add(Rejected{&table}, {}, relation.columns, relation.span);
  }

  NodeId lower_aggregation(const typed::Aggregation& aggregation, const Relation& relation) {
    const NodeId input = lower(*aggregation.input);
    Aggregate aggregate;
    aggregate.aggregates = aggregation.aggregates;
    aggregate.distinct_only = aggregation.distinct_only;
    for (uint32_t i = 0; i < aggregation.keys.size(); ++i) {
      const ExpressionPtr& key = aggregation.keys[i];
      const WindowRole role = aggregation.windowed ? relation.columns[i].window_role : WindowRole::None;
      using What = AggregateOutput::What;
      switch (role) {
        case WindowRole::None:
          aggregate.outputs.push_back({What::Key, static_cast<uint32_t>(aggregate.keys.size())});
          aggregate.keys.push_back(key);
          break;
        case WindowRole::Start:
          aggregate.outputs.push_back({What::WindowStart});
          aggregate.attached_start = key;
          break;
        case WindowRole::End:
          aggregate.outputs.push_back({What::WindowEnd});
          aggregate.attached_end = key;
          break;
        case WindowRole::Time: aggregate.outputs.push_back({What::WindowTime}); break;
      }
    }
    for (uint32_t i = 0; i < aggregation.aggregates.size(); ++i)
      aggregate.outputs.push_back({AggregateOutput::What::Aggregate, i});
    if (aggregation.windowed) {
      WEIR_CHECK(aggregate.attached_start && aggregate.attached_end,
                 "a window aggregate without window bounds");
      aggregate.windowing = Windowing::Attached;
      aggregate.window = find_window(input, aggregate.attached_start);
      WEIR_CHECK(aggregate.window, "window bounds that come from no window");
    }
    return add(std::move(aggregate), {input}, relation.columns, relation.span);
  }

  // The window that a column with a bound was made by.
  std::optional<WindowSpec> find_window(NodeId node, const ExpressionPtr& bound) const {
    const auto* column = std::get_if<typed::ColumnIndex>(&bound->node);
    if (column == nullptr) return std::nullopt;
    const Node& at = plan_.at(node);
    if (const auto* assign = std::get_if<WindowAssign>(&at.kind)) {
      if (column->index >= at.columns.size() - 3) return assign->spec;
      return find_window(at.inputs[0], bound);
    }
    if (const auto* project = std::get_if<Project>(&at.kind))
      return find_window(at.inputs[0], project->expressions[column->index]);
    if (const auto* aggregate = std::get_if<Aggregate>(&at.kind)) {
      const AggregateOutput& output = aggregate->outputs[column->index];
      if (output.what == AggregateOutput::What::Key)
        return find_window(at.inputs[0], aggregate->keys[output.index]);
      if (output.what == AggregateOutput::What::Aggregate) return std::nullopt;
      return aggregate->window;
    }
    if (at.inputs.empty()) return std::nullopt;
    return find_window(at.inputs[0], bound);
  }

  const typed::Job& job_;
  Plan plan_;
  std::map<const catalog::Table*, LoweredScan> scans_;
};

}  // namespace

Plan build_plan(const typed::Job& job) { return Builder(job).build(); }

}  // namespace weir::plan
