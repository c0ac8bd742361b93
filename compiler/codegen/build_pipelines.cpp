#include "compiler/codegen/build_pipelines.h"

#include <algorithm>
#include <map>

#include "compiler/diagnostics/check.h"
#include "compiler/match.h"

namespace weir::codegen {
namespace {

using plan::NodeId;

// The way of rows from a source to a node: what happens to them, and the node's columns in terms of the source's.
struct Path {
  NodeId source;
  std::vector<decltype(Prepare::steps)::value_type> steps;
  std::vector<ExpressionPtr> columns;
};

class Builder {
 public:
  explicit Builder(const plan::Plan& plan) : plan_(plan) {}

  PipelineProgram build() {
    number_sources();
    for (NodeId id = 0; id < plan_.nodes.size(); ++id) {
      if (const auto* aggregate = std::get_if<plan::Aggregate>(&plan_.at(id).kind))
        add_aggregate(id, *aggregate);
    }
    for (uint32_t i = 0; i < plan_.sinks.size(); ++i) add_sink(i, plan_.sinks[i]);
    account();
    number_lates();
    return std::move(program_);
  }

 private:
  // Every node that rows start from gets its pipeline, in order of the plan: scans first, then what they feed.
  void number_sources() {
    for (NodeId id = 0; id < plan_.nodes.size(); ++id) {
      const plan::Node& node = plan_.at(id);
      if (const auto* scan = std::get_if<plan::Scan>(&node.kind)) {
        scans_[scan->table] = static_cast<uint32_t>(program_.scans.size());
        program_.scans.push_back({scan, id});
      }
    }
    for (NodeId id = 0; id < plan_.nodes.size(); ++id) {
      const plan::Node& node = plan_.at(id);
      if (const auto* scan = std::get_if<plan::Scan>(&node.kind)) {
        add_pipeline(id, ScanSource{scans_.at(scan->table)});
      } else if (const auto* rejected = std::get_if<plan::Rejected>(&node.kind)) {
        add_pipeline(id, RejectedSource{scans_.at(rejected->table)});
      } else if (const auto* aggregate = std::get_if<plan::Aggregate>(&node.kind)) {
        const uint32_t operator_id = static_cast<uint32_t>(operators_.size());
        operators_[id] = operator_id;
        if (aggregate->windowing == plan::Windowing::None) {
          add_pipeline(id, ChangesSource{operator_id});
        } else {
          add_pipeline(id, FiredSource{operator_id});
        }
      }
    }
  }

  void add_pipeline(NodeId node, Source source) {
    Pipeline pipeline{static_cast<uint32_t>(program_.pipelines.size()), source, {}, {}};
    for (const typed::Column& column : plan_.at(node).columns) pipeline.row.push_back(column.type);
    pipelines_[node] = pipeline.id;
    program_.pipelines.push_back(std::move(pipeline));
  }

  std::vector<Path> paths(NodeId id) const {
    const plan::Node& node = plan_.at(id);
    if (pipelines_.contains(id)) return {Path{id, {}, own_columns(node)}};
    std::vector<Path> result;
    for (NodeId input : node.inputs) {
      for (Path& path : paths(input)) {
        extend(path, node);
        result.push_back(std::move(path));
      }
    }
    return result;
  }

  static std::vector<ExpressionPtr> own_columns(const plan::Node& node) {
    std::vector<ExpressionPtr> columns;
    for (uint32_t i = 0; i < node.columns.size(); ++i)
      columns.push_back(typed::column(i, node.columns[i].type));
    return columns;
  }

  void extend(Path& path, const plan::Node& node) const {
    const auto on_source = [&](const ExpressionPtr& expression) {
      return typed::substitute(expression, path.columns);
    };
    match(
        node.kind,
        [&](const plan::Filter& filter) {
          const bool counts = !std::holds_alternative<plan::Aggregate>(plan_.at(path.source).kind);
          path.steps.emplace_back(PrepareFilter{on_source(filter.predicate), counts});
        },
        [&](const plan::Project& project) {
          std::vector<ExpressionPtr> columns;
          for (const auto& expression : project.expressions) columns.push_back(on_source(expression));
          path.columns = std::move(columns);
        },
        [&](const plan::WindowAssign& assign) {
          for (const auto& step : path.steps)
            WEIR_CHECK(!std::holds_alternative<PrepareFanOut>(step), "rows fan out to windows twice");
          path.steps.emplace_back(PrepareFanOut{assign.spec, on_source(assign.time)});
          const uint32_t bounds = static_cast<uint32_t>(plan_.at(path.source).columns.size());
          const size_t first = node.columns.size() - 3;
          for (uint32_t i = 0; i < 3; ++i)
            path.columns.push_back(typed::column(bounds + i, node.columns[first + i].type));
        },
        [&](const plan::LateFilter& late) {
          path.steps.emplace_back(PrepareLate{late.spec, on_source(late.time), node_of(node), 0});
          path.columns.push_back(
              typed::make({typed::RecordWatermark{}, node.columns.back().type, node.span, false, true}));
        },
        [](const plan::UnionAll&) {}, [](const plan::Scan&) {}, [](const plan::Rejected&) {},
        [](const plan::Aggregate&) {}, [](const plan::Sink&) {});
  }

  static Prepare prepare(const Path& path, std::vector<ExpressionPtr> outputs) {
    Prepare prepare{path.steps, std::move(outputs), {}};
    for (const auto& output : prepare.outputs) prepare.types.push_back(output->type);
    return prepare;
  }

  void add_consumer(const Path& path, std::vector<ExpressionPtr> outputs,
                    std::variant<AggregateInput, SinkInput> target) {
    Pipeline& pipeline = program_.pipelines[pipelines_.at(path.source)];
    pipeline.consumers.push_back(
        {consumer_count_++, prepare(path, std::move(outputs)), std::move(target), {}});
  }

  // The columns of an aggregate's prepared row, over the aggregate's input: each distinct expression once.
  class PreparedRow {
   public:
    // Keys keep their places even where two are equal.
    void add_key(const ExpressionPtr& expression) { expressions.push_back(expression); }
    uint32_t add(const ExpressionPtr& expression) {
      for (uint32_t i = 0; i < expressions.size(); ++i)
        if (expressions[i]->type == expression->type && typed::equal(*expressions[i], *expression)) return i;
      expressions.push_back(expression);
      return static_cast<uint32_t>(expressions.size() - 1);
    }
    ExpressionPtr reference(const ExpressionPtr& expression) {
      return typed::column(add(expression), expression->type, expression->span);
    }
    std::vector<ExpressionPtr> expressions;
  };

  // An argument of rows that FILTER leaves out cannot fail: it is not evaluated for them.
  static ExpressionPtr shielded(const ExpressionPtr& argument, const ExpressionPtr& filter) {
    if (!filter || !argument->can_fail) return argument;
    const types::Type type = types::with_nullable(argument->type, true);
    typed::Case node{{{filter, argument}}, typed::literal({type, {}})};
    return typed::make(
        {std::move(node), type, argument->span, true, argument->deterministic && filter->deterministic});
  }

  void add_aggregate(NodeId id, const plan::Aggregate& aggregate) {
    PreparedRow row;
    AggregateProgram result;
    result.id = operators_.at(id);
    result.node = id;
    result.windowing = aggregate.windowing;
    result.window = aggregate.window;
    result.key_count = static_cast<uint32_t>(aggregate.keys.size());
    result.outputs = aggregate.outputs;
    result.distinct_only = aggregate.distinct_only;
    result.incremental = aggregate.incremental;
    result.keeps_changes = aggregate.recovery && aggregate.recovery->mode == plan::RecoveryMode::Changelog;
    for (const auto& key : aggregate.keys) row.add_key(key);
    for (AggregateCall call : aggregate.aggregates) {
      for (ExpressionPtr& argument : call.arguments)
        argument = row.reference(shielded(argument, call.filter));
      if (call.filter) call.filter = row.reference(call.filter);
      result.aggregates.push_back(std::move(call));
    }
    if (aggregate.time) result.time_column = row.add(aggregate.time);
    if (aggregate.attached_start) result.start_column = row.add(aggregate.attached_start);
    if (aggregate.attached_end) result.end_column = row.add(aggregate.attached_end);
    for (const auto& expression : row.expressions) result.prepared.push_back(expression->type);
    for (const typed::Column& column : plan_.at(id).columns) result.result.push_back(column.type);

    for (const Path& path : paths(plan_.at(id).inputs[0])) {
      std::vector<ExpressionPtr> outputs;
      for (const auto& expression : row.expressions)
        outputs.push_back(typed::substitute(expression, path.columns));
      add_consumer(path, std::move(outputs), AggregateInput{result.id});
      add_upstream(result, path.source);
    }
    program_.aggregates.push_back(std::move(result));
  }

  template <typename Program>
  void add_upstream(Program& above, NodeId source) const {
    const auto add = [](std::vector<uint32_t>& list, uint32_t id) {
      if (std::ranges::find(list, id) == list.end()) list.push_back(id);
    };
    const plan::Node& node = plan_.at(source);
    if (const auto* scan = std::get_if<plan::Scan>(&node.kind))
      add(above.upstream_scans, scans_.at(scan->table));
    if (const auto* rejected = std::get_if<plan::Rejected>(&node.kind))
      add(above.upstream_scans, scans_.at(rejected->table));
    if (std::holds_alternative<plan::Aggregate>(node.kind))
      add(above.upstream_operators, operators_.at(source));
  }

  void add_sink(uint32_t index, NodeId id) {
    const plan::Node& node = plan_.at(id);
    const auto& sink = std::get<plan::Sink>(node.kind);
    SinkProgram result{index, id, sink.table, sink.label, false, {}, {}};
    for (const typed::Column& column : node.columns) {
      result.names.push_back(column.name);
      result.types.push_back(column.type);
    }
    result.changes = plan_.at(node.inputs[0]).traits.changes == plan::ChangeMode::Retract;
    for (const Path& path : paths(node.inputs[0])) {
      const auto* aggregate = std::get_if<plan::Aggregate>(&plan_.at(path.source).kind);
      const bool changes =
          aggregate && aggregate->windowing == plan::Windowing::None && !aggregate->distinct_only;
      add_consumer(path, path.columns, SinkInput{index, changes, result.names});
    }
    program_.sinks.push_back(std::move(result));
    program_.inserts.push_back(sink.label);
  }

  NodeId node_of(const plan::Node& node) const { return static_cast<NodeId>(&node - plan_.nodes.data()); }

  // Each gets its place behind the consumers, whose number is known now.
  void number_lates() {
    for (Pipeline& pipeline : program_.pipelines) {
      for (Consumer& consumer : pipeline.consumers) {
        for (auto& step : consumer.prepare.steps) {
          auto* late = std::get_if<PrepareLate>(&step);
          if (!late) continue;
          late->floor = consumer_count_ + static_cast<uint32_t>(program_.lates.size());
          LateProgram& result = program_.lates.emplace_back(LateProgram{pipeline.id, {}, {}});
          for (const Path& path : paths(plan_.at(late->node).inputs[0])) add_upstream(result, path.source);
        }
      }
    }
  }

  // Which INSERTs a consumer feeds, through aggregates.
  void account() {
    std::vector<std::vector<uint32_t>> of_operator(program_.aggregates.size());
    const auto add = [](std::vector<uint32_t>& list, uint32_t id) {
      if (std::ranges::find(list, id) == list.end()) list.push_back(id);
    };
    // Aggregates are numbered in plan order, so what an aggregate feeds is known before what feeds it.
    for (auto pipeline = program_.pipelines.rbegin(); pipeline != program_.pipelines.rend(); ++pipeline) {
      for (Consumer& consumer : pipeline->consumers) {
        if (const auto* sink = std::get_if<SinkInput>(&consumer.target)) consumer.inserts = {sink->sink};
        if (const auto* aggregate = std::get_if<AggregateInput>(&consumer.target))
          consumer.inserts = of_operator[aggregate->operator_id];
        std::ranges::sort(consumer.inserts);
        const std::optional<uint32_t> source = source_operator(pipeline->source);
        if (!source) continue;
        for (uint32_t insert : consumer.inserts) add(of_operator[*source], insert);
      }
    }
  }

  static std::optional<uint32_t> source_operator(const Source& source) {
    if (const auto* fired = std::get_if<FiredSource>(&source)) return fired->operator_id;
    if (const auto* changes = std::get_if<ChangesSource>(&source)) return changes->operator_id;
    return std::nullopt;
  }

  const plan::Plan& plan_;
  PipelineProgram program_;
  std::map<const catalog::Table*, uint32_t> scans_;
  std::map<NodeId, uint32_t> operators_;
  std::map<NodeId, uint32_t> pipelines_;
  uint32_t consumer_count_ = 0;
};

}  // namespace

PipelineProgram build_pipelines(const plan::Plan& plan) { return Builder(plan).build(); }

}  // namespace weir::codegen
