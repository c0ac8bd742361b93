#include "stdlib/value_set.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "tests/unit/stdlib/test_context.h"

namespace weir::stdlib {
namespace {

TEST(ValueSet, AgreesWithStdSet) {
  std::mt19937_64 engine(1);
  for (const uint64_t range : {1u, 8u, 9u, 100u, 10'000u}) {
    TestMemory memory;
    uint64_t integers = 0, wide = 0, texts = 0;
    std::set<int64_t> seen;
    std::set<std::string> seen_texts;
    EXPECT_EQ(weir_set_count(memory, integers), 0u);
    for (int i = 0; i < 3000; ++i) {
      const auto value = static_cast<int64_t>(engine() % range) - 3;
      const bool is_new = seen.insert(value).second;
      ASSERT_EQ(weir_set_insert_i64(memory, &integers, value), is_new);
      ASSERT_EQ(weir_set_insert_i128(memory, &wide, static_cast<Int128>(value) << 70), is_new);
      const std::string text(static_cast<size_t>(value + 3) % 40, static_cast<char>('a' + value % 20));
      ASSERT_EQ(weir_set_insert_bytes(memory, &texts, text_ref(text)), seen_texts.insert(text).second)
          << text;
    }
    ASSERT_EQ(weir_set_count(memory, integers), seen.size());
    ASSERT_EQ(weir_set_count(memory, wide), seen.size());
    ASSERT_EQ(weir_set_count(memory, texts), seen_texts.size());
    std::set<int64_t> read;
    std::set<std::string> read_texts;
    for (uint64_t i = 0; i < seen.size(); ++i) {
      read.insert(weir_set_value_i64(memory, integers, i));
      ASSERT_EQ(weir_set_value_i128(memory, wide, i),
                static_cast<Int128>(weir_set_value_i64(memory, integers, i)) << 70);
    }
    for (uint64_t i = 0; i < seen_texts.size(); ++i)
      read_texts.insert(str(weir_set_value_bytes(memory, texts, i)));
    EXPECT_EQ(read, seen);
    EXPECT_EQ(read_texts, seen_texts);
  }
}

}  // namespace
}  // namespace weir::stdlib
