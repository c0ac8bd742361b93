#include "compiler/diagnostics/source.h"

#include <gtest/gtest.h>

namespace weir::diagnostics {
namespace {

TEST(Source, PlacesCountCharactersFromOne) {
  const Source source("q", "ab\ncäd\n");
  EXPECT_EQ(source.place(0).line, 1u);
  EXPECT_EQ(source.place(0).column, 1u);
  EXPECT_EQ(source.place(3).line, 2u);
  EXPECT_EQ(source.place(3).column, 1u);
  // `ä` has two bytes and is one character.
  EXPECT_EQ(source.place(6).line, 2u);
  EXPECT_EQ(source.place(6).column, 3u);
}

TEST(Source, PlaceBeyondTheEndIsTheEnd) {
  const Source source("q", "ab\nc");
  EXPECT_EQ(source.place(1000).line, 2u);
  EXPECT_EQ(source.place(1000).column, 2u);
  EXPECT_EQ(source.text({2, 1000}), "\nc");
  EXPECT_EQ(source.text({1000, 2000}), "");
}

TEST(Source, LinesComeWithoutTheirEnd) {
  const Source source("q", "a\r\nb\n");
  EXPECT_EQ(source.line_count(), 3u);
  EXPECT_EQ(source.line(1), "a");
  EXPECT_EQ(source.line(2), "b");
  EXPECT_EQ(source.line(3), "");
  EXPECT_EQ(source.line(0), "");
  EXPECT_EQ(source.line(4), "");
}

TEST(Source, EmptyTextHasOneLine) {
  const Source source("q", "");
  EXPECT_EQ(source.line_count(), 1u);
  EXPECT_EQ(source.place(0).line, 1u);
}

TEST(Source, CoverIsTheSmallestSpanOfBoth) {
  EXPECT_EQ(cover({5, 7}, {1, 2}), (Span{1, 7}));
  EXPECT_EQ(cover({1, 9}, {3, 4}), (Span{1, 9}));
}

}  // namespace
}  // namespace weir::diagnostics
