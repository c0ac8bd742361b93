#include "compiler/diagnostics/diagnostic.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace weir::diagnostics {

std::string kebab_case(std::string_view name) {
  std::string result;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') {
      if (!result.empty()) result += '-';
      result += static_cast<char>(c - 'A' + 'a');
    } else {
      result += c;
    }
  }
  return result;
}

Emitted Diagnostics::add(Severity severity, std::string code, Span span, std::string message) {
  if (severity == Severity::Error) ++errors_;
  diagnostics_.push_back({severity, std::move(code), std::move(message), {Label{span, {}}}, {}, {}});
  return Emitted(diagnostics_.back());
}

std::vector<Diagnostic> Diagnostics::sorted() const {
  std::vector<size_t> order(diagnostics_.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto place = [&](size_t i) { return diagnostics_[i].labels.front().span.begin; };
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return std::tuple(place(a), a) < std::tuple(place(b), b); });
  std::vector<Diagnostic> unique;
  for (const size_t index : order) {
    const Diagnostic& diagnostic = diagnostics_[index];
    bool seen = false;
    for (auto other = unique.rbegin(); other != unique.rend() && !seen; ++other) {
      if (other->labels.front().span.begin != diagnostic.labels.front().span.begin) break;
      seen = other->code == diagnostic.code && other->message == diagnostic.message &&
             other->labels.front().span == diagnostic.labels.front().span;
    }
    if (!seen) unique.push_back(diagnostic);
  }
  return unique;
}

}  // namespace weir::diagnostics
