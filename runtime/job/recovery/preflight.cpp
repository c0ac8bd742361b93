#include "runtime/job/recovery/preflight.h"

#include <algorithm>
#include <vector>

#include "runtime/job/recovery/preflight_checks.h"
#include "runtime/job/run/run.h"

namespace weir::job {
namespace {

using connectors::LogAdmin;
using Properties = connectors::Properties;

// One for each set of properties that tables of the job have.
class Admins {
 public:
  Admins(const connectors::KafkaLog& kafka, std::shared_ptr<connectors::ConnectionReport> report)
      : kafka_(kafka), report_(std::move(report)) {}

  struct Known {
    Properties properties;
    std::unique_ptr<LogAdmin> admin;  // null: the log has none
    connectors::Cluster cluster;
  };

  Result<const Known*> of(const Options& options) {
    connectors::KafkaOptions wanted = connection_options(options, report_);
    std::erase_if(wanted.properties, [](const auto& it) { return it.first == "group.id"; });
    std::ranges::sort(wanted.properties);
    for (const auto& known : known_) {
      if (known->properties == wanted.properties) {
        return known.get();
      }
    }
    auto known = std::make_unique<Known>();
    known->properties = wanted.properties;
    auto admin = kafka_.make_admin(wanted);
    if (!admin) {
      return std::unexpected(admin.error());
    }
    known->admin = std::move(*admin);
    if (known->admin != nullptr) {
      auto cluster = known->admin->cluster();
      if (!cluster) {
        return std::unexpected(cluster.error());
      }
      known->cluster = std::move(*cluster);
    }
    known_.push_back(std::move(known));
    return known_.back().get();
  }

 private:
  const connectors::KafkaLog& kafka_;
  std::shared_ptr<connectors::ConnectionReport> report_;
  std::vector<std::unique_ptr<Known>> known_;
};

Result<void> ask_topic(LogAdmin& admin, const std::string& name, LogState& state) {
  if (state.topics.contains(name)) {
    return {};
  }
  auto facts = admin.topic(name);
  if (!facts) {
    return std::unexpected(facts.error());
  }
  state.topics.emplace(name, std::move(*facts));
  return {};
}

// The options of a table; of the changelog those of the first sink.
const Options& options_of(const Manifest& manifest, const TopicUse& use) {
  for (const ManifestScan& scan : manifest.scans) {
    if (use.role == TopicUse::Role::Input && scan.table == use.table) {
      return scan.options;
    }
  }
  const auto sink = std::ranges::find_if(manifest.sinks, [&](const ManifestSink& it) {
    return is_log(it.options) && (use.table.empty() || it.table == use.table);
  });
  return sink->options;
}

// Nothing: there is nobody to ask.
Result<std::optional<LogState>> ask(const Manifest& manifest, const JobOnLog& job, Admins& admins) {
  LogState state;
  bool broker_asked = false;
  for (const TopicUse& use : job.uses) {
    const auto known = admins.of(options_of(manifest, use));
    if (!known) {
      return std::unexpected(known.error());
    }
    LogAdmin* const admin = (*known)->admin.get();
    if (admin == nullptr) {
      return std::optional<LogState>();
    }
    if (!use.table.empty()) {
      state.clusters.emplace_back(use.table, (*known)->cluster.id);
    }
    if (auto done = ask_topic(*admin, use.topic, state); !done) {
      return std::unexpected(done.error());
    }
    if (broker_asked) {
      continue;  // outputs come first: it is theirs that counts
    }
    broker_asked = true;
    state.brokers = (*known)->cluster.brokers;
    if (!job.settings) {
      continue;
    }
    auto broker = admin->broker_configs();
    if (!broker) {
      return std::unexpected(broker.error());
    }
    state.broker = std::move(*broker);
    for (const std::string_view topic : {kTransactions, kOffsets}) {
      if (auto done = ask_topic(*admin, std::string(topic), state); !done) {
        return std::unexpected(done.error());
      }
    }
  }
  return std::optional(std::move(state));
}

}  // namespace

Result<void> preflight(Run& run, const connectors::KafkaLog& kafka,
                       const std::shared_ptr<connectors::ConnectionReport>& report) {
  if (run.history->was_open) {
    return {};
  }
  const JobOnLog job = job_on_log(run.manifest);
  Admins admins(kafka, report);
  const auto state = ask(run.manifest, job, admins);
  if (!state) {
    return std::unexpected(state.error());
  }
  if (!*state) {
    return {};
  }
  std::string errors;
  for (const Finding& finding : look_at_everything(job, **state)) {
    if (finding.severity == Severity::Error) {
      errors += finding_text(finding);
    } else if (finding.severity == Severity::Warning || run.options.summary) {
      run.report->message(finding_text(finding));
    }
  }
  if (errors.empty()) {
    return {};
  }
  // "error: " stands before the text of every error, and the line end behind it.
  errors.pop_back();
  return std::unexpected(Error{Error::Kind::Usage, errors.substr(std::string_view("error: ").size())});
}

}  // namespace weir::job
