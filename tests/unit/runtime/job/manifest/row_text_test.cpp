#include "runtime/job/manifest/row_text.h"

#include <gtest/gtest.h>

namespace weir::job {
namespace {

TEST(RowText, ShortRowsAreShownWhole) {
  EXPECT_EQ(shown_row("{\"a\":1}", 3), "{\"a\":1}");
  EXPECT_EQ(shown_row("", 0), "");
}

TEST(RowText, LongRowsAreCutAroundTheError) {
  const std::string row = std::string(1000, 'a') + "!" + std::string(1000, 'b');
  EXPECT_EQ(shown_row(row, 0), std::string(200, 'a') + "…");
  EXPECT_EQ(shown_row(row, 1000), "…" + std::string(100, 'a') + "!" + std::string(99, 'b') + "…");
  EXPECT_EQ(shown_row(row, 2000), "…" + std::string(200, 'b'));
}

TEST(RowText, WhatCannotBePrintedIsEscaped) {
  EXPECT_EQ(shown_row("a\tb\x7f\xff\xc3\xa9\xc3(\x1b[2J", 0), "a\\x09b\\x7f\\xffé\\xc3(\\x1b[2J");
}

TEST(RowText, CharactersStayWhole) {
  std::string row;
  for (int i = 0; i < 300; ++i) {
    row += "é";
  }
  for (uint64_t offset = 0; offset < row.size(); ++offset) {
    EXPECT_EQ(shown_row(row, offset).find("\\x"), std::string::npos) << offset;
  }
}

}  // namespace
}  // namespace weir::job
