#include "compiler/plan/fingerprint.h"

#include <algorithm>

#include <fmt/format.h>

#include "compiler/diagnostics/check.h"
#include "compiler/match.h"
#include "compiler/plan/fold_constants.h"

namespace weir::plan {
namespace {

// The names are part of fingerprints that are kept with committed offsets: they never change.
std::string_view name_of(typed::Operator op) {
  switch (op) {
    using enum typed::Operator;
    case Add: return "add";
    case Subtract: return "subtract";
    case Multiply: return "multiply";
    case Divide: return "divide";
    case Modulo: return "modulo";
    case Negate: return "negate";
    case Equal: return "equal";
    case NotEqual: return "not-equal";
    case Less: return "less";
    case LessEqual: return "less-equal";
    case Greater: return "greater";
    case GreaterEqual: return "greater-equal";
    case And: return "and";
    case Or: return "or";
    case Not: return "not";
    case IsNull: return "is-null";
    case IsNotNull: return "is-not-null";
    case IsTrue: return "is-true";
    case IsNotTrue: return "is-not-true";
    case IsFalse: return "is-false";
    case IsNotFalse: return "is-not-false";
    case IsDistinctFrom: return "is-distinct-from";
    case IsNotDistinctFrom: return "is-not-distinct-from";
  }
  WEIR_CHECK(false, "an operator out of range");
}
std::string_view name_of(typed::WindowKind kind) {
  switch (kind) {
    case typed::WindowKind::Tumble: return "tumble";
    case typed::WindowKind::Hop: return "hop";
    case typed::WindowKind::Cumulate: return "cumulate";
    case typed::WindowKind::Session: return "session";
  }
  WEIR_CHECK(false, "a window kind out of range");
}

// One way from a source to a node, and the node's columns as texts over the source.
struct Way {
  std::string input;
  std::vector<std::string> filters;
  std::vector<std::string> columns;
};

using Texts = std::vector<std::string>;

std::string joined(const Texts& texts) { return fmt::format("{}", fmt::join(texts, " ")); }

std::string write(const ExpressionPtr& expression, const Texts& columns) {
  const auto all = [&](const std::vector<ExpressionPtr>& operands) {
    Texts texts;
    for (const ExpressionPtr& operand : operands) texts.push_back(write(operand, columns));
    return joined(texts);
  };
  return match(
      expression->node, [](const typed::Literal& literal) { return types::to_sql(literal.value); },
      [&](const typed::ColumnIndex& column) { return columns[column.index]; },
      [&](const typed::Operation& operation) {
        return fmt::format("({} {})", name_of(operation.op), all(operation.operands));
      },
      [&](const typed::Cast& cast) {
        return fmt::format("({} {} {})", cast.try_cast ? "try-cast" : "cast", write(cast.operand, columns),
                           types::to_string(expression->type));
      },
      [&](const typed::Case& choice) {
        Texts texts;
        for (const auto& when : choice.whens)
          texts.push_back(write(when.condition, columns) + " " + write(when.result, columns));
        return fmt::format("(case {} {})", joined(texts), write(choice.otherwise, columns));
      },
      [&](const typed::Call& call) {
        return fmt::format("({} {})", call.function->name, all(call.arguments));
      },
      [](const typed::ProcessingTime&) { return std::string("(processing-time)"); },
      [](const typed::RecordWatermark&) { return std::string("(record-watermark)"); });
}

// Folded first: constants that are known at compile time have one form.
std::string text_of(const ExpressionPtr& expression, const Texts& columns) {
  return expression ? write(fold(expression), columns) : "";
}

void add_conditions(const ExpressionPtr& predicate, const Way& way, Texts& conditions) {
  const auto* operation = std::get_if<typed::Operation>(&predicate->node);
  if (operation && operation->op == typed::Operator::And) {
    for (const ExpressionPtr& operand : operation->operands) add_conditions(operand, way, conditions);
    return;
  }
  std::string text = write(predicate, way.columns);
  if (text != "TRUE") conditions.push_back(std::move(text));
}

std::string window_text(const WindowSpec& spec, const std::string& time) {
  return fmt::format("({} {} {} {} {}{} {})", name_of(spec.kind), spec.size_ms, spec.slide_ms, spec.offset_ms,
                     spec.zone_offset_ms, spec.processing_time ? " processing-time" : "", time);
}

std::string call_text(const AggregateCall& call, const Texts& columns) {
  std::string text = "(" + call.function->name;
  if (call.distinct) text += " distinct";
  for (const ExpressionPtr& argument : call.arguments)
    text += fmt::format(" {}:{}", text_of(argument, columns), types::to_string(argument->type));
  if (call.filter) text += " filter " + text_of(call.filter, columns);
  return text + ")";
}

std::string join_ways(const StateText& text) {
  std::string whole;
  for (const auto& way : text.ways)
    whole += fmt::format("{{{} | {} | {} | {}}}", way[StateText::Input], way[StateText::Filters],
                         way[StateText::Window], way[StateText::Keys]);
  return whole;
}

class Writer {
 public:
  Writer(const Plan& plan, const std::vector<bool>& keeps_state) : plan_(plan), keeps_state_(keeps_state) {}

  StateText aggregate(NodeId id) const {
    const Node& node = plan_.at(id);
    const auto& aggregate = std::get<Aggregate>(node.kind);
    StateText text;
    for (Way& way : ways(node.inputs[0])) {
      std::ranges::sort(way.filters);
      Texts keys;
      for (const ExpressionPtr& key : aggregate.keys)
        keys.push_back(text_of(key, way.columns) + ":" + types::to_string(key->type));
      if (keeps_state_[id]) {
        keys.emplace_back(aggregate.distinct_only ? "distinct" : "aggregates");
        for (const AggregateCall& call : aggregate.aggregates) keys.push_back(call_text(call, way.columns));
      }
      text.ways.push_back({way.input, joined(way.filters),
                           text_of(aggregate.attached_start, way.columns) + " " +
                               text_of(aggregate.attached_end, way.columns),
                           joined(keys)});
    }
    std::ranges::sort(text.ways);
    return text;
  }

 private:
  std::vector<Way> ways(NodeId id) const {
    const Node& node = plan_.at(id);
    std::vector<Way> result;
    for (const NodeId input : node.inputs) {
      if (std::holds_alternative<Aggregate>(node.kind)) break;  // a source of its own
      std::ranges::move(ways(input), std::back_inserter(result));
    }
    match(
        node.kind, [&](const Scan& scan) { result.push_back(scan_way(scan, node)); },
        [&](const Rejected& rejected) {
          result.push_back({fmt::format("rejected {}", rejected.table->name), {}, names(node)});
        },
        [&](const Filter& filter) {
          for (Way& way : result) add_conditions(fold(filter.predicate), way, way.filters);
        },
        [&](const Project& project) {
          for (Way& way : result) {
            Texts columns;
            for (const ExpressionPtr& expression : project.expressions)
              columns.push_back(text_of(expression, way.columns));
            way.columns = std::move(columns);
          }
        },
        [&](const WindowAssign& assign) {
          for (Way& way : result) {
            const std::string window = window_text(assign.spec, text_of(assign.time, way.columns));
            for (const char* bound : {"start", "end", "time"})
              way.columns.push_back(fmt::format("({} {})", bound, window));
          }
        },
        [&](const LateFilter& late) {
          for (Way& way : result) {
            way.filters.push_back("(late " + window_text(late.spec, text_of(late.time, way.columns)) + ")");
            way.columns.emplace_back("(record-watermark)");
          }
        },
        [&](const Aggregate& aggregate) { result.push_back(aggregate_way(id, aggregate)); },
        [](const UnionAll&) {}, [](const Sink&) {});
    return result;
  }

  static Texts names(const Node& node) {
    Texts texts;
    for (const Column& column : node.columns)
      texts.push_back(fmt::format("{}:{}", column.name, types::to_string(column.type)));
    return texts;
  }

  Way scan_way(const Scan& scan, const Node& node) const {
    Way way{fmt::format("scan {}", scan.table->name), {}, names(node)};
    for (uint32_t i = 0; i < way.columns.size(); ++i) {
      if (scan.origins[i] == Origin::Key) way.columns[i] = "key." + way.columns[i];
      if (scan.origins[i] == Origin::Metadata)
        way.columns[i] =
            fmt::format("metadata.{}:{}", scan.table->columns[scan.table_columns[i]].metadata_key,
                        types::to_string(node.columns[i].type));
    }
    if (scan.computed_event_time)
      way.columns[*scan.event_time_column] = text_of(scan.computed_event_time, way.columns);
    if (scan.watermark)
      way.input += fmt::format(" watermark {} of {}", text_of(scan.watermark, way.columns),
                               way.columns[*scan.event_time_column]);
    const int64_t zone =
        catalog::parse_zone_offset_ms(plan_.settings.get("table.local-time-zone", "UTC")).value_or(0);
    if (zone != 0) way.input += fmt::format(" zone {}", zone);
    return way;
  }

  // The results of an aggregate below: the columns that are used tell what they are.
  Way aggregate_way(NodeId id, const Aggregate& below) const {
    const StateText text = aggregate(id);
    Way way{fmt::format("results of {}", join_ways(text)), {}, {}};
    const std::vector<Way> inputs = ways(plan_.at(id).inputs[0]);
    const auto of_each = [&](const auto& one) {
      Texts texts;
      for (const Way& input : inputs) texts.push_back(one(input));
      std::ranges::sort(texts);
      return joined(texts);
    };
    for (const AggregateOutput& output : below.outputs) {
      using What = AggregateOutput::What;
      way.columns.push_back(of_each([&](const Way& input) {
        switch (output.what) {
          case What::Key: return text_of(below.keys[output.index], input.columns);
          case What::WindowStart: return text_of(below.attached_start, input.columns);
          case What::WindowEnd: return text_of(below.attached_end, input.columns);
          case What::WindowTime: return fmt::format("(time {})", text_of(below.attached_end, input.columns));
          case What::Aggregate: return call_text(below.aggregates[output.index], input.columns);
        }
        WEIR_CHECK(false, "an output of an aggregate out of range");
      }));
    }
    return way;
  }

  const Plan& plan_;
  const std::vector<bool>& keeps_state_;
};

}  // namespace

// FNV-1a, then mixed, because the upper bits of FNV of short texts are poor.
uint64_t stable_hash(std::string_view text) {
  uint64_t value = 0xcbf29ce484222325u;
  for (const char c : text) value = (value ^ static_cast<uint8_t>(c)) * 0x100000001b3u;
  value = (value ^ (value >> 32)) * 0xd6e8feb86659fd93u;
  value = (value ^ (value >> 32)) * 0xd6e8feb86659fd93u;
  return value ^ (value >> 32);
}

StateText state_text(const Plan& plan, NodeId aggregate, const std::vector<bool>& keeps_state) {
  return Writer(plan, keeps_state).aggregate(aggregate);
}

uint64_t fingerprint(const StateText& text) { return stable_hash(join_ways(text)); }

uint64_t fingerprint_parts(const StateText& text) {
  uint64_t parts = 0;
  for (uint32_t part = 0; part < 4; ++part) {
    std::string all;
    for (const auto& way : text.ways) all += "{" + way[part] + "}";
    parts |= (stable_hash(all) & 0xffff) << (16 * part);
  }
  return parts;
}

}  // namespace weir::plan
