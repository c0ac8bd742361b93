// Chunks of state as bytes, and what is no chunk.
#include "runtime/state/saved_chunk.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "runtime/state/changed.h"

namespace weir::state {
namespace {

constexpr uint32_t kStride = 32;

std::string example() {
  SavedChunk chunk;
  open_chunk(chunk, kStride, 1000);
  for (uint32_t number : {7u, 9u}) {
    char* record = record_at(&chunk, chunk.count++);
    std::memset(record, static_cast<int>(number), chunk.record_bytes);
    std::memcpy(record, &number, sizeof number);
  }
  chunk.freed[chunk.freed_count++] = 3;
  const uint64_t offset = weir_state_allocate(&chunk.memory, 20);
  std::memcpy(chunk.memory.base + offset, "strings of the group", 20);
  std::string bytes = take_bytes(chunk);
  EXPECT_EQ(chunk.count, 0u);
  EXPECT_EQ(chunk.freed_count, 0u);
  EXPECT_EQ(chunk.memory.used, 0u);
  close_chunk(chunk);
  return bytes;
}

TEST(SavedChunk, ComesBackAsItWas) {
  SavedChunk chunk;
  const auto read = read_chunk(example(), kStride, chunk);
  ASSERT_TRUE(read.has_value()) << read.error();
  ASSERT_EQ(chunk.count, 2u);
  EXPECT_EQ(number_of_record(record_at(&chunk, 1)), 9u);
  EXPECT_EQ(record_at(&chunk, 1)[kRecordHeadBytes + kStride - 1], 9);
  ASSERT_EQ(chunk.freed_count, 1u);
  EXPECT_EQ(chunk.freed[0], 3u);
  EXPECT_EQ(std::string(chunk.memory.base + 16, 20), "strings of the group");
  EXPECT_EQ(reinterpret_cast<uintptr_t>(chunk.records) % 16, 0u);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(chunk.memory.base) % 16, 0u);
  close_chunk(chunk);
}

TEST(SavedChunk, OfOtherBytesIsRefused) {
  const std::string bytes = example();
  SavedChunk chunk{};
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(read_chunk(std::string_view(bytes).substr(0, size), kStride, chunk).has_value()) << size;
  EXPECT_EQ(read_chunk(bytes + "x", kStride, chunk).error(), "it has another size than its header says");
  EXPECT_EQ(read_chunk(bytes, kStride + 16, chunk).error(),
            "its entries have another size than those of the operator");
  std::string newer = bytes;
  newer[0] = 2;
  EXPECT_EQ(read_chunk(newer, kStride, chunk).error(), "it has version 2, this runtime reads version 1");
}

TEST(ChangedEntries, AreNotedOnce) {
  ChangedEntries changed{};
  for (uint32_t number : {5u, 0u, 5u, 4000u, 0u, 100'000u}) note_change(&changed, number);
  EXPECT_EQ(std::vector<uint32_t>(changed.numbers, changed.numbers + changed.count),
            (std::vector<uint32_t>{5, 0, 4000, 100'000}));
  clear_changed(changed);
  EXPECT_EQ(changed.count, 0u);
  note_change(&changed, 4000);
  note_change(&changed, 4001);
  EXPECT_EQ(changed.count, 2u);
  close_changed(changed);
}

}  // namespace
}  // namespace weir::state
