// How much memory the state of a job may take. Every block that state asks the system for is booked to the account of
// its operator. Beyond the limit nothing fails at once, for kernels cannot; the budget remembers who asked, and the job ends
// with a clear error after the batch, long before the system runs out.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace weir::state {

struct MemoryAccount;

struct MemoryBudget {
  uint64_t limit_bytes = UINT64_MAX;
  std::atomic<uint64_t> used_bytes = 0;
  std::atomic<const MemoryAccount*> exceeded_by = nullptr;  // the first that asked for more than there is
};

// State of one operator; or, without a name, the rows that are being worked on, of all operators.
struct MemoryAccount {
  MemoryBudget* budget = nullptr;
  std::string operator_name;  // "Aggregate TUMBLE(5 min) by category"
  std::atomic<uint64_t> bytes = 0;
  std::atomic<uint64_t> keys = 0;  // in tables, as of the last growth of each
};

// Books bytes that are about to be taken, or (negative) were given back. `account` may be null.
void book_bytes(MemoryAccount* account, int64_t bytes);

// "operator `…` needs more memory than `memory.budget` allows", with its keys and bytes; empty while all is well.
std::string budget_error(const MemoryBudget& budget);

// 80 % of the memory that this process may use: of the machine or of its cgroup, whichever is less.
uint64_t default_budget_bytes();
// The smallest limit among `root`'s memory.max of the cgroup `path` ("/a/b") and of its parents; 0 = none. (For default_budget_bytes.)
uint64_t cgroup_limit_bytes(const std::string& root, const std::string& path);

// "512mb", "2 gb", "64 KiB", "1000": bytes; 0 if it is no size.
uint64_t parse_bytes(const std::string& text);

}  // namespace weir::state
