#include "compiler/diagnostics/render.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "compiler/diagnostics/no_place.h"

namespace weir::diagnostics {
namespace {

// Of a very long line only so many columns around the mark are shown.
constexpr size_t kWindowColumns = 110;
constexpr size_t kTabColumns = 4;

struct Colours {
  std::string_view severity, frame, label, bold, reset;
};
Colours colours(Severity severity, bool on) {
  if (!on) return {"", "", "", "", ""};
  switch (severity) {
    case Severity::Error: return {"\033[1;31m", "\033[1;34m", "\033[1;31m", "\033[1m", "\033[0m"};
    case Severity::Warning: return {"\033[1;33m", "\033[1;34m", "\033[1;33m", "\033[1m", "\033[0m"};
    case Severity::Note: break;
  }
  return {"\033[1;36m", "\033[1;34m", "\033[1;36m", "\033[1m", "\033[0m"};
}

std::string_view word(Severity severity) {
  switch (severity) {
    case Severity::Error: return "error";
    case Severity::Warning: return "warning";
    case Severity::Note: break;
  }
  return "note";
}

// A character as it is shown: control characters and bytes that are not UTF-8 must not reach a terminal.
struct Cell {
  std::string text;
  uint32_t begin, end;  // bytes of the line
};

size_t sequence_length(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  const size_t length = lead < 0x80                   ? 1
                        : lead >= 0xC2 && lead < 0xE0 ? 2
                        : lead >= 0xE0 && lead < 0xF0 ? 3
                        : lead >= 0xF0 && lead < 0xF5 ? 4
                                                      : 0;
  if (length == 0 || length > text.size()) return 0;
  for (size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xC0) != 0x80) return 0;
  return length;
}

// East Asian wide characters and emoji take two columns of a terminal.
bool is_wide(std::string_view character) {
  if (character.size() < 3) return false;
  const auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(character[i])); };
  const uint32_t code = character.size() == 3
                            ? (byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F)
                            : (byte(0) & 0x07) << 18 | (byte(1) & 0x3F) << 12;
  return (code >= 0x1100 && code <= 0x115F) || (code >= 0x2E80 && code <= 0xA4CF) ||
         (code >= 0xAC00 && code <= 0xD7A3) || (code >= 0xF900 && code <= 0xFAFF) ||
         (code >= 0xFE30 && code <= 0xFE6F) || (code >= 0xFF00 && code <= 0xFF60) ||
         (code >= 0x1F300 && code <= 0x1FAFF) || (code >= 0x20000 && code <= 0x3FFFD);
}

// The part of a line in [from, to) bytes as cells of a column each; a wide character is followed by an empty
// cell.
std::vector<Cell> cells_of(std::string_view line, size_t from, size_t to) {
  std::vector<Cell> cells;
  for (size_t i = from; i < to;) {
    const size_t length = std::max<size_t>(1, sequence_length(line.substr(i)));
    const uint32_t begin = static_cast<uint32_t>(i), end = static_cast<uint32_t>(i + length);
    const unsigned char c = static_cast<unsigned char>(line[i]);
    if (c == '\t') {
      do cells.push_back({" ", begin, end});
      while (cells.size() % kTabColumns != 0);
    } else if (c < 0x20 || c == 0x7F || (c >= 0x80 && length == 1)) {
      cells.push_back({"\xEF\xBF\xBD", begin, end});
    } else {
      const std::string_view character = line.substr(i, length);
      cells.push_back({std::string(character), begin, end});
      if (is_wide(character)) cells.push_back({"", begin, end});
    }
    i += length;
  }
  return cells;
}

// A range of bytes of one line to underline.
struct Mark {
  uint32_t begin, end;
  bool primary;
  std::string_view text;
};

struct Frame {
  const Source& source;
  Colours colour;
  size_t gutter;
  std::string out;

  void bar(std::string_view rest) {
    out += fmt::format(" {:{}}{} |{}", "", gutter, colour.frame, colour.reset);
    if (!rest.empty()) out += fmt::format(" {}", rest);
    out += '\n';
  }

  void line(uint32_t number, std::vector<Mark>& marks) {
    std::sort(marks.begin(), marks.end(), [](const Mark& a, const Mark& b) {
      return std::tuple(!a.primary, a.begin, a.end, a.text) < std::tuple(!b.primary, b.begin, b.end, b.text);
    });
    const std::string_view text = source.line(number);
    // Bytes far outside the window are not even looked at: a line may have megabytes.
    const size_t anchor = std::min<size_t>(marks.front().begin, text.size());
    size_t from =
        text.size() > kWindowColumns && anchor > kWindowColumns * 2 / 3 ? anchor - kWindowColumns / 2 : 0;
    while (from > 0 && (static_cast<unsigned char>(text[from]) & 0xC0) == 0x80 &&
           anchor - from < kWindowColumns)
      --from;
    const size_t to = std::min(text.size(), from + kWindowColumns * 4);
    std::vector<Cell> cells = cells_of(text, from, to);
    const bool cut_left = from > 0;
    const bool cut_right = to < text.size() || cells.size() > kWindowColumns;
    if (cells.size() > kWindowColumns) cells.resize(kWindowColumns);

    std::string shown = cut_left ? "…" : "";
    for (const Cell& cell : cells) shown += cell.text;
    if (cut_right) shown += "…";
    while (!shown.empty() && shown.back() == ' ') shown.pop_back();
    out += fmt::format(" {}{:>{}} |{}", colour.frame, number, gutter, colour.reset);
    if (!shown.empty()) out += fmt::format(" {}", shown);
    out += '\n';

    for (const Mark& mark : marks) {
      size_t first = cells.size(), last = cells.size();
      for (size_t i = 0; i < cells.size(); ++i)
        if (cells[i].end > mark.begin) {
          first = i;
          break;
        }
      for (size_t i = first; i < cells.size(); ++i)
        if (cells[i].begin >= mark.end) {
          last = i;
          break;
        }
      const size_t width = std::max<size_t>(1, last - first);
      std::string row(first + (cut_left ? 1 : 0), ' ');
      row += mark.primary ? colour.label : colour.frame;
      row += std::string(width, mark.primary ? '^' : '-');
      if (!mark.text.empty()) row += fmt::format(" {}", mark.text);
      row += colour.reset;
      bar(row);
    }
  }
};

size_t first_visible(std::string_view line) {
  const size_t i = line.find_first_not_of(" \t");
  return i == std::string_view::npos ? 0 : i;
}

void add_marks(const Source& source, const Label& label, bool primary,
               std::map<uint32_t, std::vector<Mark>>& lines) {
  const uint32_t size = static_cast<uint32_t>(source.text().size());
  const uint32_t begin = std::min(label.span.begin, size);
  const uint32_t end = std::clamp(label.span.end, begin, size);
  const auto offset_in_line = [&](uint32_t line, uint32_t offset) {
    return static_cast<uint32_t>(offset - (source.line(line).data() - source.text().data()));
  };
  const uint32_t first = source.place(begin).line;
  const uint32_t last = source.place(end > begin ? end - 1 : begin).line;
  if (first == last) {
    lines[first].push_back({offset_in_line(first, begin), offset_in_line(first, end), primary, label.text});
    return;
  }
  const auto length = [&](uint32_t line) { return static_cast<uint32_t>(source.line(line).size()); };
  lines[first].push_back({offset_in_line(first, begin), length(first), primary, {}});
  lines[last].push_back({static_cast<uint32_t>(first_visible(source.line(last))), offset_in_line(last, end),
                         primary, label.text});
}

}  // namespace

std::string render(const Diagnostic& diagnostic, const Source& source, const RenderOptions& options) {
  std::map<uint32_t, std::vector<Mark>> lines;
  const bool has_place = diagnostic.labels.front().span != kNoPlace;
  for (size_t i = 0; i < diagnostic.labels.size() && has_place; ++i) {
    if (diagnostic.labels[i].span != kNoPlace) add_marks(source, diagnostic.labels[i], i == 0, lines);
  }

  const Colours colour = colours(diagnostic.severity, options.colour);
  Frame frame{source, colour, has_place ? fmt::format("{}", lines.rbegin()->first).size() : 1, {}};
  frame.out = fmt::format("{}{}{}: {}{}{} [{}]\n", colour.severity, word(diagnostic.severity), colour.reset,
                          colour.bold, diagnostic.message, colour.reset, diagnostic.code);
  if (has_place) {
    const LineColumn place = source.place(diagnostic.labels.front().span.begin);
    frame.out += fmt::format(" {:{}}{}-->{} {}:{}:{}\n", "", frame.gutter, colour.frame, colour.reset,
                             source.name(), place.line, place.column);
    frame.bar("");
  }
  uint32_t before = 0;
  for (auto& [number, marks] : lines) {
    if (before != 0 && number > before + 1)
      frame.out += fmt::format(" {}{:.<{}}{}\n", colour.frame, "", frame.gutter + 2, colour.reset);
    frame.line(number, marks);
    before = number;
  }
  for (const std::string& note : diagnostic.notes)
    frame.out += fmt::format(" {:{}} {}={} note: {}\n", "", frame.gutter, colour.frame, colour.reset, note);
  for (const std::string& hint : diagnostic.hints)
    frame.out += fmt::format(" {:{}} {}={} hint: {}\n", "", frame.gutter, colour.frame, colour.reset, hint);
  return frame.out;
}

std::string render_all(const Diagnostics& diagnostics, const Source& source, const RenderOptions& options) {
  std::string out;
  for (const Diagnostic& diagnostic : diagnostics.sorted()) {
    if (!out.empty()) out += '\n';
    out += render(diagnostic, source, options);
  }
  return out;
}

}  // namespace weir::diagnostics
