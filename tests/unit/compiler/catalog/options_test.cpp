#include "compiler/catalog/options.h"

#include <gtest/gtest.h>

#include <set>

namespace weir::catalog {
namespace {

TEST(Options, Durations) {
  EXPECT_EQ(parse_duration_ms("5 s"), 5000);
  EXPECT_EQ(parse_duration_ms("500ms"), 500);
  EXPECT_EQ(parse_duration_ms("2 h"), 7'200'000);
  EXPECT_EQ(parse_duration_ms("42"), 42);
  EXPECT_FALSE(parse_duration_ms("P1D"));
  EXPECT_FALSE(parse_duration_ms("-5 s"));
  EXPECT_FALSE(parse_duration_ms("999999999999999 d"));
}

TEST(Options, Sizes) {
  EXPECT_EQ(parse_bytes("128 MB"), 134'217'728);
  EXPECT_EQ(parse_bytes("1gb"), 1'073'741'824);
  EXPECT_EQ(parse_bytes("4096"), 4096);
  EXPECT_FALSE(parse_bytes("many"));
}

TEST(Options, Zones) {
  EXPECT_EQ(parse_zone_offset_ms("UTC"), 0);
  EXPECT_EQ(parse_zone_offset_ms("+08:00"), 28'800'000);
  EXPECT_EQ(parse_zone_offset_ms("GMT-3"), -10'800'000);
  EXPECT_EQ(parse_zone_offset_ms("-03:30"), -12'600'000);
  EXPECT_FALSE(parse_zone_offset_ms("Europe/Berlin"));
  EXPECT_FALSE(parse_zone_offset_ms("+25:00"));
}

TEST(Options, EveryRowIsUsable) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const Option& option : options()) {
    EXPECT_TRUE(seen.insert({option.key, option.connector}).second) << option.key << " has two rows";
    EXPECT_FALSE(option.doc.empty()) << option.key;
    const bool is_range = option.allowed.find("..") != std::string_view::npos;
    const bool is_size = option.type == OptionType::Integer || option.type == OptionType::Double ||
                         option.type == OptionType::Bytes;
    EXPECT_EQ(option.type == OptionType::Enum, !option.allowed.empty() && !is_range) << option.key;
    EXPECT_TRUE(!is_range || is_size) << option.key;
    const bool is_honoured = option.status == OptionStatus::Honoured ||
                             option.status == OptionStatus::AtStart ||
                             option.status == OptionStatus::AtSourceStart;
    if (!is_honoured) EXPECT_FALSE(option.detail.empty()) << option.key;
    if (option.status == OptionStatus::Mapped) EXPECT_TRUE(is_setting(option.detail)) << option.key;
  }
}

}  // namespace
}  // namespace weir::catalog
