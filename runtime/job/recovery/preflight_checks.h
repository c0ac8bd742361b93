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
#include "runtime/job/manifest/log_options.h"
#include "runtime/job/manifest/manifest.h"

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

struct TopicUse {
  enum class Role : uint8_t { Input, Output, Upsert, Changelog };
  Role role{};
  std::string table;  // empty: the changelog
  std::string topic;
  bool keyed = false;  // of outputs: records have a key
  int64_t replayed_ms =
      0;  // of inputs: the longest window that is rebuilt by reading again, and the delay of the watermark
  std::string replayed_name;  // which
};

struct JobOnLog {
  std::string servers;                     // for commands
  std::optional<CommitSettings> settings;  // nothing: the job only reads
  bool unnamed = false;                    // what it commits would go by a name that others have, too
  bool raised_timeout = false;             // the time-out of transactions follows from the commit interval
  std::vector<TopicUse> uses;
};
JobOnLog job_on_log(const Manifest& manifest);

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
