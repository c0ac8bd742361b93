#include "runtime/connectors/datagen.h"

#include <algorithm>
#include <sstream>

#include <gtest/gtest.h>

namespace weir::connectors {
namespace {

using abi::ColumnKind;
using Options = std::vector<std::pair<std::string, std::string>>;

// Time passes only when somebody sleeps.
class StillClock : public time::Clock {
 public:
  int64_t wall_us() override { return 1'700'000'000'000'000 + now_us; }
  int64_t monotonic_us() override { return now_us; }
  void sleep_us(int64_t duration_us) override { now_us += duration_us; }
  int64_t now_us = 0;
};

const std::vector<DeclaredColumn> kColumns = {
    {"id", ColumnKind::BigInt, 0, 0, "BIGINT"},   {"amount", ColumnKind::Decimal, 5, 2, "DECIMAL(5, 2)"},
    {"name", ColumnKind::String, 0, 0, "STRING"}, {"ts", ColumnKind::Timestamp, 3, 0, "TIMESTAMP(3)"},
    {"x", ColumnKind::Double, 0, 0, "DOUBLE"},    {"ok", ColumnKind::Boolean, 0, 0, "BOOLEAN"},
};

std::string options_error(const std::vector<DeclaredColumn>& columns, const Options& options) {
  const auto made = datagen_options("t", columns, options);
  return made ? "" : made.error().text;
}

// All lines of all partitions, partition after partition.
std::vector<std::string> all_lines(const std::vector<DeclaredColumn>& columns, const Options& options) {
  StillClock clock;
  auto made = datagen_options("t", columns, options);
  EXPECT_TRUE(made.has_value()) << made.error().text;
  auto partitions = make_datagen_source(*made, clock)->partitions();
  std::string text;
  ReadBuffer buffer(100);
  for (const auto& partition : *partitions) {
    bool finished = false;
    while (!finished) {
      partition->ready(1000);
      const auto batch = partition->read(buffer);
      text.append(batch->begin, batch->end);
      finished = batch->finished;
    }
  }
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(line);
  }
  return lines;
}

TEST(Datagen, SeedMakesTheSameRowsForAnyPartitions) {
  Options options{
      {"number-of-rows", "100"}, {"seed", "7"}, {"fields.name.length", "5"}, {"fields.x.null-rate", "0.5"}};
  auto one = all_lines(kColumns, options);
  ASSERT_EQ(one.size(), 100u);
  EXPECT_EQ(one, all_lines(kColumns, options));
  options.emplace_back("partitions", "3");
  auto three = all_lines(kColumns, options);
  EXPECT_NE(one, three);
  std::ranges::sort(one);
  std::ranges::sort(three);
  EXPECT_EQ(one, three);
  options[1].second = "8";
  auto other = all_lines(kColumns, options);
  std::ranges::sort(other);
  EXPECT_NE(one, other);
}

TEST(Datagen, ValuesAreInTheirRanges) {
  const auto lines =
      all_lines({{"n", ColumnKind::Integer, 0, 0, "INT"}, {"d", ColumnKind::Decimal, 4, 1, "DECIMAL(4, 1)"}},
                {{"number-of-rows", "2000"},
                 {"seed", "1"},
                 {"fields.n.min", "-2"},
                 {"fields.n.max", "2"},
                 {"fields.d.min", "9.9"},
                 {"fields.d.max", "10.1"}});
  std::vector<std::string> distinct = lines;
  std::ranges::sort(distinct);
  const auto rest = std::ranges::unique(distinct);
  distinct.erase(rest.begin(), rest.end());
  ASSERT_EQ(distinct.size(), 15u);  // 5 integers by 3 decimals: all of them, none else
  EXPECT_EQ(distinct.front(), R"({"n":-1,"d":10.0})");
  EXPECT_EQ(distinct.back(), R"({"n":2,"d":9.9})");
}

TEST(Datagen, SequencesEndTheSource) {
  const auto lines =
      all_lines({{"n", ColumnKind::Integer, 0, 0, "INT"}, {"s", ColumnKind::String, 0, 0, "STRING"}},
                {{"fields.n.kind", "sequence"},
                 {"fields.n.start", "-1"},
                 {"fields.n.end", "1"},
                 {"fields.s.kind", "sequence"},
                 {"fields.s.start", "10"},
                 {"fields.s.end", "99"}});
  EXPECT_EQ(lines,
            (std::vector<std::string>{R"({"n":-1,"s":"10"})", R"({"n":0,"s":"11"})", R"({"n":1,"s":"12"})"}));
}

TEST(Datagen, SeededTimestampsCountFrom2026) {
  const auto lines = all_lines({{"ts", ColumnKind::Timestamp, 3, 0, "TIMESTAMP(3)"},
                                {"l", ColumnKind::TimestampLtz, 0, 0, "TIMESTAMP_LTZ(0)"}},
                               {{"number-of-rows", "3"}, {"seed", "1"}, {"rows-per-second", "4"}});
  EXPECT_EQ(lines,
            (std::vector<std::string>{R"({"ts":"2026-01-01 00:00:00.000","l":"2026-01-01 00:00:00Z"})",
                                      R"({"ts":"2026-01-01 00:00:00.250","l":"2026-01-01 00:00:00Z"})",
                                      R"({"ts":"2026-01-01 00:00:00.500","l":"2026-01-01 00:00:00Z"})"}));
}

TEST(Datagen, RowsComeAtTheirRate) {
  StillClock clock;
  auto made = datagen_options("t", {{"n", ColumnKind::Integer, 0, 0, "INT"}}, {{"rows-per-second", "10"}});
  ASSERT_TRUE(made.has_value());
  const auto source = make_datagen_source(*made, clock);
  EXPECT_FALSE(source->bounded());
  const auto partitions = source->partitions();
  ReadBuffer buffer(1000);
  const auto rows = [&] {
    const auto batch = (*partitions)[0]->read(buffer);
    return std::count(batch->begin, batch->end, '\n');
  };
  EXPECT_EQ(rows(), 1);  // the first is due at once
  EXPECT_FALSE((*partitions)[0]->ready(50));
  EXPECT_TRUE((*partitions)[0]->ready(50));
  clock.now_us = 1'000'000;
  EXPECT_EQ(rows(), 10);
}

TEST(Datagen, Base64IsWholeAndNullRateOneIsNull) {
  for (const auto& [length, bytes] : {std::pair{"0", 2}, {"1", 6}, {"2", 6}, {"3", 6}, {"4", 10}}) {
    const auto lines = all_lines({{"b", ColumnKind::Bytes, 0, 0, "BYTES"}},
                                 {{"number-of-rows", "1"}, {"fields.b.length", length}});
    EXPECT_EQ(lines[0].size(), 6u + static_cast<size_t>(bytes)) << lines[0];
  }
  EXPECT_EQ(all_lines({{"a\"b", ColumnKind::Date, 0, 0, "DATE"}},
                      {{"number-of-rows", "1"}, {"fields.a\"b.null-rate", "1"}})[0],
            R"({"a\"b":null})");
}

TEST(Datagen, WrongOptionsAreNamed) {
  EXPECT_EQ(options_error(kColumns, {{"fields.id.min", "x"}}),
            "table `t`: `fields.id.min` is `x`, which is no BIGINT");
  EXPECT_EQ(options_error({{"n", ColumnKind::TinyInt, 0, 0, "TINYINT"}}, {{"fields.n.max", "128"}}),
            "table `t`: `fields.n.max` is `128`, which is no TINYINT");
  EXPECT_EQ(options_error(kColumns, {{"fields.id.min", "5"}, {"fields.id.max", "4"}}),
            "table `t`: `fields.id.min` is greater than `fields.id.max`");
  EXPECT_EQ(options_error(kColumns, {{"fields.id.kind", "sequence"}}),
            "table `t`: `fields.id.start` is missing: a sequence needs `start` and `end`");
  EXPECT_EQ(options_error(kColumns, {{"fields.ok.kind", "sequence"}}),
            "table `t`: `fields.ok.kind` is `sequence`, which BOOLEAN has none of");
  EXPECT_EQ(options_error(kColumns, {{"fields.x.null-rate", "1.5"}}),
            "table `t`: `fields.x.null-rate` is `1.5`, which is no number from 0 to 1");
  EXPECT_EQ(options_error(kColumns, {{"fields.ts.max-past", "soon"}}),
            "table `t`: `fields.ts.max-past` is `soon`, which is no duration such as `5 s`");
  EXPECT_EQ(options_error(kColumns, {{"rows-per-second", "0"}}),
            "`rows-per-second` is `0`, which is no whole number from 1 to 4294967295");
}

}  // namespace
}  // namespace weir::connectors
