// A text that is compiled, and places in it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::diagnostics {

// A half-open range of bytes in a source text.
struct Span {
  uint32_t begin = 0;
  uint32_t end = 0;

  friend bool operator==(const Span&, const Span&) = default;
};

// The smallest span that covers both.
Span cover(Span a, Span b);

// A place as people count: both from 1; the column counts characters (UTF-8 sequences), not bytes.
struct LineColumn {
  uint32_t line = 1;
  uint32_t column = 1;
};

class Source {
 public:
  Source(std::string name, std::string text);

  const std::string& name() const { return name_; }
  std::string_view text() const { return text_; }
  std::string_view text(Span span) const;
  LineColumn place(uint32_t offset) const;
  uint32_t line_count() const { return static_cast<uint32_t>(line_starts_.size()); }
  // The text of a line (from 1) without its line end.
  std::string_view line(uint32_t number) const;

 private:
  std::string name_;
  std::string text_;
  std::vector<uint32_t> line_starts_;
};

}  // namespace weir::diagnostics
