#include "runtime/commit/recovery_record.h"

#include <random>

#include <gtest/gtest.h>

namespace weir::commit {
namespace {

RecoveryRecord anchor() {
  return {{1200, 1767254400123, 1100, 1767254399000, -1, false},
          JobRecord{17,
                    0x3f2a,
                    false,
                    {{0x9c1d, RecoveryMode::Replay, 1767254400000, 1767254400000, 0x5a1fe4403b2ad9c1},
                     {0x9c1e, RecoveryMode::Changelog, abi::kNoWatermark, abi::kNoWatermark, 1}},
                    {{0, 12, 7}, {3, 99, 8}},
                    "sales; by=day",
                    "sales-eu",
                    {{0xc1b2a390, 4}, {7, 1}}},
          checksum_of("sales; by=day"),
          checksum_of("orders")};
}

TEST(RecoveryRecord, TextIsShortAndPrintable) {
  EXPECT_EQ(encode({{1200, 1767254400123, 1100, 1767254399000, 1300, true}, {}}),
            "weir1;p=1200;w=1767254400123;l=1100;lw=1767254399000;i=1;s=1300;crc=5de52bfa");
}

TEST(RecoveryRecord, AnchorCarriesTheJob) { EXPECT_EQ(decode(encode(anchor())), anchor()); }

TEST(RecoveryRecord, RecordsWithoutPartsOfFingerprintsAreRead) {
  const auto record = decode(
      "weir1;p=1200;w=5;l=1100;lw=4;i=0;s=-1;j=17,3f2a,0;o=9c1d:R:5:5;o=9c1e:C:-9223372036854775808:"
      "-9223372036854775808;c=0:12;crc=1cb83591");
  ASSERT_TRUE(record) << record.error();
  const std::vector<OperatorRecord> operators = {
      {0x9c1d, RecoveryMode::Replay, 5, 5, 0},
      {0x9c1e, RecoveryMode::Changelog, abi::kNoWatermark, abi::kNoWatermark, 0}};
  EXPECT_EQ(record->job->operators, operators);
}

TEST(RecoveryRecord, ComesBackAsItWas) {
  std::mt19937_64 random(7);
  const auto number = [&] { return static_cast<int64_t>(random()) >> (random() % 64); };
  for (int i = 0; i < 1000; ++i) {
    const RecoveryRecord record{{number(), number(), number(), number(), number(), random() % 2 == 0}, {}};
    EXPECT_EQ(decode(encode(record)), record);
  }
}

TEST(RecoveryRecord, NamesHoldAnyByte) {
  RecoveryRecord record = anchor();
  record.job->name = "%;=:,\x01\xff caf\xc3\xa9";
  const std::string text = encode(record);
  EXPECT_NE(text.find(";n=%25%3b%3d%3a%2c%01%ff%20caf%c3%a9;t=sales-eu;"), std::string::npos) << text;
  EXPECT_EQ(decode(text), record);
}

TEST(RecoveryRecord, ThirtyOperatorsFit) {
  EXPECT_LT(longest_record_bytes(30, 5, "sales_by_category", "sales_by_category"), kMaxRecordBytes);
  EXPECT_GT(longest_record_bytes(45, 1, "a", "a"), kMaxRecordBytes);
  EXPECT_GT(longest_record_bytes(2, 2, "sales; by=day", "sales-eu"), encode(anchor()).size());
}

TEST(RecoveryRecord, EveryFlippedBitIsSeen) {
  const std::string text = encode(anchor());
  for (size_t at = 0; at < text.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = text;
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
      const auto decoded = decode(flipped);
      // Upper and lower case hexadecimal digits of the checksum are the same number.
      EXPECT_TRUE(!decoded || *decoded == anchor()) << flipped;
      if (at + 8 < text.size()) {
        EXPECT_FALSE(decoded) << flipped;
      }
    }
  }
}

TEST(RecoveryRecord, EveryCutIsSeen) {
  const std::string text = encode(anchor());
  for (size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(decode(text.substr(0, size))) << size;
  }
}

TEST(RecoveryRecord, ForeignMetadataIsNamedSo) {
  EXPECT_EQ(decode("").error(), "it was not written by Weir");
  EXPECT_EQ(decode("AgAAAYx").error(), "it was not written by Weir");
}

TEST(RecoveryRecord, NewerVersionIsNamed) {
  EXPECT_EQ(decode("weir2;p=1;crc=e63e52a3").error(), "it is of version `weir2`, this is `weir1`");
}

}  // namespace
}  // namespace weir::commit
