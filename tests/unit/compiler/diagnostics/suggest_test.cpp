#include "compiler/diagnostics/suggest.h"

#include <gtest/gtest.h>

#include <vector>

namespace weir::diagnostics {
namespace {

std::string nearest_of(std::string_view name, std::vector<std::string> candidates) {
  return nearest(name, candidates).value_or("nothing");
}

TEST(Suggest, FindsTheNearest) {
  EXPECT_EQ(nearest_of("amout", {"count", "amount", "about"}), "amount");
  EXPECT_EQ(nearest_of("SELCT", {"SET", "SELECT"}), "SELECT");
}

TEST(Suggest, NeighboursThatAreSwappedCountOnce) {
  EXPECT_EQ(nearest_of("FORM", {"FROM", "FIRM2"}), "FROM");
  EXPECT_EQ(nearest_of("abc", {"cab"}), "nothing");
}

TEST(Suggest, CaseDoesNotCount) { EXPECT_EQ(nearest_of("Amount", {"other", "AMOUNT"}), "AMOUNT"); }

TEST(Suggest, NothingIsMeantByWhatIsFar) {
  EXPECT_EQ(nearest_of("price", {"amount", "category"}), "nothing");
  EXPECT_EQ(nearest_of("x", {"y", "xyz"}), "nothing");
  EXPECT_EQ(nearest_of("", {"a"}), "nothing");
  EXPECT_EQ(nearest_of("a", {}), "nothing");
}

TEST(Suggest, OfEqualOnesTheFirstIsTaken) { EXPECT_EQ(nearest_of("cost", {"most", "host"}), "most"); }

}  // namespace
}  // namespace weir::diagnostics
