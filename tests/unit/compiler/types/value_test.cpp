#include "compiler/types/value.h"

#include <gtest/gtest.h>

#include "compiler/types/calendar.h"

namespace weir::types {
namespace {

std::string sql(const std::optional<Value>& value) { return value ? to_sql(*value) : "none"; }

TEST(Value, IsSqlThatParsesBack) {
  EXPECT_EQ(to_sql({string(), std::string{"it's"}}), "'it''s'");
  EXPECT_EQ(to_sql({decimal(4, 2), Int128{-5}}), "-0.05");
  EXPECT_EQ(to_sql({decimal(4, 2), Int128{1250}}), "12.50");
  EXPECT_EQ(to_sql({boolean(), Int128{1}}), "TRUE");
  EXPECT_EQ(to_sql({simple(Kind::Integer), {}}), "NULL");
  EXPECT_EQ(to_sql({simple(Kind::Double), 2.0}), "2e0");
  EXPECT_EQ(to_sql({simple(Kind::Bytes), std::string{"\x01\xff"}}), "X'01FF'");
  const Int128 least = static_cast<Int128>(static_cast<unsigned __int128>(1) << 127);
  EXPECT_EQ(to_string(least), "-170141183460469231731687303715884105728");
}

TEST(Value, Dates) {
  EXPECT_EQ(sql(parse_date("2026-02-28")), "DATE '2026-02-28'");
  EXPECT_EQ(sql(parse_date("1969-12-31")), "DATE '1969-12-31'");
  EXPECT_EQ(sql(parse_date("2026-02-29")), "none");
  EXPECT_EQ(sql(parse_date("2026-13-01")), "none");
  EXPECT_EQ(sql(parse_date("0000-01-01")), "none");
  EXPECT_EQ(sql(parse_date("2026-01-01 ")), "none");
}

TEST(Value, Timestamps) {
  EXPECT_EQ(sql(parse_timestamp("2026-01-01 08:00:00.125")), "TIMESTAMP '2026-01-01 08:00:00.125'");
  EXPECT_EQ(sql(parse_timestamp("2026-01-01T08:00")), "TIMESTAMP '2026-01-01 08:00:00'");
  EXPECT_EQ(sql(parse_timestamp("1969-12-31 23:59:59.9")), "TIMESTAMP '1969-12-31 23:59:59.9'");
  EXPECT_EQ(sql(parse_timestamp("2026-01-01")), "TIMESTAMP '2026-01-01 00:00:00'");
  EXPECT_EQ(sql(parse_timestamp("2026-01-01 24:00:00")), "none");
  EXPECT_EQ(sql(parse_timestamp("2026-01-01 08:00:60")), "none");
  EXPECT_EQ(sql(parse_timestamp("2026-01-01 08:00:00.")), "none");
  EXPECT_EQ(sql(parse_timestamp_ltz("2026-01-01 08:00:00+02:00", 0)),
            "CAST('2026-01-01 06:00:00Z' AS TIMESTAMP_LTZ(0))");
  EXPECT_EQ(sql(parse_timestamp_ltz("2026-01-01 08:00:00", 3'600'000'000)),
            "CAST('2026-01-01 07:00:00Z' AS TIMESTAMP_LTZ(0))");
}

std::string interval(std::string_view text, IntervalField from, std::optional<IntervalField> to = {}) {
  return sql(parse_interval(text, false, from, to));
}

TEST(Value, Intervals) {
  using enum IntervalField;
  EXPECT_EQ(interval("5", Minute), "INTERVAL '5' MINUTE");
  EXPECT_EQ(interval("90", Second), "INTERVAL '90' SECOND");
  EXPECT_EQ(interval("1 02:30", Day, Minute), "INTERVAL '1590' MINUTE");
  EXPECT_EQ(interval("0.001", Second), "INTERVAL '0.001' SECOND");
  EXPECT_EQ(interval("1-6", Year, Month), "INTERVAL '18' MONTH");
  EXPECT_EQ(interval("-3", Day), "INTERVAL '-3' DAY");
  EXPECT_EQ(interval("1:75", Hour, Minute), "none");
  EXPECT_EQ(interval("five", Minute), "none");
  EXPECT_EQ(interval("1", Year, Day), "none");
  EXPECT_EQ(interval("9999999999", Year), "none");
}

TEST(Value, Durations) {
  EXPECT_EQ(duration_text(300'000), "5 min");
  EXPECT_EQ(duration_text(5'400'001), "1 h 30 min 1 ms");
  EXPECT_EQ(duration_text(0), "0 s");
}

}  // namespace
}  // namespace weir::types
