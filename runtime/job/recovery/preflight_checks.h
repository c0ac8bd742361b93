// What can be seen to go wrong with a job over topics before it reads a record: one table of checks. They ask nobody: what
// the brokers say has been gathered before (preflight.cpp), and tests make it up.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/connectors/log/log_admin.h"
#include "runtime/job/recovery/job_on_log.h"

namespace weir::job {

enum class Severity : uint8_t { Note, Warning, Error };

struct Finding {
  Severity severity{};
  std::string text;
  std::string reason;  // may be empty
  std::string remedy;  // may be empty
};
// "warning: …\nnote: …\nhint: …\n"
std::string finding_text(const Finding& finding);

struct LogState {
  int32_t brokers = 1;
  std::vector<std::pair<std::string, std::string>> clusters;  // by table
  std::optional<connectors::Configs> broker;                  // nothing: they do not tell
  std::map<std::string, connectors::TopicFacts> topics;       // of the job, and kTransactions, kOffsets
};
inline constexpr std::string_view kTransactions = "__transaction_state";
inline constexpr std::string_view kOffsets = "__consumer_offsets";

struct Check {
  std::string_view name;
  void (*look)(const JobOnLog& job, const LogState& log, std::vector<Finding>& findings);
};
std::span<const Check> checks();
std::vector<Finding> look_at_everything(const JobOnLog& job, const LogState& log);

}  // namespace weir::job
