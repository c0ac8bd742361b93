// Sessions in a changelog: the same bytes for any number of workers, and what comes back fires what would have been fired.
#define WEIR_COPY session_changelog_test
#include "tests/unit/runtime/kernels/kernel_copy.h"
// first of all, for it renames what follows

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "runtime/job/recovery/operator_changelog.h"
#include "runtime/kernels/fire_sessions.cpp"
#include "runtime/kernels/save_sessions.cpp"
#include "runtime/kernels/session_aggregate.cpp"
#include "runtime/state/arena.h"
#include "tests/unit/runtime/kernels/test_holes.h"

extern "C" void hole_consume(Context*, const Block* block) { collect(block); }

namespace weir::job {
namespace {

using kernel_tests::Record;
using kernel_tests::Records;

constexpr int64_t kGap = 1000;

const abi::EntryPoint kEntries[] = {{"fire_sessions_0", reinterpret_cast<void*>(fire_sessions)},
                                    {"save_sessions_0", reinterpret_cast<void*>(save_sessions)},
                                    {"load_sessions_0", reinterpret_cast<void*>(load_sessions)},
                                    {"link_sessions_0", reinterpret_cast<void*>(link_sessions)}};
const abi::Program kProgram{abi::kAbiVersion, 4, kEntries, nullptr, 0};
const EntryPoints kEntryPoints(kProgram);

Manifest manifest() {
  Manifest manifest;
  ManifestOperator op;
  op.windowing = Windowing::Session;
  op.size_ms = kGap;
  op.entry_bytes = hole_entry_bytes();
  op.recovery = commit::RecoveryMode::Changelog;
  manifest.operators.push_back(op);
  return manifest;
}

// A job of one operator and so many workers, and the lane that fires.
class Job {
 public:
  Job(const Manifest& manifest, uint32_t workers)
      : operators_(manifest, kEntryPoints, {.lanes = workers + 1, .allowed_lateness_ms = 0}, budget_),
        changelog(operators_[0], kEntryPoints),
        contexts_(workers),
        states_(workers) {
    for (abi::Context& context : contexts_) state::open_arena(context.arena);
    for (auto& state : states_) state::open_session_aggregate(state, op().sessions, false);
    op().fire.ordered = 1;
  }
  ~Job() {
    for (abi::Context& context : contexts_) state::close_arena(context.arena);
  }
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  OperatorRun& op() { return operators_[0]; }

  void process(size_t worker, const Record* records, uint32_t count) {
    std::vector<Row> rows;
    Block block{};
    for (uint32_t i = 0; i < count; ++i) {
      rows.push_back({{records[i].key.data(), records[i].key.size()}, records[i].time, records[i].value});
      block.watermark[i] = records[i].watermark;
    }
    block.rows = reinterpret_cast<const char*>(rows.data());
    block.count = count;
    session_aggregate(&states_[worker % states_.size()], &contexts_[worker % states_.size()], &block);
  }
  void advance(int64_t watermark) {
    op().reached = std::max(op().reached, watermark);
    op().fire_sessions(&op().fire, contexts_.data(), &op().sessions, watermark);
  }

 private:
  state::MemoryBudget budget_;
  Operators operators_;

 public:
  OperatorChangelog changelog;

 private:
  std::vector<abi::Context> contexts_;
  std::vector<state::SessionAggregateState> states_;
};

// Keys whose sessions end one after the other, and of which some have thousands of records between two commits.
Records random_records(std::mt19937_64& random) {
  Records records;
  int64_t now = 0;
  for (int i = 0; i < 1500; ++i) {
    now += static_cast<int64_t>(random() % (kGap / 4));
    records.push_back({now - static_cast<int64_t>(random() % (3 * kGap)),
                       "key " + std::to_string(random() % 40), static_cast<int64_t>(random() % 1000)});
  }
  kernel_tests::set_watermarks(records, 2 * kGap);
  return records;
}

struct Crashed {
  std::vector<std::string> blobs;
  std::vector<kernel_tests::Fired> fired;
};

// Reads up to the crash with a commit now and then, and what comes after it with as many workers as it is told.
Crashed run(const Records& records, uint64_t seed, uint32_t workers, uint32_t workers_after) {
  std::mt19937_64 random(seed);
  const Manifest of = manifest();
  Crashed result;
  size_t at = 0;
  fired.clear();
  int64_t reached = abi::kNoWatermark;
  {
    Job job(of, workers);
    while (at < 900) {
      const auto count = static_cast<uint32_t>(1 + random() % 40);
      job.process(random(), records.data() + at, count);
      at += count;
      if (random() % 3 == 0) job.advance(records[at - 1].watermark);
      if (random() % 10 == 0) {
        result.blobs.clear();
        job.changelog.save_everything(result.blobs);
      } else if (random() % 4 == 0) {
        job.changelog.save_changes(result.blobs);
      }
    }
    job.changelog.save_changes(result.blobs);
    reached = job.op().reached;
  }
  Job back(of, workers_after);
  for (const std::string& blob : result.blobs) EXPECT_TRUE(back.changelog.load(blob).has_value());
  back.op().reached = reached;
  EXPECT_TRUE(back.changelog.finish(nullptr).has_value());
  for (; at < records.size(); at += 32) {
    back.process(random(), records.data() + at,
                 static_cast<uint32_t>(std::min<size_t>(32, records.size() - at)));
  }
  back.advance(abi::kEndOfTime);
  result.fired = fired;
  return result;
}

TEST(SessionChangelog, DoesNotDependOnTheNumberOfWorkers) {
  keeps_changes = true;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    std::mt19937_64 random(seed);
    hash_bits = seed % 5 == 0 ? 2 : 64;
    const Records records = random_records(random);
    const Crashed one = run(records, seed, 1, 4);
    const Crashed four = run(records, seed, 4, 1);
    EXPECT_EQ(one.blobs, four.blobs) << seed;
    EXPECT_EQ(one.fired, four.fired) << seed;

    // Without a crash, and without a changelog.
    Manifest plain = manifest();
    plain.operators[0].recovery = commit::RecoveryMode::Replay;
    Job whole(plain, 1);
    fired.clear();
    for (size_t at = 0; at < records.size(); at += 50) whole.process(0, records.data() + at, 50);
    whole.advance(abi::kEndOfTime);
    EXPECT_GT(fired.size(), 300u);
    EXPECT_EQ(std::multiset(one.fired.begin(), one.fired.end()), std::multiset(fired.begin(), fired.end()))
        << seed;
  }
  keeps_changes = false;
  hash_bits = 64;
}

TEST(SessionChangelog, RefusesAShardThatThereIsNot) {
  const Manifest of = manifest();
  Job job(of, 1);
  const uint64_t header[] = {0, 16};  // an empty chunk of shard 16
  const auto loaded = job.changelog.load({reinterpret_cast<const char*>(header), sizeof header});
  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error(), "it belongs to a shard that does not exist");
}

}  // namespace
}  // namespace weir::job
