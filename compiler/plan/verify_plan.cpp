#include "compiler/plan/verify_plan.h"

#include <fmt/format.h>

#include "compiler/diagnostics/check.h"
#include "compiler/match.h"

namespace weir::plan {
namespace {

class Verifier {
 public:
  Verifier(const Plan& plan, std::string_view after) : plan_(plan), after_(after) {}

  void verify() {
    for (NodeId id = 0; id < plan_.nodes.size(); ++id) {
      id_ = id;
      const Node& node = plan_.at(id);
      for (NodeId input : node.inputs) require(input < id, "an input comes after its user");
      verify(node);
    }
    for (NodeId sink : plan_.sinks)
      require(sink < plan_.nodes.size() && std::holds_alternative<Sink>(plan_.at(sink).kind),
              "a sink is no sink");
  }

 private:
  void require(bool holds, std::string_view what) const {
    if (holds) return;
    diagnostics::internal_error(__FILE__, __LINE__,
                                fmt::format("plan after {}, node {}: {}", after_, id_, what));
  }

  const std::vector<Column>& input(const Node& node, size_t index = 0) const {
    require(index < node.inputs.size(), "too few inputs");
    return plan_.at(node.inputs[index]).columns;
  }

  void over(const ExpressionPtr& expression, const std::vector<Column>& columns) const {
    if (!expression) return;
    typed::visit_columns(*expression, [&](uint32_t index) {
      require(index < columns.size(), "a column index is out of range");
    });
  }
  void boolean(const ExpressionPtr& expression) const {
    require(expression && expression->type.kind == types::Kind::Boolean, "a predicate is not BOOLEAN");
  }
  void makes(const ExpressionPtr& expression, const Column& column) const {
    require(expression->type.same_kind(column.type), "an expression's type is not that of its column");
  }

  void verify(const Node& node) const {
    match(
        node.kind,
        [&](const Scan& scan) {
          require(scan.table != nullptr, "a scan without table");
          require(scan.read.size() == node.columns.size() &&
                      scan.table_columns.size() == node.columns.size() &&
                      scan.origins.size() == node.columns.size(),
                  "a scan's lists differ in length");
          over(scan.computed_event_time, node.columns);
          over(scan.watermark, node.columns);
        },
        [&](const Rejected&) { require(node.columns.size() == 7, "REJECTED has seven columns"); },
        [&](const Filter& filter) {
          boolean(filter.predicate);
          over(filter.predicate, input(node));
          require(node.columns.size() == input(node).size(), "a filter changes its columns");
        },
        [&](const Project& project) {
          require(project.expressions.size() == node.columns.size(), "a projection's lists differ in length");
          for (size_t i = 0; i < project.expressions.size(); ++i) {
            over(project.expressions[i], input(node));
            makes(project.expressions[i], node.columns[i]);
          }
        },
        [&](const WindowAssign& assign) {
          over(assign.time, input(node));
          require(node.columns.size() == input(node).size() + 3, "a window function adds three columns");
        },
        [&](const LateFilter& late) {
          over(late.time, input(node));
          require(node.columns.size() == input(node).size() + 1, "LATE adds one column");
        },
        [&](const Aggregate& aggregate) {
          const auto& columns = input(node);
          for (const auto& key : aggregate.keys) over(key, columns);
          for (const auto& call : aggregate.aggregates) {
            for (const auto& argument : call.arguments) over(argument, columns);
            over(call.filter, columns);
          }
          over(aggregate.time, columns);
          over(aggregate.attached_start, columns);
          over(aggregate.attached_end, columns);
          require(aggregate.outputs.size() == node.columns.size(), "an aggregate's lists differ in length");
          const bool sliced =
              aggregate.windowing == Windowing::Sliced || aggregate.windowing == Windowing::Session;
          require(!sliced || (aggregate.time && aggregate.window), "a sliced aggregate without time");
        },
        [&](const UnionAll&) {
          for (size_t i = 0; i < node.inputs.size(); ++i) {
            require(input(node, i).size() == node.columns.size(), "UNION ALL of different widths");
            for (size_t c = 0; c < node.columns.size(); ++c)
              require(input(node, i)[c].type.same_kind(node.columns[c].type), "UNION ALL of different types");
          }
        },
        [&](const Sink&) {
          require(input(node).size() == node.columns.size(), "a sink changes its columns");
        });
  }

  const Plan& plan_;
  std::string_view after_;
  NodeId id_ = 0;
};

}  // namespace

void verify_plan(const Plan& plan, std::string_view after) { Verifier(plan, after).verify(); }

}  // namespace weir::plan
