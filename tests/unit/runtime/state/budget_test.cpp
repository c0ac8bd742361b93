#include "runtime/state/budget.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "runtime/state/arena.h"
#include "runtime/state/groups.h"
#include "runtime/state/pane_set.h"
#include "runtime/state/sessions.h"
#include "runtime/state/state_memory.h"
#include "runtime/time/timers.h"

namespace weir::state {
namespace {

TEST(Budget, NamesTheOperatorThatAsksForMoreThanThereIs) {
  MemoryBudget budget;
  budget.limit_bytes = uint64_t{1} << 20;
  MemoryAccount small{&budget, "Aggregate by a"};
  MemoryAccount large{&budget, "Aggregate TUMBLE(5 min) by b"};
  const TablePtr few = make_table(48, &small);
  const TablePtr many = make_table(48, &large);
  EXPECT_EQ(budget_error(budget), "");
  while (budget_error(budget).empty()) {
    many->count = many->capacity;
    weir_table_grow(many.get());
  }
  EXPECT_EQ(
      budget_error(budget),
      "state does not fit into `memory.budget` (1024.0 KiB): operator `Aggregate TUMBLE(5 min) by b` holds "
      "12288 "
      "keys in 1792.0 KiB and needs more; raise it by SET 'memory.budget' = '…', or group by fewer keys or "
      "shorter windows");
}

// Every byte that is booked is given back, whatever it was for.
TEST(Budget, IsEvenInTheEnd) {
  MemoryBudget budget;
  MemoryAccount account{&budget, "Aggregate"};
  {
    TablePtr table = make_table(48, &account);
    for (int i = 0; i < 12; ++i) {
      table->count = table->capacity;
      weir_table_grow(table.get());
      weir_state_allocate(&table->memory, 100'000);
    }
    EXPECT_EQ(account.bytes.load(), table_bytes(*table));
    EXPECT_EQ(budget.used_bytes.load(), account.bytes.load());
    EXPECT_EQ(account.keys.load(), table->count);
  }
  {
    SessionStore store;
    open_sessions(store, 48, 10, 0, &account);
    store.used = store.capacity;
    weir_sessions_grow(&store);
    close_sessions(store);
    GroupStore groups;
    open_groups(groups, 48, &account);
    close_groups(groups);
  }
  EXPECT_EQ(account.bytes.load(), 0u);
  EXPECT_EQ(account.keys.load(), 0u);
  EXPECT_EQ(budget.used_bytes.load(), 0u);
}

// The timers of sessions, and what is taken out of them when they are due.
TEST(Budget, CountsTimersOfSessions) {
  constexpr uint32_t kSessions = 5000;
  MemoryBudget budget;
  MemoryAccount account{&budget, "Aggregate"};
  SessionStore store;
  open_sessions(store, 48, 10, 0, &account);
  for (store.used = 0; store.used < kSessions; ++store.used) {
    if (store.used == store.capacity) weir_sessions_grow(&store);
  }
  const uint64_t without_timers = account.bytes.load();
  for (uint32_t number = 0; number < kSessions; ++number) {
    SessionHeader* session = session_at(&store, number);
    session->last = number;
    weir_session_timer(&store, session);
  }
  const uint64_t timers = account.bytes.load() - without_timers;
  EXPECT_GE(timers, kSessions * sizeof(time::Timer));
  EXPECT_LE(timers, kSessions * sizeof(time::Timer) * 4);
  EXPECT_EQ(weir_sessions_due(&store, kSessions), kSessions - 9);
  const uint64_t due = store.due_capacity * sizeof(void*);
  EXPECT_GE(account.bytes.load(), without_timers + due + (kSessions - 9) * sizeof(time::Timer));
  EXPECT_EQ(budget.used_bytes.load(), account.bytes.load());
  close_sessions(store);
  EXPECT_EQ(account.bytes.load(), 0u);
}

// What is no operator's is said in other words.
TEST(Budget, CountsTheRowsThatAreWorkedOn) {
  MemoryBudget budget;
  budget.limit_bytes = uint64_t{1} << 20;
  MemoryAccount rows{&budget, ""};
  MemoryAccount state{&budget, "Aggregate"};
  book_bytes(&state, 64 << 10);
  abi::Context context{};
  open_arena(context.arena, &rows);
  const uint64_t first = rows.bytes.load();
  EXPECT_GE(first, uint64_t{64} << 10);
  const abi::Arena mark = context.arena;
  abi::allocate(&context, 400'000);
  EXPECT_GE(rows.bytes.load(), first + 400'000);
  EXPECT_EQ(budget_error(budget), "");
  context.arena = mark;
  abi::allocate(&context, (1 << 20) - 32);  // in place of the chunk that is too small for it
  EXPECT_EQ(rows.bytes.load(), first + (1 << 20));
  EXPECT_EQ(budget_error(budget),
            "the rows at hand do not fit into `memory.budget` (1024.0 KiB): they take 1088.0 KiB beside 64.0 "
            "KiB of state and need more; raise it by SET 'memory.budget' = '…', or use fewer threads");
  close_arena(context.arena);
  EXPECT_EQ(rows.bytes.load(), 0u);
}

TEST(Budget, IsTheLeastLimitOfTheCgroupsAbove) {
  const std::filesystem::path root = std::filesystem::temp_directory_path() / "weir_budget_test";
  std::filesystem::create_directories(root / "a" / "b");
  const auto write = [&](const char* where, const char* text) {
    std::ofstream(root / where / "memory.max") << text;
  };
  EXPECT_EQ(cgroup_limit_bytes(root, "/a/b"), 0u);
  write("a/b", "max\n");
  EXPECT_EQ(cgroup_limit_bytes(root, "/a/b"), 0u);
  write("a", "4096\n");
  EXPECT_EQ(cgroup_limit_bytes(root, "/a/b"), 4096u);
  write("a/b", "8192\n");
  EXPECT_EQ(cgroup_limit_bytes(root, "/a/b"), 4096u);
  EXPECT_EQ(cgroup_limit_bytes(root, "/"), 0u);
  std::filesystem::remove_all(root);
  EXPECT_GT(default_budget_bytes(), uint64_t{1} << 20);
}

TEST(Budget, ReadsSizes) {
  EXPECT_EQ(parse_bytes("1000"), 1000u);
  EXPECT_EQ(parse_bytes("64 kb"), 65536u);
  EXPECT_EQ(parse_bytes("2GiB"), uint64_t{2} << 30);
  EXPECT_EQ(parse_bytes("512mb"), uint64_t{512} << 20);
  for (const char* bad :
       {"", "mb", "-1", "1.5gb", "10 parsecs", "99999999999999999999", "99999999999999999tb"}) {
    EXPECT_EQ(parse_bytes(bad), 0u) << bad;
  }
}

}  // namespace
}  // namespace weir::state
