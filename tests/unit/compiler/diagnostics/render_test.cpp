#include "compiler/diagnostics/render.h"

#include <gtest/gtest.h>

namespace weir::diagnostics {
namespace {

WEIR_ERROR(UnknownColumn, "column `{}` does not exist in `{}`", std::string_view, std::string_view);
WEIR_WARNING(OddThing, "odd");

// The place of `part` in the text.
Span place_of(std::string_view text, std::string_view part) {
  const auto begin = static_cast<uint32_t>(text.find(part));
  return {begin, begin + static_cast<uint32_t>(part.size())};
}

TEST(Render, MarksTheRangeUnderItsLine) {
  const Source source("sales.stream", "SELECT\n  SUM(amout)\nFROM t;\n");
  Diagnostics diagnostics;
  diagnostics.emit(UnknownColumn{}, place_of(source.text(), "amout"), "amout", "orders")
      .note("`orders` has {} columns", 3)
      .hint("did you mean `{}`?", "amount");
  EXPECT_EQ(render_all(diagnostics, source),
            "error: column `amout` does not exist in `orders` [unknown-column]\n"
            "  --> sales.stream:2:7\n"
            "   |\n"
            " 2 |   SUM(amout)\n"
            "   |       ^^^^^\n"
            "   = note: `orders` has 3 columns\n"
            "   = hint: did you mean `amount`?\n");
}

TEST(Render, FurtherLabelsAreUnderlinedOtherwise) {
  const Source source("q", "SELECT a\nFROM t\nWHERE b\nGROUP BY c");
  Diagnostics diagnostics;
  diagnostics.emit(OddThing{}, place_of(source.text(), "b"))
      .label(place_of(source.text(), "a"), "because of {}", "this");
  EXPECT_EQ(render_all(diagnostics, source),
            "warning: odd [odd-thing]\n"
            "  --> q:3:7\n"
            "   |\n"
            " 1 | SELECT a\n"
            "   |        - because of this\n"
            " ...\n"
            " 3 | WHERE b\n"
            "   |       ^\n");
}

TEST(Render, SpanOverLinesIsMarkedAtBothEnds) {
  const Source source("q", "x\n  CASE a\n  b\n  c\n  END y\n");
  Diagnostics diagnostics;
  diagnostics.emit(OddThing{}, {4, static_cast<uint32_t>(source.text().find("END")) + 3});
  EXPECT_EQ(render_all(diagnostics, source),
            "warning: odd [odd-thing]\n"
            "  --> q:2:3\n"
            "   |\n"
            " 2 |   CASE a\n"
            "   |   ^^^^^^\n"
            " ...\n"
            " 5 |   END y\n"
            "   |   ^^^\n");
}

TEST(Render, TabsAndWideCharactersKeepMarksInPlace) {
  const Source source("q", "\tmenü 価格 bad");
  Diagnostics diagnostics;
  diagnostics.emit(OddThing{}, place_of(source.text(), "bad"));
  EXPECT_EQ(render_all(diagnostics, source),
            "warning: odd [odd-thing]\n"
            "  --> q:1:10\n"
            "   |\n"
            " 1 |     menü 価格 bad\n"
            "   |               ^^^\n");
}

TEST(Render, ControlCharactersAndBadBytesDoNotReachATerminal) {
  const Source source("q", "a\x1b[31m\xff b");
  Diagnostics diagnostics;
  diagnostics.emit(OddThing{}, {8, 9});
  EXPECT_EQ(render_all(diagnostics, source),
            "warning: odd [odd-thing]\n"
            "  --> q:1:9\n"
            "   |\n"
            " 1 | a\xEF\xBF\xBD[31m\xEF\xBF\xBD b\n"
            "   |         ^\n");
}

TEST(Render, OfALongLineAWindowIsShown) {
  const std::string text = std::string(300'000, 'a') + " bad " + std::string(300'000, 'b');
  const Source source("q", text);
  Diagnostics diagnostics;
  diagnostics.emit(OddThing{}, {300'001, 300'004});
  const std::string rendered = render_all(diagnostics, source);
  EXPECT_LT(rendered.size(), 500u);
  EXPECT_NE(rendered.find("…aaa"), std::string::npos);
  EXPECT_NE(rendered.find("bbb…"), std::string::npos);
  // The mark stands under its word.
  const size_t line = rendered.find(" 1 | ") + 5, marks = rendered.rfind("   | ") + 5;
  EXPECT_EQ(rendered.find("bad", line) - line - std::string_view("…").size() + 1,
            rendered.find('^', marks) - marks);
}

TEST(Render, PlaceAtTheEndOfTheTextHasAMark) {
  const Source source("q", "SELECT");
  Diagnostics diagnostics;
  diagnostics.emit(OddThing{}, {6, 6});
  EXPECT_EQ(render_all(diagnostics, source),
            "warning: odd [odd-thing]\n"
            "  --> q:1:7\n"
            "   |\n"
            " 1 | SELECT\n"
            "   |       ^\n");
}

TEST(Render, DiagnosticsComeInOrderOfPlaceAndOnce) {
  const Source source("q", "a\nb\n");
  Diagnostics diagnostics;
  diagnostics.emit(OddThing{}, {2, 3});
  diagnostics.emit(UnknownColumn{}, {0, 1}, "a", "t");
  diagnostics.emit(OddThing{}, {2, 3});
  const std::vector<Diagnostic> sorted = diagnostics.sorted();
  ASSERT_EQ(sorted.size(), 2u);
  EXPECT_EQ(sorted[0].code, "unknown-column");
  EXPECT_EQ(sorted[1].code, "odd-thing");
  EXPECT_EQ(diagnostics.error_count(), 1u);
}

TEST(Render, JsonHasPlacesAndEscapes) {
  const Source source("a\"b", "x\nyz\n");
  Diagnostics diagnostics;
  diagnostics.emit(UnknownColumn{}, {2, 4}, "a\\\n", "t").label({0, 1}, "here").hint("h");
  EXPECT_EQ(
      render_json(diagnostics, source),
      "[\n"
      R"({"severity":"error","code":"unknown-column","message":"column `a\\\u000a` does not exist in `t`",)"
      R"("file":"a\"b","line":2,"column":1,"end_line":2,"end_column":3,)"
      R"("labels":[{"text":"here","line":1,"column":1,"end_line":1,"end_column":2}],"notes":[],"hints":["h"]})"
      "\n]\n");
  EXPECT_EQ(render_json(Diagnostics(), source), "[]\n");
}

}  // namespace
}  // namespace weir::diagnostics
