// Kind, lengths and time of a window, whichever notation it was written in.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "compiler/analysis/context.h"

namespace weir::analysis {

std::optional<typed::WindowKind> window_kind(std::string_view upper_name);
std::string_view window_name(typed::WindowKind kind);

// The names of the lengths of a window, in the order of the notation; the offset is optional.
struct WindowParameters {
  std::vector<std::string_view> names;
  std::string_view usage;
};
WindowParameters window_parameters(typed::WindowKind kind, bool table_valued);

// The lengths as a window; `lengths` in the order of the parameters, the offset missing or null where it is not given.
// Nothing after an error.
std::optional<typed::WindowSpec> make_window_spec(const Context& context, typed::WindowKind kind,
                                                  const std::vector<ExpressionPtr>& lengths, Span span);
// Sets what depends on the attribute: its type, and the zone of the bounds.
void set_window_time(const Context& context, typed::WindowSpec& spec, const Type& type,
                     typed::TimeAttribute attribute);
// Says that a window cannot follow the column, and which it could.
void not_time_attribute(const Context& context, const std::vector<typed::Column>& columns, uint32_t index,
                        Span span);

// Says what the window takes; `usage` of its parameters.
void wrong_window_arguments(const Context& context, std::string_view window, std::string_view usage,
                            Span span);
// Says that the time of the window is a column, with a remedy.
void window_time_is_column(const Context& context, std::string_view window, std::string_view remedy,
                           Span span);

}  // namespace weir::analysis
