// Aggregation without a window: the changes that each record makes, and append-only DISTINCT.
#define WEIR_COPY groups_test
#include "tests/unit/runtime/kernels/kernel_copy.h"
// first of all, for it renames what follows

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <thread>

#include "runtime/kernels/group_aggregate.cpp"
#include "runtime/state/arena.h"
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

}  // namespace
}  // namespace weir::kernel_tests
