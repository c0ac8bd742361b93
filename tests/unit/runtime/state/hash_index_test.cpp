#include "runtime/state/hash_index.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace weir::state {
namespace {

// Searches as kernels do: from the home slot to the first empty one.
bool contains(const uint64_t* index, uint32_t bits, uint32_t tag, uint32_t number) {
  const uint64_t mask = (uint64_t{1} << bits) - 1;
  for (uint64_t at = home_slot(tag, bits); index[at] != 0; at = (at + 1) & mask) {
    if (index[at] == make_slot(tag, number)) return true;
  }
  return false;
}

uint64_t slot_with(const uint64_t* index, uint32_t bits, uint32_t tag, uint32_t number) {
  const uint64_t mask = (uint64_t{1} << bits) - 1;
  uint64_t at = home_slot(tag, bits);
  while (index[at] != make_slot(tag, number)) at = (at + 1) & mask;
  return at;
}

// Long runs, some of which wrap around; whatever is erased, the others are found.
TEST(HashIndex, FindsWhatIsLeftAfterErasing) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    std::mt19937_64 random(seed);
    uint64_t* index = nullptr;
    uint32_t bits = 0;
    double_index(index, bits, nullptr);
    std::map<uint32_t, uint32_t> tags;  // by number
    uint32_t next = 0;
    for (int step = 0; step < 3000; ++step) {
      const uint64_t slots = uint64_t{1} << bits;
      if (tags.size() < slots * 3 / 4 && random() % 2 == 0) {
        // Half of the tags begin in the last slots or the first.
        uint32_t tag = static_cast<uint32_t>(random());
        if (random() % 2 == 0) tag = random() % 2 == 0 ? tag | 0xf8000000u : tag & 0x07ffffffu;
        uint64_t at = home_slot(tag, bits);
        while (index[at] != 0) at = (at + 1) % slots;
        index[at] = make_slot(tag, next);
        tags[next++] = tag;
      } else if (!tags.empty()) {
        auto victim = tags.begin();
        std::advance(victim, random() % tags.size());
        erase_slot(index, bits, slot_with(index, bits, victim->second, victim->first));
        EXPECT_FALSE(contains(index, bits, victim->second, victim->first));
        tags.erase(victim);
      }
      if (step == 1500) double_index(index, bits, nullptr);
      for (const auto& [number, tag] : tags) ASSERT_TRUE(contains(index, bits, tag, number)) << step;
    }
    free_index(index, bits, nullptr);
  }
}

}  // namespace
}  // namespace weir::state
