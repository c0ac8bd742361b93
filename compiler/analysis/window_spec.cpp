#include "compiler/analysis/window_spec.h"

#include <cstdlib>

#include "compiler/types/calendar.h"

namespace weir::analysis {
namespace {

using typed::TimeAttribute;
using typed::WindowKind;
using typed::WindowSpec;

WEIR_ERROR(WindowArguments, "{} takes {}", std::string_view, std::string_view);
WEIR_ERROR(WindowTimeArgument, "the time of {} is a column", std::string_view);
WEIR_ERROR(NotTimeAttribute, "column `{}` is no time attribute", std::string_view);
WEIR_ERROR(WindowIntervalType, "{} of {} is an interval, not {}", std::string_view, std::string_view,
           std::string_view);
WEIR_ERROR(WindowIntervalMonths, "{} of {} cannot be months or years: they have no fixed length",
           std::string_view, std::string_view);
WEIR_ERROR(WindowIntervalConstant, "{} of {} is not constant", std::string_view, std::string_view);
WEIR_ERROR(WindowIntervalRange, "{} of {} is {}", std::string_view, std::string_view, std::string_view);
WEIR_WARNING(HopGaps, "the slide of HOP, {}, is longer than its size, {}", std::string_view,
             std::string_view);
WEIR_ERROR(CumulateSteps, "the size of CUMULATE, {}, is no multiple of its step, {}", std::string_view,
           std::string_view);

constexpr int64_t kMillisecond = 1000;  // in microseconds
constexpr int64_t kLongest = int64_t{100} * 366 * 86'400'000;

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

WindowParameters window_parameters(WindowKind kind, bool table_valued) {
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

std::optional<WindowSpec> make_window_spec(const Context& context, WindowKind kind,
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
  if (kind == WindowKind::Hop && *first > *size) {
    context.diagnostics
        .emit(HopGaps{}, context.at(span), types::duration_text(*first), types::duration_text(*size))
        .note("rows between two windows are in none: they are dropped, and counted as outside")
        .hint("the slide comes first, then the size");
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

void set_window_time(const Context& context, WindowSpec& spec, const Type& type, TimeAttribute attribute) {
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

void wrong_window_arguments(const Context& context, std::string_view window, std::string_view usage,
                            Span span) {
  context.diagnostics.emit(WindowArguments{}, context.at(span), window, fmt::format("({})", usage));
}

void window_time_is_column(const Context& context, std::string_view window, std::string_view remedy,
                           Span span) {
  context.diagnostics.emit(WindowTimeArgument{}, context.at(span), window).hint("{}", remedy);
}

}  // namespace weir::analysis
