// What Weir tells the user about a query.
//
// A diagnostic is declared beside the code that emits it:
//
//   WEIR_ERROR(UnknownColumn, "column `{}` does not exist in {}", std::string_view, std::string_view);
//   …
//   diagnostics.emit(UnknownColumn{}, span, name, table).hint("did you mean `{}`?", nearest);
//
// Message style: describe the situation, lower case, no full stop, code in backticks; the reason as a
// note, the remedy as a hint. The code in brackets (`[unknown-column]`) is the name in kebab case.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagnostics/source.h"

namespace weir::diagnostics {

enum class Severity : uint8_t { Error, Warning, Note };

// A marked range. The first label of a diagnostic is its primary place.
struct Label {
  Span span;
  std::string text;  // may be empty
};

struct Diagnostic {
  Severity severity = Severity::Error;
  std::string code;  // kebab case
  std::string message;
  std::vector<Label> labels;
  std::vector<std::string> notes;  // why it is so
  std::vector<std::string> hints;  // what to do
};

// "UnknownColumn" -> "unknown-column"
std::string kebab_case(std::string_view name);

// Adds detail to a diagnostic that has just been emitted.
class Emitted {
 public:
  explicit Emitted(Diagnostic& diagnostic) : diagnostic_(&diagnostic) {}

  template <typename... Args>
  Emitted& label(Span span, fmt::format_string<Args...> text, Args&&... args) {
    diagnostic_->labels.push_back({span, fmt::format(text, std::forward<Args>(args)...)});
    return *this;
  }
  template <typename... Args>
  Emitted& note(fmt::format_string<Args...> text, Args&&... args) {
    diagnostic_->notes.push_back(fmt::format(text, std::forward<Args>(args)...));
    return *this;
  }
  template <typename... Args>
  Emitted& hint(fmt::format_string<Args...> text, Args&&... args) {
    diagnostic_->hints.push_back(fmt::format(text, std::forward<Args>(args)...));
    return *this;
  }

 private:
  Diagnostic* diagnostic_;
};

// Collects the diagnostics of one run. Emitting never stops a run; the phases look at has_errors().
class Diagnostics {
 public:
  template <typename Kind, typename... Args>
  Emitted emit(Kind kind, Span span, Args&&... args) {
    return add(Kind::severity, kebab_case(Kind::name), span, kind.format(std::forward<Args>(args)...));
  }
  Emitted add(Severity severity, std::string code, Span span, std::string message);

  bool has_errors() const { return errors_ != 0; }
  size_t error_count() const { return errors_; }
  // In the order of their places, stable; each (code, place, message) once.
  std::vector<Diagnostic> sorted() const;
  const std::deque<Diagnostic>& all() const { return diagnostics_; }

 private:
  std::deque<Diagnostic> diagnostics_;  // a deque, so that Emitted may hold a reference
  size_t errors_ = 0;
};

template <typename... Params>
std::string format_diagnostic(fmt::format_string<const Params&...> text, const Params&... params) {
  return fmt::format(text, params...);
}

#define WEIR_DIAGNOSTIC_(Severity_, Name_, Text_, ...)                                                  \
  struct Name_ {                                                                                        \
    static constexpr ::weir::diagnostics::Severity severity = ::weir::diagnostics::Severity::Severity_; \
    static constexpr std::string_view name = #Name_;                                                    \
    template <typename... Args_>                                                                        \
    static std::string format(const Args_&... args) {                                                   \
      return ::weir::diagnostics::format_diagnostic<__VA_ARGS__>(Text_, args...);                       \
    }                                                                                                   \
  }
#define WEIR_ERROR(Name_, Text_, ...) WEIR_DIAGNOSTIC_(Error, Name_, Text_, __VA_ARGS__)
#define WEIR_WARNING(Name_, Text_, ...) WEIR_DIAGNOSTIC_(Warning, Name_, Text_, __VA_ARGS__)
#define WEIR_NOTE(Name_, Text_, ...) WEIR_DIAGNOSTIC_(Note, Name_, Text_, __VA_ARGS__)

}  // namespace weir::diagnostics
