#include "compiler/analysis/window.h"

#include <algorithm>
#include <cstdlib>

#include "compiler/analysis/aggregate.h"
#include "compiler/analysis/coercion.h"
#include "compiler/analysis/expression.h"
#include "compiler/analysis/relation.h"
#include "compiler/analysis/stream_rules.h"
#include "compiler/diagnostics/suggest.h"
#include "compiler/match.h"
#include "compiler/types/calendar.h"

namespace weir::analysis {
namespace {

using typed::TimeAttribute;
using typed::WindowKind;
using typed::WindowRole;
using typed::WindowSpec;

WEIR_ERROR(WindowArguments, "{} takes {}", std::string_view, std::string_view);
WEIR_ERROR(WindowParameter, "{} has no parameter `{}`", std::string_view, std::string_view);
WEIR_ERROR(WindowParameterTwice, "parameter `{}` of {} is given twice", std::string_view, std::string_view);
WEIR_ERROR(WindowTableArgument, "the first argument of {} is a table: TABLE orders", std::string_view);
WEIR_ERROR(WindowTimeArgument, "the time of {} is a column", std::string_view);
WEIR_ERROR(NotTimeAttribute, "column `{}` is no time attribute", std::string_view);
WEIR_ERROR(WindowIntervalType, "{} of {} is an interval, not {}", std::string_view, std::string_view,
           std::string_view);
WEIR_ERROR(WindowIntervalMonths, "{} of {} cannot be months or years: they have no fixed length",
           std::string_view, std::string_view);
WEIR_ERROR(WindowIntervalConstant, "{} of {} is not constant", std::string_view, std::string_view);
WEIR_ERROR(WindowIntervalRange, "{} of {} is {}", std::string_view, std::string_view, std::string_view);
WEIR_ERROR(CumulateSteps, "the size of CUMULATE, {}, is no multiple of its step, {}", std::string_view,
           std::string_view);
WEIR_ERROR(WindowOverWindow, "{} over the rows of another window is not built yet", std::string_view);
WEIR_ERROR(PartitionByPlace, "PARTITION BY in {} is not built yet", std::string_view);
WEIR_ERROR(UnknownTableFunction, "there is no table function `{}`", std::string_view);
WEIR_ERROR(LateArgument, "LATE takes a window: LATE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '5' MINUTE))");
WEIR_ERROR(LateProcessingTime, "no row is late for a window over processing time");
WEIR_ERROR(RejectedArgument, "REJECTED takes the name of a table: REJECTED(orders)");
WEIR_ERROR(RejectedFails, "`{}` has `on-error` = `fail`, so no row is ever routed to REJECTED",
           std::string_view);
WEIR_ERROR(AuxiliaryWithoutWindow, "{}(…) names no window of GROUP BY", std::string_view);
WEIR_WARNING(SessionTies, "of rows with equal times a session takes the first only: the rest are late");

constexpr int64_t kMillisecond = 1000;  // in microseconds
constexpr int64_t kLongest = int64_t{100} * 366 * 86'400'000;

// ---- lengths -----------------------------------------------------------------------------------

struct Length {
  std::string_view name;  // "the size"
  bool may_be_zero = false;
  bool may_be_negative = false;
};

std::optional<int64_t> length_ms(const Context& context, std::string_view window, const Length& length,
                                 const ExpressionPtr& expression) {
  if (!expression) return std::nullopt;
  const Span span = expression->span;
  if (expression->type.kind == Kind::IntervalYearMonth) {
    context.diagnostics.emit(WindowIntervalMonths{}, span, length.name, window)
        .hint("count in days: INTERVAL '30' DAY");
    return std::nullopt;
  }
  if (expression->type.kind != Kind::IntervalDayTime) {
    context.diagnostics
        .emit(WindowIntervalType{}, span, length.name, window, types::to_string(expression->type))
        .hint("write INTERVAL '5' MINUTE");
    return std::nullopt;
  }
  const auto* literal = std::get_if<typed::Literal>(&expression->node);
  const auto* value = literal == nullptr ? nullptr : std::get_if<types::Int128>(&literal->value.data);
  if (value == nullptr) {
    context.diagnostics.emit(WindowIntervalConstant{}, span, length.name, window);
    return std::nullopt;
  }
  const auto microseconds = static_cast<int64_t>(*value);
  std::string_view problem;
  if (microseconds % kMillisecond != 0) problem = "no whole number of milliseconds";
  if (microseconds == 0 && !length.may_be_zero) problem = "zero";
  if (microseconds < 0 && !length.may_be_negative) problem = "negative";
  if (std::abs(microseconds / kMillisecond) > kLongest) problem = "longer than a hundred years";
  if (!problem.empty()) {
    context.diagnostics.emit(WindowIntervalRange{}, span, length.name, window, problem);
    return std::nullopt;
  }
  return microseconds / kMillisecond;
}

// The names of the lengths of a window, in the order of the notation; the offset is optional.
struct Parameters {
  std::vector<std::string_view> names;
  std::string_view usage;
};
Parameters parameters(WindowKind kind, bool table_valued) {
  switch (kind) {
    case WindowKind::Tumble:
      return {{"SIZE", "OFFSET"}, table_valued ? "TABLE t, DESCRIPTOR(ts), size [, offset]" : "ts, size"};
    case WindowKind::Hop:
      return {{"SLIDE", "SIZE", "OFFSET"},
              table_valued ? "TABLE t, DESCRIPTOR(ts), slide, size [, offset]" : "ts, slide, size"};
    case WindowKind::Cumulate:
      return {{"STEP", "SIZE", "OFFSET"},
              table_valued ? "TABLE t, DESCRIPTOR(ts), step, size [, offset]" : "ts, step, size"};
    case WindowKind::Session:
      return {{"GAP"}, table_valued ? "TABLE t [PARTITION BY k], DESCRIPTOR(ts), gap" : "ts, gap"};
  }
  diagnostics::internal_error(__FILE__, __LINE__, "a window kind out of range");
}

// The lengths as a window; `lengths` in the order of parameters(), the offset missing or null where it is not given.
std::optional<WindowSpec> make_spec(const Context& context, WindowKind kind,
                                    const std::vector<ExpressionPtr>& lengths, Span span) {
  const std::string_view name = window_name(kind);
  const auto length = [&](size_t index, std::string_view words) {
    return length_ms(context, name, {words}, lengths[index]);
  };
  WindowSpec spec{.kind = kind, .time_type = {}};
  const bool two = kind == WindowKind::Hop || kind == WindowKind::Cumulate;
  const auto first = length(0, kind == WindowKind::Hop        ? "the slide"
                               : kind == WindowKind::Cumulate ? "the step"
                               : kind == WindowKind::Session  ? "the gap"
                                                              : "the size");
  const auto size = two ? length(1, "the size") : first;
  if (!first || !size) return std::nullopt;
  spec.size_ms = *size;
  spec.slide_ms = *first;
  if (kind == WindowKind::Cumulate && *size % *first != 0) {
    context.diagnostics.emit(CumulateSteps{}, context.at(span), types::duration_text(*size),
                             types::duration_text(*first));
    return std::nullopt;
  }
  const size_t offset_index = two ? 2 : 1;
  if (lengths.size() > offset_index && lengths[offset_index]) {
    const auto offset = length_ms(context, name, {"the offset", true, true}, lengths[offset_index]);
    if (!offset) return std::nullopt;
    if (std::abs(*offset) >= *size) {
      context.diagnostics.emit(WindowIntervalRange{}, lengths[offset_index]->span, "the offset", name,
                               "not shorter than the size");
      return std::nullopt;
    }
    spec.offset_ms = *offset;
  }
  return spec;
}

// What depends on the attribute: its type, and the zone of the bounds.
void set_time(const Context& context, WindowSpec& spec, const Type& type, TimeAttribute attribute) {
  spec.time_type = types::with_nullable(type, false);
  spec.processing_time = attribute == TimeAttribute::ProcessingTime;
  if (type.kind != Kind::TimestampLtz) return;
  spec.zone_offset_ms =
      catalog::parse_zone_offset_ms(context.settings().get("table.local-time-zone", "UTC")).value_or(0);
  if (spec.kind == WindowKind::Session) return;
  // Windows are aligned to midnight of the zone.
  const int64_t period = spec.kind == WindowKind::Cumulate ? spec.size_ms : spec.slide_ms;
  spec.offset_ms = (spec.offset_ms - spec.zone_offset_ms) % period;
}

void not_time_attribute(const Context& context, const std::vector<typed::Column>& columns, uint32_t index,
                        Span span) {
  auto emitted = context.diagnostics.emit(NotTimeAttribute{}, context.at(span), columns[index].name);
  std::vector<std::string> attributes;
  for (const auto& column : columns) {
    if (column.time != TimeAttribute::None) attributes.push_back(column.name);
  }
  if (!attributes.empty()) {
    emitted.hint("time attributes here: {}", listed(attributes));
  } else if (types::is_timestamp(columns[index].type)) {
    emitted
        .note(
            "windows follow a column that a WATERMARK is declared for; aggregates and expressions make it a "
            "plain column")
        .hint("declare WATERMARK FOR {0} AS {0} - INTERVAL '5' SECOND in its CREATE TABLE",
              columns[index].name);
  } else {
    emitted.note("it is {}", types::to_string(columns[index].type))
        .hint("declare a TIMESTAMP(3) column with a WATERMARK in CREATE TABLE");
  }
}

// ---- arguments of the table-valued notation -----------------------------------------------------

struct TableWindow {
  RelationPtr input;
  WindowSpec spec;
  uint32_t time_column = 0;
  std::vector<uint32_t> partition_by;
};

using Argument = syntax::TableFunction::Argument;

// The arguments by parameter, null where one is not given; nothing after an error.
std::optional<std::vector<const Argument*>> assign_arguments(const Context& context, std::string_view name,
                                                             const std::vector<Argument>& written,
                                                             const std::vector<std::string_view>& names,
                                                             std::string_view usage, Span span) {
  std::vector<const Argument*> assigned(names.size(), nullptr);
  const auto wrong_count = [&] {
    context.diagnostics.emit(WindowArguments{}, context.at(span), name, fmt::format("({})", usage));
    return std::nullopt;
  };
  size_t position = 0;
  for (const Argument& argument : written) {
    if (!argument.name) {
      if (position >= names.size()) return wrong_count();
      assigned[position++] = &argument;
      continue;
    }
    const std::string wanted = upper(argument.name->text);
    const auto found = std::find(names.begin(), names.end(), wanted);
    if (found == names.end()) {
      auto emitted = context.diagnostics.emit(WindowParameter{}, context.at(argument.name->span), name,
                                              argument.name->text);
      const std::vector<std::string> candidates(names.begin(), names.end());
      if (const auto near = diagnostics::nearest(wanted, candidates))
        emitted.hint("did you mean `{}`?", *near);
      else
        emitted.note("it has {}", listed(candidates));
      return std::nullopt;
    }
    const auto index = static_cast<size_t>(found - names.begin());
    if (assigned[index] != nullptr) {
      context.diagnostics.emit(WindowParameterTwice{}, context.at(argument.name->span), wanted, name);
      return std::nullopt;
    }
    assigned[index] = &argument;
  }
  for (size_t i = 0; i < names.size(); ++i) {
    if (assigned[i] == nullptr && names[i] != "OFFSET") return wrong_count();
  }
  return assigned;
}

// `TABLE orders`, `orders`, a nested table function or a sub-query.
std::optional<From> table_argument(const Context& context, std::string_view name, const Argument& argument,
                                   const CommonTables* common) {
  if (const auto* table = std::get_if<syntax::TableFunction::TableArgument>(&argument.value)) {
    return analyze_from(context, *table->table, common);
  }
  if (const auto* expression = std::get_if<syntax::ExpressionPtr>(&argument.value)) {
    if (const auto* column = std::get_if<syntax::ColumnReference>(&(*expression)->node)) {
      RelationPtr relation = named_relation(context, column->name, common);
      return From{relation,
                  scope_of(relation, column->name.parts.back().text, "`" + to_text(column->name) + "`")};
    }
  }
  context.diagnostics.emit(WindowTableArgument{}, context.at(argument.span), name);
  return std::nullopt;
}

// The time column: DESCRIPTOR(ts).
std::optional<uint32_t> time_argument(const Context& context, std::string_view name, const Argument& argument,
                                      const Scope& scope) {
  const syntax::Name* column = nullptr;
  if (const auto* descriptor = std::get_if<syntax::TableFunction::Descriptor>(&argument.value)) {
    if (descriptor->columns.size() == 1) column = &descriptor->columns.front();
  }
  if (column == nullptr) {
    context.diagnostics.emit(WindowTimeArgument{}, context.at(argument.span), name)
        .hint("write DESCRIPTOR(ts)");
    return std::nullopt;
  }
  const auto index = resolve_name(context, scope, *column);
  if (!index) return std::nullopt;
  if (scope.columns[*index].time == TimeAttribute::None) {
    not_time_attribute(context, scope.columns, *index, column->span);
    return std::nullopt;
  }
  return index;
}

std::vector<uint32_t> partition_columns(const Context& context, const Argument& argument, const Scope& scope,
                                        bool& good) {
  std::vector<uint32_t> columns;
  const auto* table = std::get_if<syntax::TableFunction::TableArgument>(&argument.value);
  if (table == nullptr) return columns;
  for (const auto& name : table->partition_by) {
    if (const auto index = resolve_name(context, scope, name))
      columns.push_back(*index);
    else
      good = false;
  }
  return columns;
}

std::optional<TableWindow> table_window(const Context& context, WindowKind kind,
                                        const syntax::TableFunction& function, const CommonTables* common,
                                        Span span) {
  const std::string_view name = window_name(kind);
  const Parameters lengths = parameters(kind, true);
  std::vector<std::string_view> names{"DATA", "TIMECOL"};
  names.insert(names.end(), lengths.names.begin(), lengths.names.end());
  const auto assigned = assign_arguments(context, name, function.arguments, names, lengths.usage, span);
  if (!assigned) return std::nullopt;

  auto from = table_argument(context, name, *(*assigned)[0], common);
  if (!from) return std::nullopt;
  bool good = from->relation != nullptr;
  TableWindow window{.input = from->relation, .spec = {}, .partition_by = {}};
  window.partition_by = partition_columns(context, *(*assigned)[0], from->scope, good);
  if (!window.partition_by.empty() && kind != WindowKind::Session) {
    context.diagnostics.emit(PartitionByPlace{}, context.at((*assigned)[0]->span), name)
        .hint("leave it out: GROUP BY the column together with the window");
    good = false;
  }
  const auto time = time_argument(context, name, *(*assigned)[1], from->scope);

  Scope nothing;
  nothing.description = "the arguments of a window";
  const Place place{.context = context, .scope = nothing, .clause = "the arguments of a window"};
  std::vector<ExpressionPtr> values;
  for (size_t i = 2; i < assigned->size(); ++i) {
    if ((*assigned)[i] == nullptr) {
      values.push_back(nullptr);
      continue;
    }
    const auto* expression = std::get_if<syntax::ExpressionPtr>(&(*assigned)[i]->value);
    if (expression == nullptr) {
      context.diagnostics.emit(WindowArguments{}, context.at(span), name, fmt::format("({})", lengths.usage));
      return std::nullopt;
    }
    values.push_back(analyze_expression(place, **expression));
    good &= values.back() != nullptr;
  }
  if (!good || !time) {
    // The lengths are still looked at, so that their errors show as well.
    if (std::none_of(values.begin(), values.end() - (names.back() == "OFFSET" ? 1 : 0),
                     [](const auto& v) { return !v; })) {
      make_spec(context, kind, values, span);
    }
    return std::nullopt;
  }
  auto spec = make_spec(context, kind, values, span);
  if (!spec) return std::nullopt;
  const typed::Column& column = from->scope.columns[*time];
  set_time(context, *spec, column.type, column.time);
  window.spec = *spec;
  window.time_column = *time;
  if (has_open_window(*window.input)) {
    context.diagnostics.emit(WindowOverWindow{}, context.at(span), name)
        .hint("aggregate the inner window first: GROUP BY window_start, window_end");
    return std::nullopt;
  }
  if (!require_append_only(context, *window.input, name, span)) return std::nullopt;
  return window;
}

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

RelationPtr late(const Context& context, const syntax::TableFunction& function, const CommonTables* common,
                 Span span) {
  const syntax::TableFunction* inner = nullptr;
  if (function.arguments.size() == 1) {
    if (const auto* table =
            std::get_if<syntax::TableFunction::TableArgument>(&function.arguments.front().value)) {
      if (table->partition_by.empty()) inner = std::get_if<syntax::TableFunction>(&table->table->node);
    }
  }
  const auto kind = inner == nullptr ? std::nullopt : window_kind(upper(inner->name.text));
  if (!kind) {
    context.diagnostics.emit(LateArgument{}, context.at(span));
    return nullptr;
  }
  const auto window = table_window(context, *kind, *inner, common, span);
  if (!window) return nullptr;
  if (window->spec.processing_time) {
    context.diagnostics.emit(LateProcessingTime{}, context.at(span)).hint("use a column with a WATERMARK");
    return nullptr;
  }
  auto columns = window->input->columns;
  for (auto& column : columns) {
    if (column.time == TimeAttribute::EventTime) column.time = TimeAttribute::None;
  }
  columns.push_back({.name = "late_watermark", .type = types::with_nullable(window->spec.time_type, true)});
  return std::make_shared<const typed::Relation>(typed::Relation{
      typed::Late{window->input, window->spec, window->time_column}, std::move(columns), span});
}

RelationPtr rejected(const Context& context, const syntax::TableFunction& function,
                     const CommonTables* common, Span span) {
  const syntax::QualifiedName* name = nullptr;
  if (function.arguments.size() == 1) {
    match(
        function.arguments.front().value,
        [&](const syntax::TableFunction::TableArgument& table) {
          if (const auto* named = std::get_if<syntax::NamedTable>(&table.table->node)) name = &named->name;
        },
        [](const syntax::TableFunction::Descriptor&) {},
        [&](const syntax::ExpressionPtr& expression) {
          if (const auto* column = std::get_if<syntax::ColumnReference>(&expression->node))
            name = &column->name;
        });
  }
  const RelationPtr relation = name == nullptr ? nullptr : named_relation(context, *name, common);
  const auto* scan = relation == nullptr ? nullptr : std::get_if<typed::TableScan>(&relation->node);
  if (name != nullptr && relation == nullptr) return nullptr;
  if (scan == nullptr) {
    auto emitted = context.diagnostics.emit(RejectedArgument{}, context.at(span));
    if (relation) emitted.note("`{}` is no table: only a table decodes rows", to_text(*name));
    return nullptr;
  }
  if (scan->table->options.find("on-error") == "fail") {
    context.diagnostics.emit(RejectedFails{}, context.at(span), scan->table->name)
        .hint("leave `on-error` out: REJECTED routes the rows");
    return nullptr;
  }
  const Type text = types::string();
  const Type bigint = types::simple(Kind::BigInt);
  std::vector<typed::Column> columns{
      {.name = "raw", .type = types::simple(Kind::Bytes)},
      {.name = "reason", .type = text},
      {.name = "field", .type = text},
      {.name = "source", .type = text},
      {.name = "partition", .type = types::simple(Kind::Integer)},
      {.name = "offset", .type = bigint},
      {.name = "line", .type = bigint},
  };
  return std::make_shared<const typed::Relation>(
      typed::Relation{typed::Rejected{scan->table}, std::move(columns), span});
}

}  // namespace

std::optional<WindowKind> window_kind(std::string_view name) {
  if (name == "TUMBLE") return WindowKind::Tumble;
  if (name == "HOP") return WindowKind::Hop;
  if (name == "CUMULATE") return WindowKind::Cumulate;
  if (name == "SESSION") return WindowKind::Session;
  return std::nullopt;
}

std::string_view window_name(WindowKind kind) {
  switch (kind) {
    case WindowKind::Tumble: return "TUMBLE";
    case WindowKind::Hop: return "HOP";
    case WindowKind::Cumulate: return "CUMULATE";
    case WindowKind::Session: return "SESSION";
  }
  diagnostics::internal_error(__FILE__, __LINE__, "a window kind out of range");
}

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

RelationPtr table_function(const Context& context, const syntax::TableFunction& function,
                           const CommonTables* common, Span span) {
  const std::string name = upper(function.name.text);
  if (name == "LATE") return late(context, function, common, span);
  if (name == "REJECTED") return rejected(context, function, common, span);
  const auto kind = window_kind(name);
  if (!kind) {
    auto emitted =
        context.diagnostics.emit(UnknownTableFunction{}, context.at(function.name.span), function.name.text);
    const std::vector<std::string> names{"TUMBLE", "HOP", "CUMULATE", "SESSION", "LATE", "REJECTED"};
    if (const auto near = diagnostics::nearest(name, names))
      emitted.hint("did you mean `{}`?", *near);
    else
      emitted.hint("there are {}", listed(names));
    return nullptr;
  }
  auto window = table_window(context, *kind, function, common, span);
  if (!window) return nullptr;
  return window_function(context, window->input, window->spec, window->time_column,
                         std::move(window->partition_by), context.at(span));
}

std::optional<GroupWindow> group_window(const Place& place, WindowKind kind, const syntax::Call& call,
                                        Span span) {
  const Context& context = place.context;
  const std::string_view name = window_name(kind);
  const Parameters lengths = parameters(kind, false);
  const size_t least = kind == WindowKind::Hop || kind == WindowKind::Cumulate ? 3 : 2;
  const size_t most = least + (kind == WindowKind::Session ? 0 : 1);
  if (call.arguments.size() < least || call.arguments.size() > most) {
    context.diagnostics.emit(WindowArguments{}, context.at(call.name.span), name,
                             fmt::format("({})", lengths.usage));
    return std::nullopt;
  }
  ExpressionPtr time = analyze_expression(place, *call.arguments.front().value);
  std::vector<ExpressionPtr> values;
  bool good = time != nullptr;
  for (size_t i = 1; i < call.arguments.size(); ++i) {
    values.push_back(analyze_expression(place, *call.arguments[i].value));
    good &= values.back() != nullptr;
  }
  if (!good) return std::nullopt;
  auto attribute = TimeAttribute::None;
  if (const auto* column = std::get_if<typed::ColumnIndex>(&time->node)) {
    attribute = place.scope.columns[column->index].time;
    if (attribute == TimeAttribute::None) {
      not_time_attribute(context, place.scope.columns, column->index, time->span);
      return std::nullopt;
    }
  } else if (std::holds_alternative<typed::ProcessingTime>(time->node)) {
    attribute = TimeAttribute::ProcessingTime;
  } else {
    context.diagnostics.emit(WindowTimeArgument{}, time->span, name)
        .hint("declare a computed column with a WATERMARK in CREATE TABLE");
    return std::nullopt;
  }
  auto spec = make_spec(context, kind, values, span);
  if (!spec) return std::nullopt;
  set_time(context, *spec, time->type, attribute);
  return GroupWindow{.spec = *spec, .time = std::move(time), .span = span};
}

std::optional<ExpressionPtr> window_auxiliary(const Place& place, const syntax::Call& call, Span span) {
  const std::string name = upper(call.name.text);
  const size_t underscore = name.find('_');
  if (underscore == std::string::npos) return std::nullopt;
  const auto kind = window_kind(name.substr(0, underscore));
  const std::string part = name.substr(underscore + 1);
  const bool known = part == "START" || part == "END" || part == "ROWTIME" || part == "PROCTIME";
  if (!kind || !known) return std::nullopt;

  const Context& context = place.context;
  const GroupWindow* window = place.aggregates == nullptr ? nullptr : place.aggregates->window;
  if (window == nullptr) {
    if (place.scope.broken || (place.aggregates != nullptr && place.aggregates->window_broken))
      return nullptr;
    context.diagnostics.emit(AuxiliaryWithoutWindow{}, context.at(call.name.span), name)
        .hint("add the window to GROUP BY: {}({})", window_name(*kind), parameters(*kind, false).usage);
    return nullptr;
  }
  if (*kind != window->spec.kind) {
    context.diagnostics.emit(AuxiliaryWithoutWindow{}, context.at(call.name.span), name)
        .hint("GROUP BY has {}(…)", window_name(window->spec.kind));
    return nullptr;
  }
  // The call repeats the arguments of the window.
  Place plain = place;
  plain.aggregates = nullptr;
  const auto named = group_window(plain, *kind, call, span);
  if (!named) return nullptr;
  if (!(named->spec == window->spec) || !typed::equal(*named->time, *window->time)) {
    context.diagnostics.emit(AuxiliaryWithoutWindow{}, context.at(span), name)
        .label(window->span, "the window of GROUP BY")
        .note("its arguments differ from those of the window");
    return nullptr;
  }
  const Span place_span = context.at(span);
  const bool processing = window->spec.processing_time;
  if (part == "START") return typed::column(window->start_column, types::timestamp(3, false), place_span);
  if (part == "END") return typed::column(window->start_column + 1, types::timestamp(3, false), place_span);
  if (part == "ROWTIME" && !processing) {
    return typed::column(window->start_column + 2, types::with_nullable(window->spec.time_type, false),
                         place_span);
  }
  if (part == "PROCTIME" && processing) {
    return typed::make(
        {.node = typed::ProcessingTime{}, .type = types::timestamp_ltz(3, false), .span = place_span});
  }
  context.diagnostics.emit(AuxiliaryWithoutWindow{}, context.at(call.name.span), name)
      .hint("the window follows {}: use {}_{}", processing ? "processing time" : "event time",
            window_name(*kind), processing ? "PROCTIME" : "ROWTIME");
  return nullptr;
}

}  // namespace weir::analysis
