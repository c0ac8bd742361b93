#include "runtime/state/budget.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <fstream>

#include <fmt/format.h>

namespace weir::state {

void book_bytes(MemoryAccount* account, int64_t bytes) {
  if (!account) return;
  account->bytes.fetch_add(static_cast<uint64_t>(bytes), std::memory_order_relaxed);
  MemoryBudget* budget = account->budget;
  if (!budget) return;
  const uint64_t used =
      budget->used_bytes.fetch_add(static_cast<uint64_t>(bytes), std::memory_order_relaxed) +
      static_cast<uint64_t>(bytes);
  if (bytes > 0 && used > budget->limit_bytes) {
    const MemoryAccount* nobody = nullptr;
    budget->exceeded_by.compare_exchange_strong(nobody, account);
  }
}

namespace {

std::string bytes_text(uint64_t bytes) {
  if (bytes >= uint64_t{10} << 30) return fmt::format("{:.1f} GiB", static_cast<double>(bytes) / (1 << 30));
  if (bytes >= uint64_t{10} << 20) return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / (1 << 20));
  return fmt::format("{:.1f} KiB", static_cast<double>(bytes) / (1 << 10));
}

}  // namespace

std::string budget_error(const MemoryBudget& budget) {
  const MemoryAccount* account = budget.exceeded_by.load();
  if (!account) return {};
  if (account->operator_name.empty()) {
    return fmt::format(
        "the rows at hand do not fit into `memory.budget` ({}): they take {} beside {} of state and need "
        "more; "
        "raise it by SET 'memory.budget' = '…', or use fewer threads",
        bytes_text(budget.limit_bytes), bytes_text(account->bytes.load()),
        bytes_text(budget.used_bytes.load() - account->bytes.load()));
  }
  return fmt::format(
      "state does not fit into `memory.budget` ({}): operator `{}` holds {} keys in {} and needs more; "
      "raise it by SET 'memory.budget' = '…', or group by fewer keys or shorter windows",
      bytes_text(budget.limit_bytes), account->operator_name, account->keys.load(),
      bytes_text(account->bytes.load()));
}

uint64_t cgroup_limit_bytes(const std::string& root, const std::string& path) {
  uint64_t limit = 0;
  std::string at = path == "/" ? "" : path;
  while (true) {
    std::ifstream file(root + at + "/memory.max");
    uint64_t bytes = 0;
    if (file >> bytes) limit = limit == 0 ? bytes : std::min(limit, bytes);  // "max" is no number
    if (at.empty()) return limit;
    at.resize(at.rfind('/') == std::string::npos ? 0 : at.rfind('/'));
  }
}

uint64_t default_budget_bytes() {
  const uint64_t machine =
      static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  std::ifstream self("/proc/self/cgroup");
  std::string line;
  uint64_t limit = 0;
  while (std::getline(self, line)) {
    if (line.starts_with("0::")) limit = cgroup_limit_bytes("/sys/fs/cgroup", line.substr(3));
  }
  if (limit == 0) {  // version 1
    std::ifstream file("/sys/fs/cgroup/memory/memory.limit_in_bytes");
    file >> limit;
  }
  const uint64_t usable = limit == 0 ? machine : std::min(machine, limit);
  return usable / 5 * 4;
}

uint64_t parse_bytes(const std::string& text) {
  size_t at = 0;
  uint64_t number = 0;
  while (at < text.size() && std::isdigit(static_cast<unsigned char>(text[at]))) {
    const uint64_t digit = static_cast<uint64_t>(text[at++] - '0');
    if (number > (UINT64_MAX - digit) / 10) return 0;
    number = number * 10 + digit;
  }
  if (at == 0) return 0;
  while (at < text.size() && text[at] == ' ') ++at;
  std::string unit = text.substr(at);
  std::transform(unit.begin(), unit.end(), unit.begin(), [](unsigned char c) { return std::tolower(c); });
  uint32_t shift = 0;
  if (unit == "k" || unit == "kb" || unit == "kib") {
    shift = 10;
  } else if (unit == "m" || unit == "mb" || unit == "mib") {
    shift = 20;
  } else if (unit == "g" || unit == "gb" || unit == "gib") {
    shift = 30;
  } else if (unit == "t" || unit == "tb" || unit == "tib") {
    shift = 40;
  } else if (!unit.empty() && unit != "b" && unit != "bytes") {
    return 0;
  }
  return number > (UINT64_MAX >> shift) ? 0 : number << shift;
}

}  // namespace weir::state
