#include "compiler/diagnostics/render.h"

#include "compiler/diagnostics/no_place.h"

namespace weir::diagnostics {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const unsigned char byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += fmt::format("\\u{:04x}", byte);
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string list_of(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const std::string& text : texts) {
    if (out.size() > 1) out += ',';
    out += quoted(text);
  }
  return out + ']';
}

std::string range_of(Span span, const Source& source) {
  const LineColumn begin = source.place(span.begin), end = source.place(span.end);
  return fmt::format("\"line\":{},\"column\":{},\"end_line\":{},\"end_column\":{}", begin.line, begin.column,
                     end.line, end.column);
}

std::string_view word(Severity severity) {
  switch (severity) {
    case Severity::Error: return "error";
    case Severity::Warning: return "warning";
    case Severity::Note: break;
  }
  return "note";
}

}  // namespace

std::string render_json(const Diagnostics& diagnostics, const Source& source) {
  std::string out = "[";
  for (const Diagnostic& diagnostic : diagnostics.sorted()) {
    if (out.size() > 1) out += ',';
    std::string labels;
    for (size_t i = 1; i < diagnostic.labels.size(); ++i) {
      if (diagnostic.labels[i].span == kNoPlace) continue;
      if (!labels.empty()) labels += ',';
      labels += fmt::format("{{\"text\":{},{}}}", quoted(diagnostic.labels[i].text),
                            range_of(diagnostic.labels[i].span, source));
    }
    const Span span = diagnostic.labels.front().span;
    out += fmt::format(
        "\n{{\"severity\":\"{}\",\"code\":\"{}\",\"message\":{},\"file\":{}{},\"labels\":[{}],"
        "\"notes\":{},\"hints\":{}}}",
        word(diagnostic.severity), diagnostic.code, quoted(diagnostic.message), quoted(source.name()),
        span == kNoPlace ? "" : "," + range_of(span, source), labels, list_of(diagnostic.notes),
        list_of(diagnostic.hints));
  }
  return out.size() > 1 ? out + "\n]\n" : "[]\n";
}

}  // namespace weir::diagnostics
