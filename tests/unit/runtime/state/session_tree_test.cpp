#include "runtime/state/session_tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace weir::state {
namespace {

constexpr int64_t kGap = 10;

// Places of a store; their keys do not matter.
struct Places {
  SessionStore store;
  Places() { open_sessions(store, 16, kGap, 0, nullptr); }
  ~Places() { close_sessions(store); }
  Places(const Places&) = delete;
  Places& operator=(const Places&) = delete;

  uint32_t add(int64_t start, int64_t last) {
    if (store.used == store.capacity) weir_sessions_grow(&store);
    SessionHeader* session = session_at(&store, store.used++);
    session->start = start;
    session->last = last;
    return store.used;
  }
};

uint32_t depth(const SessionStore& store, uint32_t root) {
  if (root == 0) return 0;
  const SessionHeader* at = session_named(&store, root);
  return 1 + std::max(depth(store, at->left), depth(store, at->right));
}

TEST(SessionTree, FindsWhatAMapFinds) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    std::mt19937_64 random(seed);
    Places places;
    const SessionStore& store = places.store;
    std::map<int64_t, uint32_t> by_start;
    uint32_t root = 0;
    for (int step = 0; step < 400; ++step) {
      const int64_t time = static_cast<int64_t>(random() % 5000);
      if (random() % 3 != 0 || by_start.empty()) {
        const int64_t start = time / 50 * 50;
        if (by_start.contains(start)) continue;
        const uint32_t session = places.add(start, start + static_cast<int64_t>(random() % 30));
        by_start[start] = session;
        root = insert_session(&store, root, session);
      } else {
        const auto removed = std::next(by_start.begin(), static_cast<int64_t>(random() % by_start.size()));
        root = remove_session(&store, root, removed->second);
        ASSERT_FALSE(root != 0 && is_below(&store, root, removed->second));
        by_start.erase(removed);
      }
      const auto reaching = std::ranges::find_if(
          by_start, [&](const auto& it) { return session_named(&store, it.second)->last + kGap >= time; });
      ASSERT_EQ(first_reaching(&store, root, time), reaching == by_start.end() ? 0 : reaching->second);
      const auto behind = by_start.upper_bound(time);
      ASSERT_EQ(first_behind(&store, root, time), behind == by_start.end() ? 0 : behind->second);
      for (const auto& [start, session] : by_start) ASSERT_TRUE(is_below(&store, root, session));
    }
  }
}

// Sessions of one key come in order of time, and thousands wait where one partition is far ahead of another.
TEST(SessionTree, StaysFlatInOrderOfTime) {
  Places places;
  uint32_t root = 0;
  for (int64_t i = 0; i < 10000; ++i) root = insert_session(&places.store, root, places.add(i * 50, i * 50));
  EXPECT_LE(depth(places.store, root), 60u);
  // The earliest fire, and their places are used again.
  for (uint32_t session = 1; session <= 5000; ++session) {
    root = remove_session(&places.store, root, session);
    SessionHeader* again = session_named(&places.store, session);
    again->start = again->last = (10000 + int64_t{session}) * 50;
    root = insert_session(&places.store, root, session);
  }
  EXPECT_LE(depth(places.store, root), 60u);
}

}  // namespace
}  // namespace weir::state
