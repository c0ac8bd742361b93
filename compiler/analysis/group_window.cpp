#include "compiler/analysis/group_window.h"

#include "compiler/analysis/aggregate.h"
#include "compiler/analysis/expression.h"

namespace weir::analysis {
namespace {

using typed::TimeAttribute;
using typed::WindowKind;

WEIR_ERROR(AuxiliaryWithoutWindow, "{}(…) names no window of GROUP BY", std::string_view);

}  // namespace

std::optional<GroupWindow> group_window(const Place& place, WindowKind kind, const syntax::Call& call,
                                        Span span) {
  const Context& context = place.context;
  const std::string_view name = window_name(kind);
  const WindowParameters lengths = window_parameters(kind, false);
  const size_t least = kind == WindowKind::Hop || kind == WindowKind::Cumulate ? 3 : 2;
  const size_t most = least + (kind == WindowKind::Session ? 0 : 1);
  if (call.arguments.size() < least || call.arguments.size() > most) {
    wrong_window_arguments(context, name, lengths.usage, call.name.span);
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
    window_time_is_column(context, name, "declare a computed column with a WATERMARK in CREATE TABLE",
                          time->span);
    return std::nullopt;
  }
  auto spec = make_window_spec(context, kind, values, span);
  if (!spec) return std::nullopt;
  set_window_time(context, *spec, time->type, attribute);
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
        .hint("add the window to GROUP BY: {}({})", window_name(*kind),
              window_parameters(*kind, false).usage);
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
