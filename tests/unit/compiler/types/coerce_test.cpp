#include "compiler/types/coerce.h"

#include <gtest/gtest.h>

namespace weir::types {
namespace {

std::string common(const Type& a, const Type& b) {
  const auto type = common_type(a, b);
  return type ? to_string(*type, true) : "none";
}

TEST(Coerce, CommonTypeHoldsBoth) {
  EXPECT_EQ(common(simple(Kind::TinyInt, false), simple(Kind::Integer, false)), "INT NOT NULL");
  EXPECT_EQ(common(simple(Kind::BigInt, false), decimal(10, 2)), "DECIMAL(21, 2)");
  EXPECT_EQ(common(simple(Kind::BigInt), simple(Kind::Float)), "FLOAT");
  EXPECT_EQ(common(decimal(10, 2), simple(Kind::Float)), "DOUBLE");
  EXPECT_EQ(common(null_type(), simple(Kind::Date, false)), "DATE");
  EXPECT_EQ(common(timestamp(3), timestamp(6)), "TIMESTAMP(6)");
  EXPECT_EQ(common(simple(Kind::Date), timestamp(3)), "TIMESTAMP(3)");
  EXPECT_EQ(common(timestamp(3), timestamp_ltz(0)), "TIMESTAMP_LTZ(3)");
}

TEST(Coerce, TextAndNumbersHaveNoCommonType) {
  EXPECT_EQ(common(string(), simple(Kind::Integer)), "none");
  EXPECT_EQ(common(boolean(), simple(Kind::Integer)), "none");
  EXPECT_EQ(common(simple(Kind::IntervalDayTime), simple(Kind::IntervalYearMonth)), "none");
}

TEST(Coerce, CastsSayWhetherTheyCanFail) {
  EXPECT_EQ(explicit_cast(simple(Kind::Integer), simple(Kind::BigInt)), CastSupport::Total);
  EXPECT_EQ(explicit_cast(simple(Kind::BigInt), simple(Kind::Integer)), CastSupport::MayFail);
  EXPECT_EQ(explicit_cast(decimal(10, 2), decimal(12, 4)), CastSupport::Total);
  EXPECT_EQ(explicit_cast(decimal(10, 2), decimal(10, 4)), CastSupport::MayFail);
  // 9.96 rounds to 10.0.
  EXPECT_EQ(explicit_cast(decimal(3, 2), decimal(2, 1)), CastSupport::MayFail);
  EXPECT_EQ(explicit_cast(decimal(3, 2), decimal(3, 1)), CastSupport::Total);
  EXPECT_EQ(explicit_cast(simple(Kind::Integer), decimal(10, 0)), CastSupport::Total);
  EXPECT_EQ(explicit_cast(decimal(9, 0), simple(Kind::Integer)), CastSupport::Total);
  EXPECT_EQ(explicit_cast(decimal(10, 0), simple(Kind::Integer)), CastSupport::MayFail);
  EXPECT_EQ(explicit_cast(string(), timestamp(3)), CastSupport::MayFail);
  EXPECT_EQ(explicit_cast(timestamp(3), string()), CastSupport::Total);
  EXPECT_EQ(explicit_cast(simple(Kind::BigInt), timestamp(3)), CastSupport::None);
  EXPECT_EQ(explicit_cast(boolean(), simple(Kind::Date)), CastSupport::None);
}

TEST(Coerce, ArgumentsAreWidenedOnly) {
  EXPECT_TRUE(implicit_cast(simple(Kind::SmallInt), simple(Kind::BigInt)));
  EXPECT_FALSE(implicit_cast(simple(Kind::BigInt), simple(Kind::Integer)));
  EXPECT_FALSE(implicit_cast(simple(Kind::Double), simple(Kind::Float)));
  EXPECT_FALSE(implicit_cast(simple(Kind::Integer), string()));
}

TEST(Coerce, InsertsConvertAsFlinkDoes) {
  EXPECT_TRUE(assignable(simple(Kind::Double), decimal(10, 2)));
  EXPECT_TRUE(assignable(timestamp(6), timestamp(3)));
  EXPECT_TRUE(assignable(timestamp(3), simple(Kind::Date)));
  EXPECT_FALSE(assignable(decimal(10, 2), simple(Kind::Integer)));
  EXPECT_FALSE(assignable(simple(Kind::Double), simple(Kind::BigInt)));
  EXPECT_FALSE(assignable(simple(Kind::BigInt), simple(Kind::Integer)));
  EXPECT_FALSE(assignable(simple(Kind::Integer), string()));
  EXPECT_FALSE(assignable(boolean(), simple(Kind::Integer)));
}

}  // namespace
}  // namespace weir::types
