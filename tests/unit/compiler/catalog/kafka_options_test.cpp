#include "compiler/catalog/kafka_options.h"

#include <gtest/gtest.h>

namespace weir::catalog {
namespace {

TEST(KafkaOptions, OffsetsOfPartitions) {
  const auto offsets = parse_offsets("partition:0,offset:42;partition:1,offset:300");
  ASSERT_TRUE(offsets);
  EXPECT_EQ(*offsets, (std::map<int32_t, int64_t>{{0, 42}, {1, 300}}));
  EXPECT_TRUE(parse_offsets("partition:7,offset:9223372036854775807;"));
  for (const char* bad :
       {"", ";", "partition:0", "partition:0,offset:", "partition:-1,offset:2", "partition:0,offset:-2",
        "partition:0,offset:1,partition:1,offset:2", "partition:0,offset:1;partition:0,offset:1",
        "partition:0,offset:9223372036854775808", "partition:0,offset:1 ;partition:1,offset:2"}) {
    EXPECT_FALSE(parse_offsets(bad)) << bad;
  }
}

TEST(KafkaOptions, Lists) {
  EXPECT_EQ(split_list("a"), (std::vector<std::string>{"a"}));
  EXPECT_EQ(split_list("a;;b;"), (std::vector<std::string>{"a", "", "b", ""}));
}

TEST(KafkaOptions, SecretsAreNeverShown) {
  EXPECT_TRUE(is_secret("properties.sasl.password"));
  EXPECT_TRUE(is_secret("properties.ssl.key.password"));
  EXPECT_TRUE(is_secret("properties.sasl.jaas.config"));
  EXPECT_TRUE(is_secret("properties.sasl.oauthbearer.client.secret"));
  EXPECT_FALSE(is_secret("properties.sasl.username"));
  EXPECT_FALSE(is_secret("properties.bootstrap.servers"));
  EXPECT_FALSE(is_secret("topic"));
}

OptionSet checked(std::vector<std::pair<std::string, std::string>> more,
                  diagnostics::Diagnostics& diagnostics) {
  std::vector<syntax::OptionPair> written{{"connector", "kafka", {}, {}},
                                          {"topic", "orders", {}, {}},
                                          {"properties.bootstrap.servers", "b:1", {}, {}}};
  for (auto& [key, value] : more) written.push_back({std::move(key), std::move(value), {}, {}});
  return check_table_options("t", written, {}, diagnostics);
}

TEST(KafkaOptions, FlinksWordsBecomeOurs) {
  diagnostics::Diagnostics diagnostics;
  const OptionSet options = checked({{"value.format", "json"},
                                     {"value.json.ignore-parse-errors", "TRUE"},
                                     {"value.fields-include", "all"},
                                     {"key.json.timestamp-format.standard", "iso-8601"},
                                     {"sink.delivery-guarantee", "none"}},
                                    diagnostics);
  EXPECT_FALSE(diagnostics.has_errors());
  EXPECT_EQ(options.get("json.ignore-parse-errors"), "true");
  EXPECT_EQ(options.get("value.fields-include"), "ALL");
  EXPECT_EQ(options.get("key.json.timestamp-format.standard"), "ISO-8601");
  EXPECT_EQ(options.get("sink.delivery-guarantee"), "at-most-once");
}

TEST(KafkaOptions, AReferenceIsNotLookedInto) {
  diagnostics::Diagnostics diagnostics;
  checked({{"format", "json"},
           {"scan.startup.mode", "${env:MODE}"},
           {"scan.startup.timestamp-millis", "${env:FROM}"},
           {"scan.startup.specific-offsets", "${env:OFFSETS}"},
           {"scan.watermark.idle-timeout", "${env:IDLE}"}},
          diagnostics);
  EXPECT_FALSE(diagnostics.has_errors());
}

}  // namespace
}  // namespace weir::catalog
