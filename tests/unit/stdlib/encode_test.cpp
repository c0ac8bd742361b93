#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "runtime/abi/abi.h"

using weir::abi::Int128;

extern "C" {
char* weir_json_integer(char* out, int64_t value);
char* weir_json_decimal64(char* out, int64_t unscaled, int32_t scale);
char* weir_json_decimal128(char* out, Int128 unscaled, int32_t scale);
char* weir_json_double(char* out, double value);
char* weir_json_string(char* out, const char* data, uint64_t size);
char* weir_json_bytes(char* out, const char* data, uint64_t size);
char* weir_json_timestamp(char* out, int64_t us, bool iso, bool utc);
char* weir_text_timestamp(char* out, int64_t us, bool iso, bool utc);
char* weir_text_bytes(char* out, const char* data, uint64_t size);
}

namespace {

template <typename Function, typename... Arguments>
std::string written(Function* function, Arguments... arguments) {
  char buffer[1024];
  return {buffer, function(buffer, arguments...)};
}
std::string json_string(const std::string& text) {
  return written(weir_json_string, text.data(), text.size());
}

TEST(Encode, Integers) {
  for (const int64_t value : {int64_t{0}, int64_t{7}, int64_t{10}, int64_t{-99}, int64_t{100}, int64_t{12345},
                              std::numeric_limits<int64_t>::max(), std::numeric_limits<int64_t>::min()}) {
    EXPECT_EQ(written(weir_json_integer, value), std::to_string(value));
  }
}

TEST(Encode, DecimalsShowTheirScale) {
  EXPECT_EQ(written(weir_json_decimal64, int64_t{150}, 2), "1.50");
  EXPECT_EQ(written(weir_json_decimal64, int64_t{-5}, 2), "-0.05");
  EXPECT_EQ(written(weir_json_decimal64, int64_t{0}, 3), "0.000");
  EXPECT_EQ(written(weir_json_decimal64, int64_t{-12}, 0), "-12");
  EXPECT_EQ(written(weir_json_decimal64, int64_t{1}, 18), "0.000000000000000001");
  const Int128 wide = Int128{1'000'000'000'000'000'000} * 1'000'000'000'000;
  EXPECT_EQ(written(weir_json_decimal128, wide, 6), "1000000000000000000000000.000000");
  EXPECT_EQ(written(weir_json_decimal128, Int128{-5}, 30), "-0.000000000000000000000000000005");
}

TEST(Encode, DoublesThatJsonHasNot) {
  EXPECT_EQ(written(weir_json_double, 0.1), "0.1");
  EXPECT_EQ(written(weir_json_double, std::numeric_limits<double>::infinity()), "\"Infinity\"");
  EXPECT_EQ(written(weir_json_double, std::numeric_limits<double>::quiet_NaN()), "\"NaN\"");
}

TEST(Encode, StringsAreEscaped) {
  EXPECT_EQ(json_string(""), R"("")");
  EXPECT_EQ(json_string("books"), R"("books")");
  EXPECT_EQ(json_string("a\"b\\c/d"), R"("a\"b\\c/d")");
  EXPECT_EQ(json_string(std::string("\0\x1f\x7f", 3)), "\"\\u0000\\u001f\x7f\"");
  EXPECT_EQ(json_string("\b\f\n\r\t"), R"("\b\f\n\r\t")");
  EXPECT_EQ(json_string("Größe 日本 😀 and more"), "\"Größe 日本 😀 and more\"");
  // One byte to escape at every place of a longer text.
  for (size_t at = 0; at < 40; ++at) {
    std::string text(40, 'x');
    text[at] = '\n';
    EXPECT_EQ(json_string(text), '"' + std::string(at, 'x') + "\\n" + std::string(39 - at, 'x') + '"');
  }
}

TEST(Encode, BytesAreBase64) {
  EXPECT_EQ(written(weir_json_bytes, "", uint64_t{0}), R"("")");
  EXPECT_EQ(written(weir_json_bytes, "f", uint64_t{1}), R"("Zg==")");
  EXPECT_EQ(written(weir_json_bytes, "fo", uint64_t{2}), R"("Zm8=")");
  EXPECT_EQ(written(weir_json_bytes, "foob", uint64_t{4}), R"("Zm9vYg==")");
  EXPECT_EQ(written(weir_json_bytes, "\xff\xfe\xfd", uint64_t{3}), R"("//79")");
  EXPECT_EQ(written(weir_text_bytes, "H\xff", uint64_t{2}), "[72, -1]");
}

TEST(Encode, Timestamps) {
  EXPECT_EQ(written(weir_json_timestamp, int64_t{1'500'000}, false, false), R"("1970-01-01 00:00:01.5")");
  EXPECT_EQ(written(weir_json_timestamp, int64_t{0}, false, true), R"("1970-01-01 00:00:00Z")");
  EXPECT_EQ(written(weir_json_timestamp, int64_t{-1000}, true, false), R"("1969-12-31T23:59:59.999")");
  EXPECT_EQ(written(weir_text_timestamp, int64_t{0}, true, false), "1970-01-01T00:00");
  EXPECT_EQ(written(weir_text_timestamp, int64_t{1'500'000}, true, false), "1970-01-01T00:00:01.500");
  EXPECT_EQ(written(weir_text_timestamp, int64_t{60'000'001}, true, false), "1970-01-01T00:01:00.000001");
  EXPECT_EQ(written(weir_text_timestamp, int64_t{0}, true, true), "1970-01-01T00:00:00Z");
}

}  // namespace
