#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/unit/compiler/codegen/evaluate.h"

namespace weir::codegen_tests {
namespace {

using enum Operator;
using abi::FailureReason;

const Type kInt = types::simple(Kind::Integer);
const Type kBigInt = types::simple(Kind::BigInt);
const Type kDouble = types::simple(Kind::Double);
const Type kBoolean = types::boolean();
const Type kString = types::string();
const Type kTimestamp = types::timestamp(3);

ExpressionPtr integer(int64_t value) { return number(kInt, value); }
ExpressionPtr boolean(bool value) { return number(kBoolean, value); }
ExpressionPtr column(uint32_t index, const Type& type) { return typed::column(index, type); }

constexpr int64_t kMaxInt = std::numeric_limits<int32_t>::max();
constexpr int64_t kMinInt = std::numeric_limits<int32_t>::min();

// a op b, both read from a row.
Outcome of_row(Operator op, const ExpressionPtr& a, const ExpressionPtr& b, const Type& type,
               OnFailure on_failure = OnFailure::Report) {
  return Evaluation({a, b})(operation(op, {column(0, a->type), column(1, b->type)}, type, true), on_failure);
}

void expect_failure(const Outcome& outcome, FailureReason reason) {
  EXPECT_TRUE(outcome.null);
  EXPECT_EQ(outcome.failure, static_cast<uint32_t>(reason));
}

TEST(Expression, IntegersDoNotWrapAround) {
  EXPECT_EQ(of_row(Add, integer(2), integer(3), kInt).integer, 5);
  EXPECT_EQ(of_row(Multiply, integer(-7), integer(6), kInt).integer, -42);
  expect_failure(of_row(Add, integer(kMaxInt), integer(1), kInt), FailureReason::Overflow);
  expect_failure(of_row(Subtract, integer(kMinInt), integer(1), kInt), FailureReason::Overflow);
  expect_failure(of_row(Multiply, integer(kMaxInt), integer(2), kInt), FailureReason::Overflow);
  const Outcome as_null = of_row(Add, integer(kMaxInt), integer(1), kInt, OnFailure::Null);
  EXPECT_TRUE(as_null.null);
  EXPECT_EQ(as_null.failure, 0u);
}

TEST(Expression, NullIsNoFailure) {
  const Outcome outcome = of_row(Add, null(kInt), integer(kMaxInt), kInt);
  EXPECT_TRUE(outcome.null);
  EXPECT_EQ(outcome.failure, 0u);
  const Outcome by_null = of_row(Divide, integer(1), null(kInt), kInt);
  EXPECT_TRUE(by_null.null);
  EXPECT_EQ(by_null.failure, 0u);
}

TEST(Expression, DivisionCutsTowardsZero) {
  EXPECT_EQ(of_row(Divide, integer(-7), integer(2), kInt).integer, -3);
  EXPECT_EQ(of_row(Modulo, integer(-7), integer(2), kInt).integer, -1);
  EXPECT_EQ(of_row(Modulo, integer(kMinInt), integer(-1), kInt).integer, 0);
  expect_failure(of_row(Divide, integer(1), integer(0), kInt), FailureReason::DivisionByZero);
  expect_failure(of_row(Modulo, integer(1), integer(0), kInt), FailureReason::DivisionByZero);
  expect_failure(of_row(Divide, integer(kMinInt), integer(-1), kInt), FailureReason::Overflow);
}

TEST(Expression, DoublesAreIeee) {
  EXPECT_TRUE(std::isinf(of_row(Divide, floating(1), floating(0), kDouble).floating));
  EXPECT_TRUE(std::isnan(of_row(Divide, floating(0), floating(0), kDouble).floating));
  EXPECT_EQ(of_row(Modulo, floating(5.5), floating(2), kDouble).floating, 1.5);
  const auto nan = floating(std::nan(""));
  EXPECT_EQ(of_row(Equal, nan, nan, kBoolean).integer, 0);
  EXPECT_EQ(of_row(NotEqual, nan, nan, kBoolean).integer, 1);
  EXPECT_EQ(of_row(IsDistinctFrom, nan, nan, kBoolean).integer, 0);
  EXPECT_EQ(of_row(IsDistinctFrom, floating(0.0), floating(-0.0), kBoolean).integer, 0);
}

TEST(Expression, DecimalsAreExact) {
  const Type narrow = types::decimal(10, 2);
  const auto decimal = [&](Int128 unscaled) { return number(narrow, unscaled); };
  EXPECT_EQ(of_row(Add, decimal(150), decimal(-25), types::decimal(11, 2)).integer, 125);
  EXPECT_EQ(of_row(Multiply, decimal(150), decimal(-25), types::decimal(20, 4)).integer, -3750);
  // 1.50 / 0.70 = 2.142857142857 (scale 13 by Flink's rule for these types)
  EXPECT_EQ(of_row(Divide, decimal(150), decimal(70), types::decimal(23, 13)).integer, 21428571428571);
  expect_failure(of_row(Divide, decimal(150), decimal(0), types::decimal(23, 13)),
                 FailureReason::DivisionByZero);
  EXPECT_EQ(of_row(Modulo, decimal(150), decimal(70), narrow).integer, 10);
  // different scales
  EXPECT_EQ(of_row(Add, decimal(150), number(types::decimal(5, 4), 12345), types::decimal(13, 4)).integer,
            27345);
  // does not fit 38 digits
  const Type wide = types::decimal(38, 0);
  Int128 most = 1;
  for (int i = 0; i < 38; ++i) most *= 10;
  --most;
  expect_failure(of_row(Add, number(wide, most), number(wide, 1), wide), FailureReason::Overflow);
  EXPECT_EQ(of_row(Add, number(wide, most), number(wide, -1), wide).integer, most - 1);
}

TEST(Expression, LogicIsThreeValued) {
  const auto value = [](int which) { return which == 2 ? null(kBoolean) : boolean(which == 1); };
  for (int a = 0; a < 3; ++a) {
    for (int b = 0; b < 3; ++b) {
      const Outcome conjunction = of_row(And, value(a), value(b), kBoolean);
      const int expected_and = a == 0 || b == 0 ? 0 : a == 2 || b == 2 ? 2 : 1;
      EXPECT_EQ(conjunction.null ? 2 : int(conjunction.integer), expected_and) << a << " AND " << b;
      const Outcome disjunction = of_row(Or, value(a), value(b), kBoolean);
      const int expected_or = a == 1 || b == 1 ? 1 : a == 2 || b == 2 ? 2 : 0;
      EXPECT_EQ(disjunction.null ? 2 : int(disjunction.integer), expected_or) << a << " OR " << b;
    }
    const Evaluation row({value(a)});
    const auto of = [&](Operator op) { return row(operation(op, {column(0, kBoolean)}, kBoolean)); };
    EXPECT_EQ(of(Not).null, a == 2);
    EXPECT_EQ(of(IsNull).integer, a == 2);
    EXPECT_EQ(of(IsTrue).integer, a == 1);
    EXPECT_EQ(of(IsNotTrue).integer, a != 1);
    EXPECT_EQ(of(IsFalse).integer, a == 0);
    EXPECT_EQ(of(IsNotFalse).integer, a != 0);
  }
}

TEST(Expression, AndOrShieldWhatCanFail) {
  const auto division = operation(
      Equal, {operation(Divide, {integer(1), column(0, kInt)}, kInt, true), integer(1)}, kBoolean, true);
  const auto not_zero = operation(NotEqual, {column(0, kInt), integer(0)}, kBoolean);
  const auto zero = operation(Equal, {column(0, kInt), integer(0)}, kBoolean);
  const Evaluation of_zero({integer(0)});
  Outcome outcome = of_zero(operation(And, {not_zero, division}, kBoolean, true));
  EXPECT_EQ(outcome.failure, 0u);
  EXPECT_EQ(outcome.integer, 0);
  outcome = of_zero(operation(Or, {zero, division}, kBoolean, true));
  EXPECT_EQ(outcome.failure, 0u);
  EXPECT_EQ(outcome.integer, 1);
  // The first operand is always evaluated.
  outcome = of_zero(operation(And, {division, not_zero}, kBoolean, true));
  EXPECT_EQ(outcome.failure, static_cast<uint32_t>(FailureReason::DivisionByZero));
  EXPECT_EQ(Evaluation({integer(1)})(operation(And, {not_zero, division}, kBoolean, true)).integer, 1);
}

TEST(Expression, CaseEvaluatesWhatItChooses) {
  typed::Case node;
  const auto division = operation(Divide, {integer(10), column(0, kInt)}, kInt, true);
  node.whens.push_back({operation(Equal, {column(0, kInt), integer(0)}, kBoolean), integer(-1)});
  node.whens.push_back({operation(Greater, {column(0, kInt), integer(5)}, kBoolean), null(kInt)});
  node.otherwise = division;
  const auto expression = typed::make({node, kInt, {0, 4}, true});
  EXPECT_EQ(Evaluation({integer(0)})(expression).integer, -1);
  EXPECT_EQ(Evaluation({integer(0)})(expression).failure, 0u);
  EXPECT_EQ(Evaluation({integer(2)})(expression).integer, 5);
  EXPECT_TRUE(Evaluation({integer(6)})(expression).null);
  EXPECT_TRUE(Evaluation({null(kInt)})(expression).null);
}

TEST(Expression, StringsCompareBytewise) {
  const std::string nul("a\0b", 3);
  EXPECT_EQ(of_row(Equal, text("books"), text("books"), kBoolean).integer, 1);
  EXPECT_EQ(of_row(Equal, text("books"), text("bookz"), kBoolean).integer, 0);
  EXPECT_EQ(of_row(Equal, text(nul), text("a"), kBoolean).integer, 0);
  EXPECT_EQ(of_row(Less, text("a"), text(nul), kBoolean).integer, 1);
  EXPECT_EQ(of_row(Less, text("z"), text("\xc3\xa4"), kBoolean).integer, 1);
  EXPECT_EQ(of_row(GreaterEqual, text(""), text(""), kBoolean).integer, 1);
  EXPECT_EQ(
      of_row(Greater, text(std::string(40, 'x') + "b"), text(std::string(40, 'x') + "a"), kBoolean).integer,
      1);
  EXPECT_TRUE(of_row(Equal, null(kString), text("a"), kBoolean).null);
  EXPECT_EQ(of_row(IsDistinctFrom, null(kString), text(""), kBoolean).integer, 1);
  EXPECT_EQ(of_row(IsNotDistinctFrom, null(kString), null(kString), kBoolean).integer, 1);
}

TEST(Expression, TimeMovesByIntervals) {
  const Type day_time = types::simple(Kind::IntervalDayTime);
  const Type year_month = types::simple(Kind::IntervalYearMonth);
  const auto point = number(kTimestamp, 1'000'000);
  EXPECT_EQ(of_row(Subtract, point, number(day_time, 5'000'000), kTimestamp).integer, -4'000'000);
  EXPECT_EQ(of_row(Add, number(day_time, 5), point, kTimestamp).integer, 1'000'005);
  // 1970-01-31 + 1 month = 1970-02-28
  const auto end_of_january = number(kTimestamp, 30LL * 86'400'000'000);
  EXPECT_EQ(of_row(Add, end_of_january, number(year_month, 1), kTimestamp).integer, 58LL * 86'400'000'000);
  expect_failure(
      of_row(Add, number(kTimestamp, std::numeric_limits<int64_t>::max()), number(day_time, 1), kTimestamp),
      FailureReason::Overflow);
  EXPECT_EQ(of_row(Multiply, number(day_time, 1'000), integer(3), day_time).integer, 3'000);
}

TEST(Cast, BetweenNumbers) {
  const auto to = [](const ExpressionPtr& from, const Type& type, bool try_cast = false) {
    return Evaluation({from})(cast(column(0, from->type), type, try_cast));
  };
  const Type tiny = types::simple(Kind::TinyInt);
  EXPECT_EQ(to(integer(127), tiny).integer, 127);
  expect_failure(to(integer(128), tiny), FailureReason::Overflow);
  EXPECT_TRUE(to(integer(128), tiny, true).null);
  EXPECT_EQ(to(integer(128), tiny, true).failure, 0u);
  EXPECT_EQ(to(integer(-128), tiny).integer, -128);
  EXPECT_EQ(to(floating(127.9), tiny).integer, 127);
  EXPECT_EQ(to(floating(-128.9), tiny).integer, -128);
  expect_failure(to(floating(128), tiny), FailureReason::Cast);
  expect_failure(to(floating(std::nan("")), kBigInt), FailureReason::Cast);
  expect_failure(to(floating(9223372036854775808.0), kBigInt), FailureReason::Cast);
  EXPECT_EQ(to(floating(-9223372036854775808.0), kBigInt).integer, std::numeric_limits<int64_t>::min());
  EXPECT_EQ(to(integer(12), types::decimal(20, 2)).integer, 1200);
  expect_failure(to(integer(100), types::decimal(4, 2)), FailureReason::Overflow);
  EXPECT_EQ(to(number(types::decimal(10, 2), 12345), types::decimal(5, 1)).integer, 1235);
  EXPECT_EQ(to(number(types::decimal(10, 2), -12345), kInt).integer, -123);
  EXPECT_EQ(to(number(types::decimal(10, 2), 12345), kDouble).floating, 123.45);
  EXPECT_EQ(to(boolean(true), kBigInt).integer, 1);
  EXPECT_EQ(to(integer(7), kBoolean).integer, 1);
}

TEST(Cast, TextsAndTimes) {
  const auto to = [](const ExpressionPtr& from, const Type& type, bool try_cast = false) {
    return Evaluation({from})(cast(column(0, from->type), type, try_cast));
  };
  EXPECT_EQ(to(integer(-17), kString).text, "-17");
  EXPECT_EQ(to(number(types::decimal(10, 2), -5), kString).text, "-0.05");
  EXPECT_EQ(to(boolean(true), kString).text, "TRUE");
  EXPECT_EQ(to(number(kTimestamp, 1'500'000), kString).text, "1970-01-01 00:00:01.500");
  EXPECT_EQ(to(text(" 42 "), kInt).integer, 42);
  expect_failure(to(text("4x"), kInt), FailureReason::Cast);
  EXPECT_TRUE(to(text("4x"), kInt, true).null);
  EXPECT_EQ(to(text("4x"), kInt, true).failure, 0u);
  EXPECT_EQ(to(text("12.345"), types::decimal(10, 2)).integer, 1235);
  EXPECT_EQ(to(text("1970-01-02 00:00:00.123"), kTimestamp).integer, 86'400'123'000);
  EXPECT_EQ(to(text("1970-01-02"), types::simple(Kind::Date)).integer, 1);
  EXPECT_TRUE(to(null(kString), kInt).null);
  EXPECT_TRUE(to(null(kInt), kString).null);
  EXPECT_EQ(to(number(kTimestamp, -1), types::simple(Kind::Date)).integer, -1);
  EXPECT_EQ(to(number(types::simple(Kind::Date), -1), kTimestamp).integer, -86'400'000'000);
  EXPECT_EQ(to(number(types::timestamp(6), -1), kTimestamp).integer, -1000);
}

TEST(Expression, UnoptimisedCodeAgrees) {
  const Evaluation row({integer(6), text("a")});
  const auto product = operation(Multiply, {column(0, kInt), integer(7)}, kInt, true);
  EXPECT_EQ(row(product, OnFailure::Report, false).integer, 42);
  EXPECT_EQ(row(cast(product, kString), OnFailure::Report, false).text, "42");
}

}  // namespace
}  // namespace weir::codegen_tests
