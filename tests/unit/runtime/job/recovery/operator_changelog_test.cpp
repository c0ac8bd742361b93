// Windows whose panes a changelog keeps: what comes back after a crash fires what would have been fired.
#define WEIR_COPY operator_changelog_test
#include "tests/unit/runtime/kernels/kernel_copy.h"
// first of all, for it renames what follows

#include "runtime/job/recovery/operator_changelog.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <random>

#include "runtime/kernels/fire_panes.cpp"
#include "runtime/kernels/merge_panes.cpp"
#include "runtime/kernels/pane_aggregate.cpp"
#include "runtime/kernels/save_groups.cpp"
#include "runtime/state/arena.h"
#include "runtime/time/windows.h"
#include "tests/unit/runtime/kernels/test_holes.h"

extern "C" void hole_consume(Context*, const Block* block) { collect(block); }

namespace weir::job {
namespace {

using kernel_tests::Record;
using kernel_tests::Records;
using time::WindowKind;

constexpr uint32_t kLanes = 2;

const abi::EntryPoint kEntries[] = {{"save_groups_0", reinterpret_cast<void*>(save_groups)},
                                    {"load_groups_0", reinterpret_cast<void*>(load_groups)},
                                    {"merge_0", reinterpret_cast<void*>(merge_panes)},
                                    {"retract_0", reinterpret_cast<void*>(retract_panes)},
                                    {"fire_0", reinterpret_cast<void*>(fire_panes)}};
const abi::Program kProgram{abi::kAbiVersion, 5, kEntries, nullptr, 0};
const EntryPoints kEntryPoints(kProgram);

Manifest manifest_of(WindowKind kind, int64_t size, int64_t slide) {
  windows = {static_cast<uint32_t>(kind), size, slide, 0,
             kind == WindowKind::Cumulate ? slide : time::pane_size(size, slide)};
  Manifest manifest;
  ManifestOperator op;
  op.windowing = Windowing::Sliced;
  op.window_kind = windows.kind;
  op.size_ms = size;
  op.slide_ms = slide;
  op.pane_ms = windows.pane;
  op.entry_bytes = hole_entry_bytes();
  op.invertible = !with_max;
  op.recovery = commit::RecoveryMode::Changelog;
  manifest.operators.push_back(op);
  return manifest;
}

// A job of one operator and two lanes.
class Job {
 public:
  explicit Job(const Manifest& manifest)
      : operators_(manifest, kEntryPoints, {.lanes = kLanes, .allowed_lateness_ms = 0}, budget_),
        changelog(operators_[0], kEntryPoints) {
    for (uint32_t lane = 0; lane < kLanes; ++lane) {
      state::open_arena(contexts_[lane].arena);
      state::open_pane_aggregate(states_[lane], op().pane_set_list[lane], false);
    }
    op().fire.ordered = 1;
  }
  ~Job() {
    for (abi::Context& context : contexts_) state::close_arena(context.arena);
  }
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  OperatorRun& op() { return operators_[0]; }
  abi::Context* context() { return &contexts_[0]; }

  void process(uint32_t lane, const Record* records, uint32_t count) {
    std::vector<Row> rows;
    Block block{};
    for (uint32_t i = 0; i < count; ++i) {
      rows.push_back({{records[i].key.data(), records[i].key.size()}, records[i].time, records[i].value});
      block.watermark[i] = records[i].watermark;
    }
    block.rows = reinterpret_cast<const char*>(rows.data());
    block.count = count;
    pane_aggregate(&states_[lane], &contexts_[lane], &block);
  }
  void advance(int64_t watermark) {
    op().reached = std::max(op().reached, watermark);
    if (state::is_due(op().windows, op().pane_set_list, watermark))
      state::advance(op().windows, context(), op().fire, op().pane_set_list, watermark);
  }

 private:
  state::MemoryBudget budget_;
  Operators operators_;
  abi::Context contexts_[kLanes]{};
  state::PaneAggregateState states_[kLanes];

 public:
  OperatorChangelog changelog;
};

Records random_records(std::mt19937_64& random, int64_t size) {
  Records records;
  int64_t now = 0;
  for (int i = 0; i < 1500; ++i) {
    now += static_cast<int64_t>(random() % static_cast<uint64_t>(size / 8));
    if (random() % 100 == 0) now += 10 * size;
    records.push_back({now - static_cast<int64_t>(random() % static_cast<uint64_t>(3 * size)),
                       "key " + std::to_string(random() % 12), static_cast<int64_t>(random() % 1000)});
  }
  kernel_tests::set_watermarks(records, size);
  return records;
}

// The rows of windows that fire after `crash` records, with the state as it was or as it came back.
std::vector<kernel_tests::Fired> rest(Job& job, const Records& records, size_t at, uint64_t seed) {
  std::mt19937_64 random(seed);
  fired.clear();
  for (; at < records.size(); at += 32) {
    const auto count = static_cast<uint32_t>(std::min<size_t>(32, records.size() - at));
    job.process(static_cast<uint32_t>(random() % kLanes), records.data() + at, count);
    if (random() % 3 == 0) job.advance(records[at].watermark);
  }
  job.advance(abi::kEndOfTime);
  return fired;
}

struct Shape {
  WindowKind kind;
  int64_t size;
  int64_t slide;
  bool with_max;
};

class WindowChangelog : public testing::TestWithParam<Shape> {};

TEST_P(WindowChangelog, ComesBack) {
  const Shape& shape = GetParam();
  with_max = shape.with_max;
  keeps_changes = true;
  uint64_t fired_after = 0;
  uint64_t windows_before = 0;
  uint64_t snapshots_in_slices = 0;
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    std::mt19937_64 random(seed);
    hash_bits = seed % 5 == 0 ? 2 : 64;
    const Manifest manifest = manifest_of(shape.kind, shape.size, shape.slide);
    const Records records = random_records(random, shape.size);
    auto job = std::make_unique<Job>(manifest);
    std::vector<std::string> blobs;
    std::optional<size_t> snapshot;  // its first blob
    const size_t crash = 300 + random() % 900;
    size_t at = 0;
    while (at < crash) {
      const auto count = static_cast<uint32_t>(1 + random() % 40);
      job->process(static_cast<uint32_t>(random() % kLanes), records.data() + at, count);
      at += count;
      if (random() % 3 == 0) job->advance(records[at - 1].watermark);
      if (random() % 4 == 0 || at >= crash) {
        if (random() % 8 == 0) {
          blobs.clear();  // older ones are not needed
          snapshot.reset();
          job->changelog.save_everything(blobs);
        } else {
          const size_t before = blobs.size();
          job->changelog.save_changes(blobs);
          if (!snapshot && random() % 2 == 0) {
            snapshot = before;
            job->changelog.begin_snapshot();
          }
          if (snapshot && job->changelog.save_slice(1 + random() % 2000, blobs)) {
            blobs.erase(blobs.begin(), blobs.begin() + static_cast<ptrdiff_t>(*snapshot));
            snapshots_in_slices += *snapshot != before;
            snapshot.reset();
          }
        }
      }
      // The process dies, and the state comes back.
      if (random() % 20 == 0) {
        job->changelog.save_changes(blobs);
        snapshot.reset();
        auto back = std::make_unique<Job>(manifest);
        for (const std::string& blob : blobs) ASSERT_TRUE(back->changelog.load(blob).has_value());
        back->op().reached = job->op().reached;
        ASSERT_TRUE(back->changelog.finish(back->context()).has_value());
        job = std::move(back);
      }
    }
    windows_before += job->op().windows.windows_fired;
    Job back(manifest);
    for (const std::string& blob : blobs) ASSERT_TRUE(back.changelog.load(blob).has_value());
    back.op().reached = job->op().reached;
    ASSERT_TRUE(back.changelog.finish(back.context()).has_value());
    const auto expected = rest(*job, records, at, seed);
    EXPECT_EQ(rest(back, records, at, seed), expected) << seed;
    fired_after += expected.size();
  }
  EXPECT_GT(fired_after, 1000u);
  EXPECT_GT(windows_before, 20u);
  EXPECT_GT(snapshots_in_slices, 20u);
  keeps_changes = false;
  hash_bits = 64;
}

// Nothing is fired twice, and nothing is lost: a run with crashes gives the rows of one without.
TEST_P(WindowChangelog, FiresEachWindowOnce) {
  const Shape& shape = GetParam();
  with_max = shape.with_max;
  keeps_changes = true;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    std::mt19937_64 random(seed);
    const Manifest manifest = manifest_of(shape.kind, shape.size, shape.slide);
    const Records records = random_records(random, shape.size);
    std::vector<kernel_tests::Fired> results[2];
    for (const bool crashes : {false, true}) {
      std::mt19937_64 turns(seed);
      fired.clear();
      auto job = std::make_unique<Job>(manifest);
      std::vector<std::string> blobs;
      for (size_t at = 0; at < records.size(); at += 30) {
        const auto count = static_cast<uint32_t>(std::min<size_t>(30, records.size() - at));
        job->process(static_cast<uint32_t>(turns() % kLanes), records.data() + at, count);
        if (turns() % 3 == 0) job->advance(records[at].watermark);
        if (turns() % 10 != 0 || !crashes) continue;
        job->changelog.save_changes(blobs);
        auto back = std::make_unique<Job>(manifest);
        for (const std::string& blob : blobs) ASSERT_TRUE(back->changelog.load(blob).has_value());
        back->op().reached = job->op().reached;
        ASSERT_TRUE(back->changelog.finish(back->context()).has_value());
        job = std::move(back);
      }
      job->advance(abi::kEndOfTime);
      results[crashes] = fired;
    }
    EXPECT_EQ(results[1], results[0]) << seed;
    EXPECT_GT(results[0].size(), 100u);
  }
  keeps_changes = false;
}

INSTANTIATE_TEST_SUITE_P(Kinds, WindowChangelog,
                         testing::Values(Shape{WindowKind::Tumble, 1000, 1000, true},
                                         Shape{WindowKind::Hop, 1000, 100, false},
                                         Shape{WindowKind::Hop, 1000, 300, false},
                                         Shape{WindowKind::Hop, 1000, 100, true},
                                         Shape{WindowKind::Cumulate, 1000, 200, true}));

// A blob of one part of this kind.
std::string part(uint32_t kind, std::string_view bytes) {
  const uint32_t header[] = {kind, static_cast<uint32_t>(bytes.size()), 1, 0};
  return std::string(reinterpret_cast<const char*>(header), sizeof header).append(bytes);
}

TEST(OperatorChangelog, RefusesWhatIsNoBlobOfIt) {
  with_max = true;
  keeps_changes = true;
  const Manifest manifest = manifest_of(WindowKind::Tumble, 1000, 1000);
  Job job(manifest);
  const Record records[] = {{5, "a", 1}, {1005, "b", 1}};
  job.process(0, records, 1);
  std::vector<std::string> blobs;
  job.changelog.save_changes(blobs);
  ASSERT_EQ(blobs.size(), 1u);  // a chunk and a list of tables
  std::vector<std::string> more;
  job.changelog.save_changes(more);
  EXPECT_TRUE(more.empty());  // nothing has changed
  job.process(0, records + 1, 1);
  job.changelog.save_changes(more);
  ASSERT_EQ(more.size(), 1u);
  {
    Job back(manifest);
    EXPECT_EQ(back.changelog.load("x").error(), "it ends inside its header");
    EXPECT_EQ(back.changelog.load(blobs[0] + "x").error(), "it ends inside its header");
    EXPECT_EQ(back.changelog.load(blobs[0].substr(0, 40)).error(), "it is cut off");
    EXPECT_EQ(back.changelog.load(part(0, "abc")).error(), "it ends inside its header");
    EXPECT_EQ(back.changelog.load(part(1, "abc")).error(), "its list of tables is cut off");
  }
  Job back(manifest);
  ASSERT_TRUE(back.changelog.load(more[0]).has_value());
  EXPECT_EQ(back.changelog.finish(back.context()).error(), "a part of the changelog is missing");
  keeps_changes = false;
}

}  // namespace
}  // namespace weir::job
