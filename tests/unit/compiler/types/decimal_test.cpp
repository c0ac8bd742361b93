#include "compiler/types/decimal.h"

#include <gtest/gtest.h>

namespace weir::types {
namespace {

std::string result(DecimalOperation operation, Type left, Type right) {
  return to_string(decimal_result(operation, left, right));
}

// Values that Flink documents or derives.
TEST(Decimal, ResultsFitTheirOperands) {
  EXPECT_EQ(result(DecimalOperation::Add, decimal(10, 2), decimal(10, 2)), "DECIMAL(11, 2)");
  EXPECT_EQ(result(DecimalOperation::Add, decimal(5, 4), decimal(10, 0)), "DECIMAL(15, 4)");
  EXPECT_EQ(result(DecimalOperation::Multiply, decimal(10, 2), decimal(10, 2)), "DECIMAL(21, 4)");
  EXPECT_EQ(result(DecimalOperation::Divide, decimal(10, 2), decimal(10, 2)), "DECIMAL(23, 13)");
  EXPECT_EQ(result(DecimalOperation::Modulo, decimal(10, 2), decimal(5, 0)), "DECIMAL(7, 2)");
}

TEST(Decimal, DigitsAfterThePointGoFirstButSixStay) {
  EXPECT_EQ(result(DecimalOperation::Multiply, decimal(38, 10), decimal(38, 10)), "DECIMAL(38, 6)");
  EXPECT_EQ(result(DecimalOperation::Add, decimal(38, 2), decimal(38, 2)), "DECIMAL(38, 2)");
  EXPECT_EQ(result(DecimalOperation::Divide, decimal(38, 20), decimal(38, 20)), "DECIMAL(38, 6)");
  EXPECT_EQ(result(DecimalOperation::Multiply, decimal(20, 10), decimal(20, 10)), "DECIMAL(38, 17)");
}

TEST(Decimal, IntegersBecomeTheDecimalThatHoldsThem) {
  EXPECT_EQ(as_decimal(simple(Kind::TinyInt)), decimal(3, 0));
  EXPECT_EQ(as_decimal(simple(Kind::SmallInt)), decimal(5, 0));
  EXPECT_EQ(as_decimal(simple(Kind::Integer)), decimal(10, 0));
  EXPECT_EQ(as_decimal(simple(Kind::BigInt, false)), decimal(19, 0, false));
}

TEST(Decimal, SumsAndAverages) {
  EXPECT_EQ(to_string(decimal_sum(decimal(10, 2))), "DECIMAL(38, 2)");
  EXPECT_EQ(to_string(decimal_average(decimal(10, 2))), "DECIMAL(38, 6)");
  EXPECT_EQ(to_string(decimal_average(decimal(10, 8))), "DECIMAL(38, 8)");
}

}  // namespace
}  // namespace weir::types
