#include "runtime/job/recovery/changed_query.h"

#include <gtest/gtest.h>

namespace weir::job {
namespace {

using commit::OperatorRecord;
using commit::RecoveryMode;

struct Parts {
  uint16_t input = 1, filters = 2, window = 3, keys = 4;
};

uint64_t together(const Parts& parts) {
  return parts.input | uint64_t{parts.filters} << 16 | uint64_t{parts.window} << 32 |
         uint64_t{parts.keys} << 48;
}

ManifestOperator op(std::string name, const Parts& parts, RecoveryMode mode = RecoveryMode::Replay) {
  ManifestOperator result;
  result.name = std::move(name);
  result.fingerprint_parts = together(parts);
  result.fingerprint = result.fingerprint_parts * 31;
  result.recovery = mode;
  return result;
}

OperatorRecord record(const Parts& parts, RecoveryMode mode = RecoveryMode::Replay) {
  return {
      .fingerprint = together(parts) * 31, .mode = mode, .reached = 0, .passed = 0, .parts = together(parts)};
}

std::string error(const std::vector<ManifestOperator>& operators,
                  const std::vector<OperatorRecord>& records) {
  const auto found = find_state(operators, records);
  return found ? "" : found.error();
}

TEST(ChangedQuery, EveryOperatorFindsItsRecord) {
  const std::vector<ManifestOperator> operators = {op("a", {}), op("b", {.keys = 9}), op("c", {})};
  const std::vector<OperatorRecord> records = {record({.keys = 9}), record({}), record({.window = 8}),
                                               record({})};
  const auto found = find_state(operators, records);
  ASSERT_TRUE(found) << found.error();
  EXPECT_EQ(found->of_operator, (std::vector<const OperatorRecord*>{&records[1], &records[0], &records[3]}));
  EXPECT_EQ(found->left, (std::vector<const OperatorRecord*>{&records[2]}));
}

TEST(ChangedQuery, SaysWhichPartHasChanged) {
  const std::vector<OperatorRecord> before = {record({})};
  EXPECT_EQ(error({op("sum", {.input = 7})}, before), "the input of `sum` has changed");
  EXPECT_EQ(error({op("sum", {.filters = 7})}, before), "the filters of `sum` have changed");
  EXPECT_EQ(error({op("sum", {.window = 7})}, before), "the window of `sum` has changed");
  EXPECT_EQ(error({op("sum", {.keys = 7})}, before), "the keys of `sum` have changed");
  EXPECT_EQ(error({op("sum", {.window = 7, .keys = 7})}, before),
            "the window and the keys of `sum` have changed");
  EXPECT_EQ(error({op("sum", {.keys = 7}, RecoveryMode::Changelog)}, {record({}, RecoveryMode::Changelog)}),
            "the keys or aggregates of `sum` have changed");
}

TEST(ChangedQuery, TheOperatorWithMostInCommonIsTheEarlierForm) {
  EXPECT_EQ(error({op("sum", {.window = 7})}, {record({.window = 8, .keys = 8}), record({})}),
            "the window of `sum` has changed");
  // What another operator has found is not the earlier form of this one.
  EXPECT_EQ(error({op("a", {}), op("b", {.window = 7})}, {record({}), record({.filters = 5})}),
            "the filters and the window of `b` have changed");
}

TEST(ChangedQuery, WhatHasTooLittleInCommonIsNew) {
  EXPECT_EQ(error({op("sum", {.filters = 7, .window = 7, .keys = 7})}, {record({})}), "`sum` is new");
  EXPECT_EQ(error({op("sum", {})}, {}), "`sum` is new");
}

TEST(ChangedQuery, StateThatIsKeptInAnotherWayIsNamed) {
  EXPECT_EQ(error({op("sum", {.keys = 7}, RecoveryMode::Changelog)}, {record({})}),
            "the state of `sum` was made again from the input, and is now kept in a changelog");
  EXPECT_EQ(error({op("sum", {})}, {record({}, RecoveryMode::Changelog)}),
            "the state of `sum` was kept in a changelog, and is now made again from the input");
}

TEST(ChangedQuery, OfARecordWithoutPartsNothingMoreIsKnown) {
  std::vector<OperatorRecord> before = {record({})};
  before[0].parts = 0;
  EXPECT_EQ(error({op("sum", {.window = 7})}, before),
            "`sum` is new, or its input, filters, window or keys have changed");
  EXPECT_EQ(error({op("sum", {})}, before), "");
}

}  // namespace
}  // namespace weir::job
