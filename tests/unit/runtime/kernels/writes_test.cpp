// Rows and changes on their way into a sink's buffer.
#define WEIR_COPY writes_test
#include "tests/unit/runtime/kernels/kernel_copy.h"
// first of all, for it renames what follows

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "runtime/kernels/write_changes.cpp"
#include "runtime/kernels/write_rows.cpp"
#include "runtime/state/arena.h"
#include "runtime/time/windows.h"

namespace {

struct alignas(16) SourceRow {
  int64_t time;
  int64_t value;
};
struct alignas(16) PreparedRow {
  int64_t shown;  // value / 10
  int64_t start;
};

int64_t least_value = 0;  // WHERE value >= …
bool fan_out = false;
int64_t window_size = 100;
int64_t window_slide = 100;
weir::time::WindowKind window_kind = weir::time::WindowKind::Tumble;
int64_t failing_value = -1;
bool keeps_update_before = true;

SourceRow source_at(const char* row) {
  SourceRow result;
  std::memcpy(&result, row, sizeof result);
  return result;
}
PreparedRow prepared_at(const char* row) {
  PreparedRow result;
  std::memcpy(&result, row, sizeof result);
  return result;
}

}  // namespace

extern "C" {
uint32_t hole_row_bytes() { return sizeof(SourceRow); }
uint32_t hole_prepared_bytes() { return sizeof(PreparedRow); }
bool hole_prepare(Context* context, const char* row, int64_t window_start, int64_t, char* prepared) {
  const SourceRow source = source_at(row);
  if (source.value == failing_value) context->failure.expression = 1;
  const PreparedRow result{source.value / 10, window_start};
  std::memcpy(prepared, &result, sizeof result);
  return source.value >= least_value;
}
bool hole_fan_out() { return fan_out; }
int64_t hole_source_time(Context*, const char* row) { return source_at(row).time; }
bool hole_passes_outside(Context*, const char* row) { return source_at(row).value >= least_value; }
int64_t hole_window_size() { return window_size; }
int64_t hole_window_slide() { return window_slide; }
int64_t hole_window_offset() { return 0; }
int64_t hole_pane_size() { return 0; }
uint32_t hole_window_kind() { return static_cast<uint32_t>(window_kind); }
uint64_t hole_encode_bound(const char*) { return 64; }
bool hole_keeps_update_before() { return keeps_update_before; }
char* hole_encode(const char* prepared, uint32_t kind, char* out) {
  static constexpr const char* kKinds[] = {"+I", "-U", "+U", "-D"};
  const PreparedRow row = prepared_at(prepared);
  std::string text = kind == 255 ? "" : std::string(kKinds[kind]) + " ";
  text += std::to_string(row.shown);
  if (fan_out) text += "@" + std::to_string(row.start);
  text += "\n";
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}
bool hole_prepared_equal(const char* a, const char* b) {
  return prepared_at(a).shown == prepared_at(b).shown;
}
}

namespace weir::kernel_tests {
namespace {

class Writes : public testing::Test {
 protected:
  Writes() {
    state::open_arena(context.arena);
    output.begin = output.cursor = buffer;
    output.limit = buffer + sizeof buffer;
    state.output = &output;
    state.insert_kind = 255;
    least_value = 0;
    failing_value = -1;
    fan_out = false;
    keeps_update_before = true;
  }
  ~Writes() override { state::close_arena(context.arena); }

  std::string rows(const std::vector<SourceRow>& rows) {
    Block block{};
    block.rows = reinterpret_cast<const char*>(rows.data());
    block.count = static_cast<uint32_t>(rows.size());
    for (uint32_t i = 0; i < block.count; ++i) block.position[i] = 1000 + i;
    write_rows(&state, &context, &block);
    return {output.begin, output.cursor};
  }

  // A change is {before, after}; -1 = no such side.
  std::string changes(const std::vector<std::pair<int64_t, int64_t>>& changes) {
    std::vector<SourceRow> before;
    std::vector<SourceRow> after;
    ChangeBlock block{};
    for (const auto& [old_value, new_value] : changes) {
      const uint64_t bit = uint64_t{1} << before.size();
      if (old_value >= 0) block.has_before |= bit;
      if (new_value >= 0) block.has_after |= bit;
      before.push_back({0, old_value});
      after.push_back({0, new_value});
    }
    block.before = reinterpret_cast<const char*>(before.data());
    block.after = reinterpret_cast<const char*>(after.data());
    block.count = static_cast<uint32_t>(changes.size());
    write_changes(&state, &context, &block);
    return {output.begin, output.cursor};
  }

  Context context{};
  char buffer[1 << 16];
  OutputBuffer output{};
  state::RowWriterState state{};
};

TEST_F(Writes, RowsThatPass) {
  least_value = 20;
  EXPECT_EQ(rows({{0, 10}, {0, 20}, {0, 35}}), "2\n3\n");
  EXPECT_EQ(output.rows, 2u);
  EXPECT_EQ(state.counters.counted, 2u);
  EXPECT_EQ(state.counters.filtered, 1u);
}

TEST_F(Writes, PlainRowsIntoAnOutputOfChanges) {
  state.insert_kind = 0;
  EXPECT_EQ(rows({{0, 10}}), "+I 1\n");
}

TEST_F(Writes, ARowPerWindow) {
  fan_out = true;
  window_kind = time::WindowKind::Hop;
  window_size = 100;
  window_slide = 40;
  EXPECT_EQ(rows({{-1, 10}, {100, 20}}), "1@-80\n1@-40\n2@40\n2@80\n");
  output.cursor = output.begin;
  window_size = 10;
  EXPECT_EQ(rows({{5, 10}, {15, 20}}), "1@0\n");
  EXPECT_EQ(state.counters.outside, 1u);
  EXPECT_EQ(state.counters.counted, 3u);
  output.cursor = output.begin;
  window_kind = time::WindowKind::Cumulate;
  window_size = 120;
  EXPECT_EQ(rows({{-50, 10}}), "1@-120\n1@-120\n");
}

TEST_F(Writes, ChangesStayWellFormedBehindAFilter) {
  EXPECT_EQ(changes({{-1, 10}, {10, 20}, {20, 25}, {25, -1}}), "+I 1\n-U 1\n+U 2\n-D 2\n");
  output.cursor = output.begin;
  least_value = 20;
  EXPECT_EQ(changes({{-1, 10}, {10, 20}, {20, 30}, {30, 15}, {15, 12}, {12, -1}}),
            "+I 2\n-U 2\n+U 3\n-D 3\n");
  EXPECT_EQ(state.counters.filtered, 3u);
}

TEST_F(Writes, ChangesByKeyAloneLeaveOutTheRowBefore) {
  keeps_update_before = false;
  EXPECT_EQ(changes({{-1, 10}, {10, 20}, {20, 25}, {25, -1}}), "+I 1\n+U 2\n-D 2\n");
  EXPECT_EQ(output.rows, 3u);
}

TEST_F(Writes, StopAtTheRowThatFails) {
  failing_value = 20;
  EXPECT_EQ(rows({{0, 10}, {0, 20}, {0, 30}}), "1\n");
  EXPECT_EQ(context.failure.row, 1001u);
}

}  // namespace
}  // namespace weir::kernel_tests
