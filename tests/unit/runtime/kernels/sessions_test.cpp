// Sessions from records to fired rows, against sessions by definition: of each key the on-time records in order of time, cut
// where more than the gap lies between two.
#define WEIR_COPY sessions_test
#include "tests/unit/runtime/kernels/kernel_copy.h"
// first of all, for it renames what follows

#include <gtest/gtest.h>
#include <malloc.h>

#include <atomic>

#include <algorithm>
#include <map>
#include <random>
#include <thread>

#include "runtime/kernels/fire_sessions.cpp"
#include "runtime/kernels/save_sessions.cpp"
#include "runtime/kernels/session_aggregate.cpp"
#include "runtime/state/arena.h"
#include "tests/unit/runtime/kernels/changelog.h"
#include "tests/unit/runtime/kernels/test_holes.h"

extern "C" void hole_consume(Context*, const Block* block) { collect(block); }

namespace weir::kernel_tests {
namespace {

using state::SessionStore;
using state::SessionStores;

// One store.
SessionStores all(SessionStore& store) { return {&store, 0, 0}; }

// Several.
struct Shards {
  std::vector<SessionStore> stores;
  SessionStores sessions;
  Shards(uint32_t bits, int64_t gap, int64_t lateness)
      : stores(1u << bits), sessions{stores.data(), bits, 0} {
    for (SessionStore& store : stores)
      state::open_sessions(store, hole_entry_bytes(), gap, lateness, nullptr);
  }
  ~Shards() {
    for (SessionStore& store : stores) state::close_sessions(store);
  }
  Shards(const Shards&) = delete;
  Shards& operator=(const Shards&) = delete;
};

struct Worker {
  Context context{};
  state::SessionAggregateState state;

  explicit Worker(const SessionStores& sessions) {
    state::open_arena(context.arena);
    state::open_session_aggregate(state, sessions, false);
  }
  Worker(const Worker&) = delete;
  ~Worker() { state::close_arena(context.arena); }

  void process(const Record* records, uint32_t count) {
    std::vector<Row> rows;
    Block block{};
    for (uint32_t i = 0; i < count; ++i) {
      rows.push_back({{records[i].key.data(), records[i].key.size()}, records[i].time, records[i].value});
      block.watermark[i] = records[i].watermark;
    }
    block.rows = reinterpret_cast<const char*>(rows.data());
    block.count = count;
    session_aggregate(&state, &context, &block);
  }
};

struct Definition {
  std::vector<Fired> sessions;
  uint64_t late = 0;
  uint64_t filtered = 0;
  uint64_t counted = 0;
};

Definition sessions_by_definition(const std::vector<Records>& partitions, int64_t gap, int64_t lateness) {
  Definition result;
  std::map<std::string, std::vector<std::pair<int64_t, int64_t>>> by_key;
  for (const Records& partition : partitions) {
    for (const Record& record : partition) {
      if (record.value < 0) {
        ++result.filtered;
      } else if (record.watermark != abi::kNoWatermark && record.time <= record.watermark - lateness) {
        ++result.late;
      } else {
        ++result.counted;
        by_key[record.key].emplace_back(record.time, record.value);
      }
    }
  }
  for (auto& [key, records] : by_key) {
    std::sort(records.begin(), records.end());
    for (size_t i = 0; i < records.size(); ++i) {
      if (i == 0 || records[i].first > records[i - 1].first + gap) {
        result.sessions.push_back({0, records[i].first, key, 0, 0, INT64_MIN});
      }
      Fired& session = result.sessions.back();
      session.end = records[i].first + gap;
      ++session.count;
      session.sum += records[i].second;
      session.max = std::max(session.max, records[i].second);
    }
  }
  std::sort(result.sessions.begin(), result.sessions.end());
  return result;
}

std::vector<Records> random_partitions(std::mt19937_64& random, int64_t gap, int64_t delay, int keys,
                                       size_t count) {
  std::vector<Records> partitions;
  const size_t partition_count = 1 + random() % 3;
  for (size_t p = 0; p < partition_count; ++p) {
    Records records;
    int64_t now = -5 * gap;
    for (size_t i = 0; i < count; ++i) {
      now += static_cast<int64_t>(random() % static_cast<uint64_t>(gap / 3 + 1));
      if (random() % 100 == 0) now += 20 * gap;
      const int64_t time = now - static_cast<int64_t>(random() % static_cast<uint64_t>(3 * gap));
      records.push_back({time, "k" + std::to_string(random() % static_cast<uint64_t>(keys)),
                         static_cast<int64_t>(random() % 1000) - 50});
    }
    set_watermarks(records, delay);
    partitions.push_back(std::move(records));
  }
  return partitions;
}

void fire_at(const SessionStores& sessions, Context& context, state::FireState& fire, int64_t watermark) {
  fire_sessions(&fire, &context, &sessions, watermark);
}

void fire_rest(const SessionStores& sessions, Context& context, state::FireState& fire) {
  fire_at(sessions, context, fire, abi::kEndOfTime);
  for (uint32_t shard = 0; shard < count_of(sessions); ++shard) {
    EXPECT_EQ(sessions.stores[shard].count, 0u);
    EXPECT_EQ(sessions.stores[shard].keys, 0u);
  }
}

TEST(Sessions, AgreeWithTheDefinition) {
  uint64_t late = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    std::mt19937_64 random(seed);
    const int64_t gap = seed % 3 == 0 ? 1 : 1000;
    const int64_t lateness = seed % 4 == 0 ? gap / 2 : 0;
    const int keys = seed % 5 == 0 ? 1 : 20;
    hash_bits = seed % 7 == 0 ? 1 : 64;
    const auto partitions =
        random_partitions(random, gap, gap * static_cast<int64_t>(random() % 3), keys, 800);
    const Definition definition = sessions_by_definition(partitions, gap, lateness);
    late += definition.late;
    fired.clear();
    const Shards shards(static_cast<uint32_t>(seed / 3 % 3) * 2, gap, lateness);
    const SessionStores& sessions = shards.sessions;
    {
      Worker workers[] = {Worker(sessions), Worker(sessions)};
      state::FireState fire{};
      fire.ordered = seed % 2;  // unordered, a later session of a key may be closed first
      std::vector<size_t> at(partitions.size());
      while (true) {
        std::vector<size_t> open;
        int64_t w = abi::kEndOfTime;
        for (size_t p = 0; p < partitions.size(); ++p) {
          if (at[p] == partitions[p].size()) continue;
          open.push_back(p);
          w = std::min(w, partitions[p][at[p]].watermark);
        }
        if (open.empty()) break;
        if (random() % 3 == 0) fire_at(sessions, workers[0].context, fire, w);
        const size_t p = open[random() % open.size()];
        const size_t count = std::min<size_t>(1 + random() % 64, partitions[p].size() - at[p]);
        workers[random() % 2].process(&partitions[p][at[p]], static_cast<uint32_t>(count));
        at[p] += count;
      }
      fire_rest(sessions, workers[0].context, fire);
      if (!fire.ordered) std::sort(fired.begin(), fired.end());
      ASSERT_EQ(fired, definition.sessions) << "seed " << seed;
      ASSERT_EQ(workers[0].state.counters.late + workers[1].state.counters.late, definition.late);
      ASSERT_EQ(workers[0].state.counters.counted + workers[1].state.counters.counted, definition.counted);
      ASSERT_EQ(workers[0].state.counters.filtered + workers[1].state.counters.filtered, definition.filtered);
    }
  }
  hash_bits = 64;
  EXPECT_GT(late, 0u);
}

// The bounds of semantics 3: a record at exactly the end of a session joins it, one a millisecond later does not, and a
// record at exactly the watermark is late.
TEST(Sessions, TouchAtTheirEnds) {
  fired.clear();
  SessionStore store;
  state::open_sessions(store, hole_entry_bytes(), 10, 0, nullptr);
  {
    Worker worker(all(store));
    state::FireState fire{};
    fire.ordered = 1;
    const Record records[] = {
        {100, "a", 1, abi::kNoWatermark}, {110, "a", 2, 99}, {121, "a", 4, 99}, {121, "b", 8, 121}};
    worker.process(records, 4);
    EXPECT_EQ(worker.state.counters.late, 1u);
    fire_at(all(store), worker.context, fire, 119);
    EXPECT_TRUE(fired.empty());
    fire_at(all(store), worker.context, fire, 120);
    EXPECT_EQ(fired, (std::vector<Fired>{{120, 100, "a", 2, 3, 2}}));
    fire_rest(all(store), worker.context, fire);
    EXPECT_EQ(fired.back(), (Fired{131, 121, "a", 1, 4, 4}));
  }
  state::close_sessions(store);
}

// One record joins two sessions that it touches on both sides.
TEST(Sessions, AreJoinedByOneRecord) {
  fired.clear();
  SessionStore store;
  state::open_sessions(store, hole_entry_bytes(), 10, 0, nullptr);
  {
    Worker worker(all(store));
    state::FireState fire{};
    fire.ordered = 1;
    const Record records[] = {{100, "a", 1, 0}, {120, "a", 2, 0}, {150, "a", 4, 0}, {110, "a", 8, 0}};
    worker.process(records, 3);
    EXPECT_EQ(store.count, 3u);
    worker.process(records + 3, 1);
    EXPECT_EQ(store.count, 2u);
    fire_rest(all(store), worker.context, fire);
    EXPECT_EQ(fired, (std::vector<Fired>{{130, 100, "a", 3, 11, 8}, {160, 150, "a", 1, 4, 4}}));
  }
  state::close_sessions(store);
}

// Sessions come and go for ever; what they leave behind does not grow.
TEST(Sessions, GiveTheirMemoryBack) {
  fired.clear();
  SessionStore store;
  state::open_sessions(store, hole_entry_bytes(), 10, 0, nullptr);
  {
    Worker worker(all(store));
    state::FireState fire{};
    const std::string long_key(1000, 'x');
    for (int64_t i = 0; i < 20000; ++i) {
      const Record record{i * 5, long_key + std::to_string(i), 1, i * 5 - 1};
      worker.process(&record, 1);
      fire_at(all(store), worker.context, fire, i * 5);
    }
    fire_rest(all(store), worker.context, fire);
    EXPECT_EQ(fired.size(), 20000u);
    EXPECT_LT(store.memory.capacity, uint64_t{4} << 20);
    EXPECT_LT(store.capacity, 100u);
  }
  state::close_sessions(store);
}

TEST(Sessions, AreTheSameForThreadsThatShareTheStores) {
  std::mt19937_64 random(3);
  std::vector<Records> partitions;
  while (partitions.size() < 2) partitions = random_partitions(random, 1000, 500, 100, 20000);
  partitions.resize(2);
  const Definition definition = sessions_by_definition(partitions, 1000, 0);
  for (const uint32_t bits : {0, 3}) {
    fired.clear();
    const Shards shards(bits, 1000, 0);
    Worker workers[] = {Worker(shards.sessions), Worker(shards.sessions)};
    std::atomic<int64_t> published[2] = {abi::kNoWatermark, abi::kNoWatermark};
    std::vector<std::thread> threads;
    for (size_t p = 0; p < 2; ++p) {
      threads.emplace_back([&, p] {
        const Records& records = partitions[p];
        for (size_t i = 0; i < records.size(); i += 64) {
          workers[p].process(&records[i], static_cast<uint32_t>(std::min<size_t>(64, records.size() - i)));
          published[p].store(i + 64 < records.size() ? records[i + 64].watermark : abi::kEndOfTime,
                             std::memory_order_release);
        }
      });
    }
    Worker firing(shards.sessions);
    state::FireState fire{};
    fire.ordered = 1;
    int64_t w = abi::kNoWatermark;
    while (w != abi::kEndOfTime) {
      w = std::min(published[0].load(std::memory_order_acquire),
                   published[1].load(std::memory_order_acquire));
      fire_at(shards.sessions, firing.context, fire, w);
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(fired, definition.sessions);
  }
}

// One partition; commits, firings and slices of a snapshot between its blocks. What comes back from the changelog fires
// the same sessions as the store that was never away.
TEST(Sessions, ComeBackFromAChangelog) {
  keeps_changes = true;
  uint64_t came_back = 0, freed = 0;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    std::mt19937_64 random(seed);
    const int64_t gap = 1000;
    hash_bits = seed % 5 == 0 ? 1 : 64;
    Records records;
    int64_t now = 0;
    for (int i = 0; i < 3000; ++i) {
      now += static_cast<int64_t>(random() % 40);
      records.push_back({now - static_cast<int64_t>(random() % 6000), "key " + std::to_string(random() % 60),
                         static_cast<int64_t>(random() % 1000)});
    }
    set_watermarks(records, 5000);

    SessionStore store;
    state::open_sessions(store, hole_entry_bytes(), gap, 0, nullptr);
    const uint32_t stride = store.stride;
    Changelog changelog;
    state::FireState fire{};
    fire.ordered = true;
    const size_t crash = 500 + random() % 2000;
    size_t at = 0;
    {
      Worker worker(all(store));
      while (at < crash) {
        const auto count = static_cast<uint32_t>(std::min<size_t>(1 + random() % 64, records.size() - at));
        worker.process(records.data() + at, count);
        at += count;
        if (random() % 2 == 0) fire_at(all(store), worker.context, fire, records[at - 1].watermark);
        if (random() % 4 == 0) {
          std::vector<uint32_t> slice;
          for (uint32_t i = 0; i < store.used; ++i)
            if (random() % 3 == 0) slice.push_back(i);
          changelog.save(save_sessions, store, stride, slice, 1500);
        }
        if (random() % 3 == 0 || at >= crash)
          changelog.commit(save_sessions, store, stride, 100 + random() % 3000);
      }
    }
    freed += store.used - store.count;
    SessionStore back;
    state::open_sessions(back, hole_entry_bytes(), gap, 0, nullptr);
    changelog.load(load_sessions, back, stride);
    link_sessions(&back);
    EXPECT_EQ(back.count, store.count);
    EXPECT_EQ(back.keys, store.keys);
    came_back += back.count;

    // Both go on.
    std::vector<std::vector<Fired>> results;
    for (SessionStore* each : {&store, &back}) {
      fired.clear();
      Worker worker(all(*each));
      for (size_t next = at; next < records.size(); next += 50) {
        worker.process(records.data() + next,
                       static_cast<uint32_t>(std::min<size_t>(50, records.size() - next)));
        fire_at(all(*each), worker.context, fire, records[next].watermark);
      }
      fire_rest(all(*each), worker.context, fire);
      results.push_back(fired);
    }
    EXPECT_EQ(results[0], results[1]) << seed;
    state::close_sessions(store);
    state::close_sessions(back);
  }
  EXPECT_GT(came_back, 400u);
  EXPECT_GT(freed, 400u);
  keeps_changes = false;
  hash_bits = 64;
}

// What the heap held before is no part of it.
TEST(Sessions, AreSavedInTheSameBytes) {
  keeps_changes = true;
  std::vector<std::string> saved;
  for (const int garbage : {0x11, 0x77}) {
    mallopt(M_PERTURB, garbage);
    SessionStore store;
    state::open_sessions(store, hole_entry_bytes(), 1000, 0, nullptr);
    Records records;
    for (int i = 0; i < 300; ++i) records.push_back({i * 100, "key " + std::to_string(i % 37), i});
    set_watermarks(records, 5000);
    Changelog changelog;
    {
      Worker worker(all(store));
      for (size_t at = 0; at < records.size(); at += 60) worker.process(records.data() + at, 60);
      changelog.commit(save_sessions, store, store.stride, 3000);
    }
    state::close_sessions(store);
    std::string bytes;
    for (const std::string& chunk : changelog.chunks) bytes += chunk;
    saved.push_back(bytes);
  }
  mallopt(M_PERTURB, 0);
  keeps_changes = false;
  EXPECT_GT(saved[0].size(), 3000u);
  EXPECT_TRUE(saved[0] == saved[1]);
}

}  // namespace
}  // namespace weir::kernel_tests
