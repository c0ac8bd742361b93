#include "runtime/state/arena.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "runtime/state/state_memory.h"

namespace weir::state {
namespace {

TEST(Arena, GivesBackWhatCameAfterAMark) {
  abi::Context context{};
  open_arena(context.arena);
  const char* first = abi::allocate(&context, 100);
  const abi::Arena mark = context.arena;
  std::vector<char*> blocks;
  for (int i = 0; i < 100; ++i) {
    blocks.push_back(abi::allocate(&context, 10'000));
    std::memset(blocks.back(), i, 10'000);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(blocks.back()) % 16, 0u);
  }
  for (int i = 0; i < 100; ++i) EXPECT_EQ(blocks[static_cast<size_t>(i)][9999], i);
  context.arena = mark;
  EXPECT_EQ(abi::allocate(&context, 10'000), blocks[0]);
  weir_arena_reset(&context);
  EXPECT_EQ(abi::allocate(&context, 100), first);
  close_arena(context.arena);
}

// The chunks of an earlier round are used again: memory does not grow with the number of rounds.
TEST(Arena, UsesItsChunksAgain) {
  abi::Context context{};
  open_arena(context.arena);
  std::vector<char*> seen;
  for (int round = 0; round < 50; ++round) {
    weir_arena_reset(&context);
    char* large = nullptr;
    for (int i = 0; i < 20; ++i) large = abi::allocate(&context, 60'000);
    seen.push_back(large);
  }
  for (const char* at : seen) EXPECT_EQ(at, seen[0]);
  char* huge = abi::allocate(&context, uint64_t{20} << 20);
  std::memset(huge, 1, uint64_t{20} << 20);
  close_arena(context.arena);
}

TEST(StateMemory, KeepsWhatItHoldsWhileItGrows) {
  abi::StateMemory memory{};
  std::vector<uint64_t> offsets;
  for (uint32_t i = 0; i < 3000; ++i) {
    offsets.push_back(weir_state_allocate(&memory, 1 + i));
    EXPECT_NE(offsets.back(), 0u);
    EXPECT_EQ(offsets.back() % 16, 0u);
    std::memset(memory.base + offsets.back(), static_cast<int>(i % 251), 1 + i);
  }
  for (uint32_t i = 0; i < 3000; ++i) {
    EXPECT_EQ(static_cast<unsigned char>(memory.base[offsets[i]]), i % 251);
    EXPECT_EQ(static_cast<unsigned char>(memory.base[offsets[i] + i]), i % 251);
  }
  close_memory(memory);
  EXPECT_EQ(memory.base, nullptr);
}

}  // namespace
}  // namespace weir::state
