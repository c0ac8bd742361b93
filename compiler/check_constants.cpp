#include "compiler/check_constants.h"

#include <algorithm>
#include <functional>
#include <set>
#include <vector>

#include "compiler/backend/backend.h"
#include "compiler/catalog/options.h"
#include "compiler/codegen/emit_constants.h"
#include "compiler/match.h"
#include "compiler/plan/fold_constants.h"
#include "compiler/plan/prune_columns.h"
#include "compiler/plan/rewrite.h"
#include "runtime/abi/abi.h"
#include "runtime/abi/failure_text.h"
#include "runtime/state/arena.h"

namespace weir::compiler {
namespace {

using diagnostics::Span;
using typed::Expression;
using typed::ExpressionPtr;

WEIR_ERROR(ConstantFails, "`{}` always fails: {}", std::string_view, std::string_view);
WEIR_WARNING(ConstantMayFail, "`{}` fails wherever it is evaluated: {}", std::string_view, std::string_view);
WEIR_WARNING(ConstantIsNull, "`{}` is always NULL: {}", std::string_view, std::string_view);

constexpr uint32_t kMostTerms = 1000;  // a constant of more is left to the run

bool is_constant(const Expression& expression) {
  const auto all = [](const auto& operands) {
    return std::ranges::all_of(operands, [](const auto& operand) { return is_constant(*operand); });
  };
  return match(
      expression.node, [](const typed::Literal&) { return true; },
      [](const typed::ColumnIndex&) { return false; },
      [&](const typed::Operation& node) { return all(node.operands); },
      [](const typed::Cast& node) { return is_constant(*node.operand); },
      [](const typed::Case& node) {
        return is_constant(*node.otherwise) && std::ranges::all_of(node.whens, [](const auto& when) {
                 return is_constant(*when.condition) && is_constant(*when.result);
               });
      },
      [&](const typed::Call& node) { return all(node.arguments); },
      [](const typed::ProcessingTime&) { return false; },
      [](const typed::RecordWatermark&) { return false; });
}

// Something of the type that functions take: the least and a usual one.
types::Value sample(const types::Type& type, bool usual) {
  const types::Type not_null = types::with_nullable(type, false);
  if (types::is_approximate(type)) return {not_null, usual ? 1.0 : 0.0};
  if (types::carrier(type) == types::Carrier::String)
    return {not_null, std::string(usual ? "2026-01-31 08:00:00" : "")};
  return {not_null, types::Int128{usual}};
}

// To be computed: a constant, or a call or division with its constant operands and samples for the others.
struct Probe {
  ExpressionPtr expression;
  bool is_certain;  // every row that comes by evaluates it
  int samples = 0;  // the second of two says it: only what both refuse is wrong
};

class Search {
 public:
  std::vector<Probe> probes;

  void look(const ExpressionPtr& expression, bool is_certain) {
    if (!expression || !expression->can_fail) return;
    if (expression->deterministic && expression->terms <= kMostTerms && is_constant(*expression)) {
      if (!std::holds_alternative<typed::Literal>(plan::fold(expression)->node))
        probes.push_back({expression, is_certain});
      return;
    }
    match(
        expression->node, [](const typed::Literal&) {}, [](const typed::ColumnIndex&) {},
        [&](const typed::Operation& node) {
          const bool shields = node.op == typed::Operator::And || node.op == typed::Operator::Or;
          for (size_t i = 0; i < node.operands.size(); ++i)
            look(node.operands[i], is_certain && (i == 0 || !shields));
          if (node.op != typed::Operator::Divide && node.op != typed::Operator::Modulo) return;
          try_samples(expression, node.operands, is_certain, [&](std::vector<ExpressionPtr> filled) {
            return typed::Operation{node.op, std::move(filled)};
          });
        },
        [&](const typed::Cast& node) { look(node.operand, is_certain); },
        [&](const typed::Case& node) {
          for (size_t i = 0; i < node.whens.size(); ++i) {
            look(node.whens[i].condition, is_certain && i == 0);
            look(node.whens[i].result, false);
          }
          look(node.otherwise, false);
        },
        [&](const typed::Call& node) {
          for (const ExpressionPtr& argument : node.arguments) look(argument, is_certain);
          if (!node.function->can_fail) return;
          try_samples(expression, node.arguments, is_certain, [&](std::vector<ExpressionPtr> filled) {
            return typed::Call{node.function, std::move(filled)};
          });
        },
        [](const typed::ProcessingTime&) {}, [](const typed::RecordWatermark&) {});
  }

 private:
  // The whole with samples for those operands that are no constants, twice.
  void try_samples(const ExpressionPtr& whole, const std::vector<ExpressionPtr>& operands, bool is_certain,
                   const std::function<decltype(Expression::node)(std::vector<ExpressionPtr>)>& with) {
    const auto is_known = [](const ExpressionPtr& operand) {
      return is_constant(*operand) && !operand->can_fail;
    };
    if (!whole->deterministic || std::ranges::none_of(operands, is_known)) return;
    for (const bool usual : {false, true}) {
      std::vector<ExpressionPtr> filled = operands;
      for (ExpressionPtr& operand : filled) {
        if (!is_known(operand)) operand = typed::literal(sample(operand->type, usual), operand->span);
      }
      Expression probe = *whole;
      probe.node = with(std::move(filled));
      probes.push_back({typed::make(std::move(probe)), is_certain, usual ? 2 : 1});
    }
  }
};

void look_at_node(Search& search, const plan::Node& node, const std::vector<bool>& needed) {
  if (const auto* project = std::get_if<plan::Project>(&node.kind)) {
    for (size_t i = 0; i < needed.size(); ++i) {
      if (needed[i]) search.look(project->expressions[i], true);
    }
    return;
  }
  const auto* aggregate = std::get_if<plan::Aggregate>(&node.kind);
  if (aggregate == nullptr) {
    plan::visit_expressions(node, [&](const ExpressionPtr& expression) { search.look(expression, true); });
    return;
  }
  for (const ExpressionPtr& key : aggregate->keys) search.look(key, true);
  for (const plan::AggregateCall& call : aggregate->aggregates) {
    for (const ExpressionPtr& argument : call.arguments) search.look(argument, !call.filter);
    search.look(call.filter, true);
  }
}

// Whether no row comes by: a filter below is never true.
bool is_dead(const plan::Plan& plan, const plan::Node& node) {
  if (const auto* filter = std::get_if<plan::Filter>(&node.kind)) {
    const auto* literal = std::get_if<typed::Literal>(&filter->predicate->node);
    const auto* truth = literal ? std::get_if<types::Int128>(&literal->value.data) : nullptr;
    if (literal && (truth == nullptr || *truth == 0)) return true;
  }
  return !node.inputs.empty() &&
         std::ranges::all_of(node.inputs, [&](plan::NodeId input) { return is_dead(plan, plan.at(input)); });
}

// Whether the expression is a call that takes a pattern of times.
bool is_of_pattern(const Expression& expression) {
  constexpr std::string_view kNames[] = {"DATE_FORMAT", "TO_TIMESTAMP", "TO_DATE", "FROM_UNIXTIME"};
  const auto* call = std::get_if<typed::Call>(&expression.node);
  return call && std::ranges::find(kNames, call->function->name) != std::end(kNames);
}

// Whether the table was declared in this text: in a shell it need not be, and then the places of its computed columns are of
// another one.
bool is_declared_in(const diagnostics::Source& source, const catalog::Table& table) {
  return std::ranges::all_of(table.columns, [&](const catalog::TableColumn& column) {
    return column.span.end <= source.text().size() &&
           source.text(column.span).find(column.name) != std::string_view::npos;
  });
}

bool has_computed_columns(const catalog::Table& table) {
  return std::ranges::any_of(table.columns, [](const auto& column) { return column.computed != nullptr; });
}

std::vector<abi::Failure> run(const backend::JitProgram& program) {
  std::vector<abi::Failure> failures;
  const abi::Program& made = *program.program();
  abi::Context context{};
  state::open_arena(context.arena);
  for (uint32_t i = 0; i < made.entry_count; ++i) {
    context.failure = {};
    reinterpret_cast<void (*)(abi::Context*)>(made.entries[i].function)(&context);
    failures.push_back(context.failure);
  }
  state::close_arena(context.arena);
  return failures;
}

}  // namespace

void check_constants(const plan::Plan& plan, const diagnostics::Source& source,
                     diagnostics::Diagnostics& diagnostics) {
  Search search;
  const std::vector<std::vector<bool>> needed = plan::needed_columns(plan);
  for (plan::NodeId id = 0; id < plan.nodes.size(); ++id) {
    const plan::Node& node = plan.at(id);
    const auto* scan = std::get_if<plan::Scan>(&node.kind);
    if (scan && has_computed_columns(*scan->table) && !is_declared_in(source, *scan->table)) return;
    if (!is_dead(plan, node)) look_at_node(search, node, needed[id]);
  }
  if (search.probes.empty()) return;

  std::vector<ExpressionPtr> expressions;
  for (const Probe& probe : search.probes) expressions.push_back(probe.expression);
  const int64_t zone_us =
      1000 * catalog::parse_zone_offset_ms(plan.settings.get("table.local-time-zone", "UTC")).value_or(0);
  codegen::ConstantProgram program = codegen::emit_constants(expressions, source, zone_us);
  const backend::BackendOptions options{.optimize = false};
  backend::optimize(program.module, options);
  const auto code = backend::jit(std::move(program.module), options);
  if (!code) return;  // the job's own code will say so
  const std::vector<abi::Failure> failures = run(**code);

  const bool is_null = plan.settings.get("expression.on-error", "fail") == "null";
  std::set<std::pair<uint32_t, uint32_t>> said;
  for (const bool certain : {true, false}) {  // an error hides a warning of the same place
    for (size_t i = 0; i < failures.size(); ++i) {
      const Probe& probe = search.probes[i];
      if (probe.is_certain != certain || failures[i].expression == 0 || probe.samples == 1) continue;
      const auto reason = static_cast<abi::FailureReason>(failures[i].reason);
      const auto refused = [&](size_t at) {
        return failures[at].reason == static_cast<uint32_t>(abi::FailureReason::Argument) ||
               failures[at].reason == static_cast<uint32_t>(abi::FailureReason::DivisionByZero);
      };
      if (probe.samples == 2 && (!refused(i) || !refused(i - 1))) continue;
      const Span span = program.sites[failures[i].expression - 1];
      const std::string_view text = source.text(span), why = abi::failure_text(reason);
      if (text.empty() || !said.insert({span.begin, span.end}).second) continue;
      // NULL for a NOT NULL column fails in spite of `expression.on-error`.
      if (is_null && reason != abi::FailureReason::NotNull) {
        diagnostics.emit(ConstantIsNull{}, span, text, why);
        continue;
      }
      auto emitted = certain ? diagnostics.emit(ConstantFails{}, span, text, why)
                             : diagnostics.emit(ConstantMayFail{}, span, text, why);
      if (reason == abi::FailureReason::Cast) emitted.hint("TRY_CAST gives NULL where CAST fails");
      if (reason == abi::FailureReason::Argument && is_of_pattern(*probe.expression))
        emitted.hint("a pattern has the letters of Java's DateTimeFormatter: yyyy-MM-dd HH:mm:ss.SSS");
    }
  }
}

}  // namespace weir::compiler
