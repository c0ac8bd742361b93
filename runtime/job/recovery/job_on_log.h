// Which topics a job uses and how, as its preflight looks at them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/job/manifest/log_options.h"
#include "runtime/job/manifest/manifest.h"

namespace weir::job {

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
  std::vector<TopicUse> uses;
};
JobOnLog job_on_log(const Manifest& manifest);

}  // namespace weir::job
