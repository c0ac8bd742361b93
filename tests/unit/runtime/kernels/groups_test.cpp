// Aggregation without a window: the changes that each record makes, and append-only DISTINCT.
#define WEIR_COPY groups_test
#include "tests/unit/runtime/kernels/kernel_copy.h"
// first of all, for it renames what follows

#include <gtest/gtest.h>
#include <malloc.h>

#include <map>
#include <random>
#include <thread>

#include "runtime/kernels/group_aggregate.cpp"
#include "runtime/kernels/save_groups.cpp"
#include "runtime/state/arena.h"
#include "tests/unit/runtime/kernels/changelog.h"
#include "tests/unit/runtime/kernels/test_holes.h"

namespace {

bool append_only = false;
bool sum_is_shown = true;

// A change, with nothing in it that could dangle.
struct Side {
  std::string key;
  int64_t count;
  int64_t sum;
  friend bool operator==(const Side&, const Side&) = default;
};
struct Change {
  bool has_before;
  bool has_after;
  Side before;
  Side after;
  friend bool operator==(const Change&, const Change&) = default;
};
std::vector<Change> changes;
std::vector<std::string> new_keys;
std::vector<int64_t> new_watermarks;
std::vector<uint64_t> new_positions;

Side side_at(const char* rows, uint32_t number) {
  Result row;
  std::memcpy(&row, rows + number * sizeof(Result), sizeof row);
  return {std::string(row.key.data, row.key.size), row.count, row.sum};
}

}  // namespace

extern "C" {
bool hole_append_only() { return append_only; }
bool hole_result_equal(const char* a, const char* b) {
  const Side one = side_at(a, 0);
  const Side other = side_at(b, 0);
  return sum_is_shown ? one == other : one.key == other.key;
}
void hole_consume_changes(Context*, const ChangeBlock* block) {
  EXPECT_LE(block->count, 64u);
  for (uint32_t i = 0; i < block->count; ++i) {
    Change change{};
    change.has_before = (block->has_before >> i & 1) != 0;
    change.has_after = (block->has_after >> i & 1) != 0;
    if (change.has_before) change.before = side_at(block->before, i);
    if (change.has_after) change.after = side_at(block->after, i);
    changes.push_back(change);
  }
}
void hole_consume(Context*, const Block* block) {
  for (uint32_t i = 0; i < block->count; ++i) {
    new_keys.push_back(side_at(block->rows, i).key);
    new_watermarks.push_back(block->watermark[i]);
    new_positions.push_back(block->position[i]);
  }
}
}

namespace weir::kernel_tests {
namespace {

class Groups : public testing::Test {
 protected:
  Groups() {
    state::open_arena(context.arena);
    state::open_groups(store, hole_entry_bytes(), nullptr);
    aggregate.store = &store;
    append_only = false;
    sum_is_shown = true;
    with_max = false;
    fan_out = false;
    keeps_changes = false;
    hash_bits = 64;
    changes.clear();
    new_keys.clear();
    new_watermarks.clear();
    new_positions.clear();
  }
  ~Groups() override {
    state::close_groups(store);
    state::close_arena(context.arena);
  }

  void process(const Record* records, uint32_t count) {
    std::vector<Row> rows;
    Block block{};
    for (uint32_t i = 0; i < count; ++i) {
      rows.push_back({{records[i].key.data(), records[i].key.size()}, records[i].time, records[i].value});
      block.watermark[i] = records[i].watermark;
      block.position[i] = 1000 + i;
    }
    block.rows = reinterpret_cast<const char*>(rows.data());
    block.count = count;
    group_aggregate(&aggregate, &context, &block);
  }

  Context context{};
  state::GroupStore store{};
  state::GroupAggregateState aggregate{};
};

TEST_F(Groups, ChangeWithEachRecord) {
  const Record records[] = {{0, "a", 1}, {0, "b", 2}, {0, "a", 3}, {0, "a", -1}};
  process(records, 4);
  EXPECT_EQ(changes, (std::vector<Change>{{false, true, {}, {"a", 1, 1}},
                                          {false, true, {}, {"b", 1, 2}},
                                          {true, true, {"a", 1, 1}, {"a", 2, 4}}}));
  EXPECT_EQ(aggregate.counters.counted, 3u);
  EXPECT_EQ(aggregate.counters.filtered, 1u);
}

TEST_F(Groups, AreSilentWhileTheirResultIsTheSame) {
  sum_is_shown = false;
  const Record records[] = {{0, "a", 1}, {0, "a", 3}, {0, "b", 3}, {0, "b", 3}};
  process(records, 4);
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_EQ(changes[1].after.key, "b");
}

// Each change starts where the last one of its key ended, and the last ones are what a plain count gives.
TEST_F(Groups, FormAWellFormedChangelog) {
  std::mt19937_64 random(1);
  std::map<std::string, Side> expected;
  for (int round = 0; round < 2000; ++round) {
    std::vector<Record> records;
    for (int i = 0; i < 64; ++i) {
      records.push_back({0, std::string(random() % 300, 'x') + std::to_string(random() % 5000),
                         static_cast<int64_t>(random() % 100)});
      Side& side = expected.try_emplace(records.back().key, Side{records.back().key, 0, 0}).first->second;
      ++side.count;
      side.sum += records.back().value;
    }
    process(records.data(), 64);
  }
  std::map<std::string, Side> folded;
  for (const Change& change : changes) {
    ASSERT_TRUE(change.has_after);
    const auto at = folded.find(change.after.key);
    ASSERT_EQ(change.has_before, at != folded.end());
    if (change.has_before) {
      ASSERT_EQ(change.before, at->second);
    }
    folded[change.after.key] = change.after;
  }
  EXPECT_EQ(folded, expected);
  // Strings are copied when the memory has doubled; the keys are still all there, and found.
  EXPECT_GT(store.compact_at, 0u);
  EXPECT_EQ(store.table.count, expected.size());
}

TEST_F(Groups, AppendOnlyPassesTheFirstOfEachKey) {
  append_only = true;
  Record records[] = {{0, "a", 1, 5}, {0, "b", 1, 6}, {0, "a", 1, 7}, {0, "c", 1, 8}};
  process(records, 4);
  process(records, 4);
  EXPECT_EQ(new_keys, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(new_watermarks, (std::vector<int64_t>{5, 6, 8}));
  EXPECT_EQ(new_positions, (std::vector<uint64_t>{1000, 1001, 1003}));
  EXPECT_TRUE(changes.empty());
}

// HOP without an aggregate over it: a record is in many windows, more than fit into one block.
TEST_F(Groups, TakeAllCopiesOfARecord) {
  fan_out = true;
  windows = {static_cast<uint32_t>(time::WindowKind::Hop), 100, 1, 0, 1};
  const Record records[] = {{0, "a", 1}, {0, "b", 1}, {0, "c", -1}};
  process(records, 3);
  EXPECT_EQ(changes.size(), 200u);
  EXPECT_EQ(changes.back().after, (Side{"b", 100, 100}));
  EXPECT_EQ(aggregate.counters.counted, 2u);
  EXPECT_EQ(aggregate.counters.filtered, 1u);
  windows.size = 1;
  windows.slide = 10;
  const Record outside{5, "a", 1};
  process(&outside, 1);
  EXPECT_EQ(aggregate.counters.outside, 1u);
}

TEST_F(Groups, KeepTheOrderOfAKeyAcrossThreads) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&] {
      Context own{};
      state::open_arena(own.arena);
      state::GroupAggregateState own_state{};
      own_state.store = &store;
      const std::string keys[] = {"a", "b", "c"};
      for (int i = 0; i < 3000; ++i) {
        const Row row{{keys[i % 3].data(), 1}, 0, 1};
        Block block{};
        block.rows = reinterpret_cast<const char*>(&row);
        block.count = 1;
        group_aggregate(&own_state, &own, &block);
      }
      state::close_arena(own.arena);
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::map<std::string, int64_t> counts;
  for (const Change& change : changes) ASSERT_EQ(change.after.count, ++counts[change.after.key]);
  EXPECT_EQ(counts["a"] + counts["b"] + counts["c"], 6000);
}

std::vector<Record> random_records(std::mt19937_64& random, uint64_t keys) {
  std::vector<Record> records;
  for (int i = 0; i < 64; ++i)
    records.push_back({0, std::string(random() % 40, 'x') + std::to_string(random() % keys),
                       static_cast<int64_t>(random() % 100)});
  return records;
}

TEST_F(Groups, NoteEachThatChangesOnce) {
  const Record records[] = {{0, "a", 1}, {0, "b", 2}, {0, "a", 3}, {0, "c", -1}, {0, "c", 5}};
  process(records, 2);
  EXPECT_EQ(store.table.changed.count, 0u);
  keeps_changes = true;
  process(records, 5);
  EXPECT_EQ(std::vector<uint32_t>(store.table.changed.numbers,
                                  store.table.changed.numbers + store.table.changed.count),
            (std::vector<uint32_t>{0, 1, 2}));
  state::clear_changed(store.table.changed);
  process(records + 2, 1);
  ASSERT_EQ(store.table.changed.count, 1u);
  EXPECT_EQ(store.table.changed.numbers[0], 0u);
}

// Deltas and slices of a snapshot, in small chunks; what comes back goes on as if nothing had happened.
TEST_F(Groups, ComeBackFromAChangelog) {
  keeps_changes = true;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    std::mt19937_64 random(seed);
    hash_bits = seed % 4 == 0 ? 2 : 64;
    const uint64_t keys = seed % 3 == 0 ? 5 : 2000;
    state::close_groups(store);
    state::open_groups(store, hole_entry_bytes(), nullptr);
    const uint32_t stride = store.table.stride;
    Changelog changelog;
    for (uint64_t round = 0; round < 30; ++round) {
      for (uint64_t blocks = random() % 4; blocks != 0; --blocks)
        process(random_records(random, keys).data(), 64);
      if (random() % 3 == 0) {
        std::vector<uint32_t> slice;
        for (uint32_t i = 0; i < store.table.count; ++i)
          if (random() % 4 == 0) slice.push_back(i);
        changelog.save(save_groups, store.table, stride, slice, 2000);
      }
      changelog.commit(save_groups, store.table, stride, 100 + random() % 3000);
    }
    state::GroupStore back{};
    state::open_groups(back, hole_entry_bytes(), nullptr);
    changelog.load(load_groups, back.table, stride);
    ASSERT_TRUE(state::finish_groups(back.table));
    ASSERT_EQ(back.table.count, store.table.count);
    EXPECT_EQ(back.table.changed.count, 0u);

    const std::vector<Record> next = random_records(random, keys);
    changes.clear();
    process(next.data(), 64);
    const std::vector<Change> expected = changes;
    changes.clear();
    std::swap(store, back);
    process(next.data(), 64);
    EXPECT_EQ(changes, expected);
    state::close_groups(back);
  }
}

// What the heap held before is no part of it.
TEST_F(Groups, AreSavedInTheSameBytes) {
  keeps_changes = true;
  std::vector<std::string> saved;
  for (const int garbage : {0x11, 0x77}) {
    mallopt(M_PERTURB, garbage);
    state::close_groups(store);
    state::open_groups(store, hole_entry_bytes(), nullptr);
    std::mt19937_64 random(1);
    for (int i = 0; i < 5; ++i) process(random_records(random, 100).data(), 64);
    Changelog changelog;
    changelog.commit(save_groups, store.table, store.table.stride, 3000);
    std::string bytes;
    for (const std::string& chunk : changelog.chunks) bytes += chunk;
    saved.push_back(bytes);
  }
  mallopt(M_PERTURB, 0);
  EXPECT_GT(saved[0].size(), 3000u);
  EXPECT_TRUE(saved[0] == saved[1]);
}

TEST_F(Groups, DoNotComeBackFromAChangelogWithHoles) {
  keeps_changes = true;
  const Record records[] = {{0, "a", 1}, {0, "b", 2}};
  Changelog changelog;
  process(records, 1);
  changelog.commit(save_groups, store.table, store.table.stride, 1000);
  process(records + 1, 1);
  changelog.commit(save_groups, store.table, store.table.stride, 1000);
  ASSERT_EQ(changelog.chunks.size(), 2u);
  changelog.chunks.erase(changelog.chunks.begin());
  state::GroupStore back{};
  state::open_groups(back, hole_entry_bytes(), nullptr);
  changelog.load(load_groups, back.table, back.table.stride);
  EXPECT_FALSE(state::finish_groups(back.table));
  state::close_groups(back);
}

}  // namespace
}  // namespace weir::kernel_tests
