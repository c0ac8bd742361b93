#include "runtime/job/recovery/preflight_checks.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "runtime/commit/recovery_record.h"

namespace weir::job {
namespace {

using connectors::Configs;
using connectors::TopicFacts;
using Findings = std::vector<Finding>;
using Role = TopicUse::Role;

// A chunk of state with what is around it.
constexpr int64_t kChangelogBytes = 750'000;

const TopicFacts* find_topic(const LogState& log, std::string_view name) {
  const auto found = log.topics.find(std::string(name));
  return found == log.topics.end() ? nullptr : &found->second;
}

// Of a topic that is there and may be asked.
const Configs* configs_of(const LogState& log, std::string_view topic) {
  const TopicFacts* facts = find_topic(log, topic);
  return facts != nullptr && facts->state == TopicFacts::State::There && facts->configs ? &*facts->configs
                                                                                        : nullptr;
}

std::string text_of(const Configs* configs, const std::string& key) {
  const auto found = configs == nullptr ? Configs::const_iterator() : configs->find(key);
  return configs == nullptr || found == configs->end() ? "" : found->second;
}

std::optional<int64_t> number_of(const Configs* configs, const std::string& key) {
  const std::string text = text_of(configs, key);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

const Configs* broker_of(const LogState& log) { return log.broker ? &*log.broker : nullptr; }

bool in_list(std::string_view list, std::string_view word) {
  for (size_t at = 0; at <= list.size();) {
    const size_t comma = std::min(list.find(',', at), list.size());
    if (list.substr(at, comma - at) == word) {
      return true;
    }
    at = comma + 1;
  }
  return false;
}

bool is_output(const TopicUse& use) { return use.role == Role::Output || use.role == Role::Upsert; }

std::string duration_text(int64_t ms) {
  constexpr std::pair<int64_t, std::string_view> kUnits[] = {
      {86'400'000, "d"}, {3'600'000, "h"}, {60'000, "min"}, {1'000, "s"}};
  for (const auto& [size, unit] : kUnits) {
    if (ms >= size && ms % size == 0) {
      return fmt::format("{} {}", ms / size, unit);
    }
  }
  return fmt::format("{} ms", ms);
}

std::string alter_text(const JobOnLog& job, std::string_view topic, std::string_view config) {
  return fmt::format(
      "`kafka-configs.sh --bootstrap-server {} --alter --entity-type topics --entity-name {} --add-config "
      "{}`",
      job.servers, topic, config);
}

std::string plural(size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

bool is_exactly_once(const JobOnLog& job) {
  return job.settings && job.settings->guarantee == commit::Guarantee::ExactlyOnce;
}

void has_name(const JobOnLog& job, const LogState& /*log*/, Findings& findings) {
  if (job.unnamed) {
    findings.push_back(
        {Severity::Error, "the job has no name",
         "positions and transactions go by it, and a text that is no file has none of its own",
         "SET 'pipeline.name' = 'my_job', or put the text into a file: its name is the job's"});
  }
}

void one_cluster(const JobOnLog& job, const LogState& log, Findings& findings) {
  const auto other = std::ranges::find_if(
      log.clusters, [&](const auto& it) { return it.second != log.clusters.front().second; });
  if (!job.settings || other == log.clusters.end()) {
    return;
  }
  findings.push_back({Severity::Error,
                      fmt::format("tables `{}` and `{}` lie in different Kafka clusters",
                                  log.clusters.front().first, other->first),
                      "what was read is committed together with the results, in the cluster of the results",
                      "mirror the topic into one cluster, or split the job"});
}

void too_old(const JobOnLog& job, const LogState& log, Findings& findings) {
  const std::string version = text_of(broker_of(log), "inter.broker.protocol.version");
  int major = 0;
  int minor = 0;
  const char* const end = version.data() + version.size();
  const auto [dot, error] = std::from_chars(version.data(), end, major);
  if (error != std::errc() || dot == end || *dot != '.') {
    return;
  }
  std::from_chars(dot + 1, end, minor);
  if (job.settings && std::pair(major, minor) < std::pair(2, 5)) {
    findings.push_back(
        {Severity::Error, fmt::format("the brokers speak version {} of Kafka's protocol", version),
         "positions that a pending transaction may still change can be told apart since 2.5 (KIP-447)",
         "raise `inter.broker.protocol.version`, or take newer brokers"});
  }
}

void topics_exist(const JobOnLog& job, const LogState& log, Findings& findings) {
  int32_t partitions = 1;
  for (const TopicUse& use : job.uses) {
    const TopicFacts* facts = find_topic(log, use.topic);
    if (use.role == Role::Input && facts != nullptr) {
      partitions = std::max(partitions, facts->partitions);
    }
  }
  std::vector<std::string> names;
  std::vector<std::string> commands;
  for (const TopicUse& use : job.uses) {
    const TopicFacts* facts = find_topic(log, use.topic);
    const std::string name = fmt::format("`{}`", use.topic);
    if (use.role == Role::Changelog || facts == nullptr || facts->state != TopicFacts::State::Missing ||
        std::ranges::find(names, name) != names.end()) {
      continue;
    }
    names.push_back(name);
    commands.push_back(fmt::format(
        "kafka-topics.sh --bootstrap-server {} --create --topic {} --partitions {} --replication-factor {}{}",
        job.servers, use.topic, partitions, std::clamp<int32_t>(log.brokers, 1, 3),
        use.role == Role::Upsert ? " --config cleanup.policy=compact" : ""));
  }
  if (names.empty()) {
    return;
  }
  findings.push_back(
      {Severity::Error,
       fmt::format("{} {} {} not exist", names.size() == 1 ? "topic" : "topics", fmt::join(names, ", "),
                   names.size() == 1 ? "does" : "do"),
       "Weir makes no inputs and outputs: how many partitions they have is for you to decide",
       fmt::format("make {} with\n  {}", names.size() == 1 ? "it" : "them", fmt::join(commands, "\n  "))});
}

void topics_allowed(const JobOnLog& job, const LogState& log, Findings& findings) {
  std::vector<std::string> names;
  std::vector<std::string> commands;
  for (const TopicUse& use : job.uses) {
    const TopicFacts* facts = find_topic(log, use.topic);
    if (facts == nullptr || facts->state != TopicFacts::State::Denied) {
      continue;
    }
    names.push_back(fmt::format("`{}`", use.topic));
    commands.push_back(
        fmt::format("kafka-acls.sh --bootstrap-server {} --add --allow-principal User:NAME {} "
                    "--topic {}",
                    job.servers,
                    use.role == Role::Input       ? "--operation Read"
                    : use.role == Role::Changelog ? "--operation Read --operation Write"
                                                  : "--operation Write",
                    use.topic));
  }
  if (!names.empty()) {
    findings.push_back(
        {Severity::Error,
         fmt::format("{} {} may not be used by this user", names.size() == 1 ? "topic" : "topics",
                     fmt::join(names, ", ")),
         "inputs need the right READ, outputs WRITE, a changelog both; DESCRIBE comes with them",
         fmt::format("give {} with\n  {}", names.size() == 1 ? "it" : "them", fmt::join(commands, "\n  "))});
  }
}

void transaction_timeout(const JobOnLog& job, const LogState& log, Findings& findings) {
  const auto most = number_of(broker_of(log), "transaction.max.timeout.ms");
  if (!is_exactly_once(job) || !most || job.settings->transaction_timeout_ms <= *most) {
    return;
  }
  const std::string asked = duration_text(job.settings->transaction_timeout_ms);
  findings.push_back(
      {Severity::Error,
       fmt::format("a transaction may be open for {}, and the brokers allow {}", asked, duration_text(*most)),
       "that is the setting `transaction.timeout`",
       fmt::format("set `transaction.timeout` to at most {}, or raise `transaction.max.timeout.ms` of the "
                   "brokers",
                   duration_text(*most))});
}

void offset_metadata(const JobOnLog& job, const LogState& log, Findings& findings) {
  const auto most = number_of(broker_of(log), "offset.metadata.max.bytes");
  if (job.settings && most && *most < static_cast<int64_t>(commit::kMaxRecordBytes)) {
    findings.push_back(
        {Severity::Error,
         fmt::format("the brokers take {} bytes beside a committed offset, and Weir may need {}", *most,
                     commit::kMaxRecordBytes),
         "what a job needs to go on is stored there, with the offsets",
         "raise `offset.metadata.max.bytes` of the brokers to 4096, its default"});
  }
}

void internal_topics(const JobOnLog& job, const LogState& log, Findings& findings) {
  struct Internal {
    std::string_view topic, setting;
    bool needed;
  };
  for (const Internal& it :
       {Internal{kTransactions, "transaction.state.log.replication.factor", is_exactly_once(job)},
        Internal{kOffsets, "offsets.topic.replication.factor", job.settings.has_value()}}) {
    const TopicFacts* facts = find_topic(log, it.topic);
    const auto replicas = number_of(broker_of(log), std::string(it.setting));
    if (it.needed && facts != nullptr && facts->state == TopicFacts::State::Missing && replicas &&
        *replicas > log.brokers) {
      findings.push_back({Severity::Error,
                          fmt::format("topic `{}` cannot be made: it is to have {} replicas, and there {} {}",
                                      it.topic, *replicas, log.brokers == 1 ? "is" : "are",
                                      plural(static_cast<size_t>(log.brokers), "broker", "brokers")),
                          "the brokers make it when it is first needed",
                          fmt::format("set `{}` of the brokers to at most {}", it.setting, log.brokers)});
    }
  }
}

// What a job writes must not be lost with a broker.
void replication_of(const JobOnLog& job, const LogState& log, const std::string& topic, Findings& findings) {
  const TopicFacts* facts = find_topic(log, topic);
  if (facts == nullptr || facts->state != TopicFacts::State::There) {
    return;
  }
  const Configs* configs = configs_of(log, topic);
  const int64_t replicas = facts->least_replicas;
  const int64_t in_sync = number_of(configs, "min.insync.replicas").value_or(1);
  if (in_sync > replicas) {
    findings.push_back(
        {Severity::Error,
         fmt::format("nothing can be written to topic `{}`: it has {}, and `min.insync.replicas` is {}",
                     topic, plural(static_cast<size_t>(replicas), "replica", "replicas"), in_sync),
         "a record counts as written when that many replicas have it",
         fmt::format("{}, or give it more replicas with `kafka-reassign-partitions.sh`",
                     alter_text(job, topic, fmt::format("min.insync.replicas={}", replicas)))});
    return;
  }
  if (log.brokers < 2) {
    return;
  }
  if (replicas == 1) {
    findings.push_back(
        {Severity::Warning,
         fmt::format("topic `{}` has one replica, and there are {} brokers", topic, log.brokers),
         "if that broker is away, the job waits; if its disk is lost, so are the records",
         "give it more replicas with `kafka-reassign-partitions.sh`"});
  } else if (is_exactly_once(job) && configs != nullptr && in_sync < 2) {
    findings.push_back(
        {Severity::Warning,
         fmt::format(
             "a committed record of topic `{}` may lie on one broker only: `min.insync.replicas` is 1",
             topic),
         "if the others were behind when that broker's disk is lost, what was committed is lost",
         alter_text(job, topic, "min.insync.replicas=2")});
  }
  if (text_of(configs, "unclean.leader.election.enable") == "true") {
    findings.push_back({Severity::Warning,
                        fmt::format("topic `{}` may lose records that were committed", topic),
                        "`unclean.leader.election.enable` lets a replica lead that has not got them all",
                        alter_text(job, topic, "unclean.leader.election.enable=false")});
  }
}

void replication(const JobOnLog& job, const LogState& log, Findings& findings) {
  std::vector<std::string> topics;
  for (const TopicUse& use : job.uses) {
    if (use.role != Role::Input && std::ranges::find(topics, use.topic) == topics.end()) {
      topics.push_back(use.topic);
    }
  }
  if (is_exactly_once(job)) {
    topics.emplace_back(kTransactions);
  }
  if (job.settings) {
    topics.emplace_back(kOffsets);
  }
  for (const std::string& topic : topics) {
    replication_of(job, log, topic, findings);
  }
}

void input_cleanup(const JobOnLog& job, const LogState& log, Findings& findings) {
  for (const TopicUse& use : job.uses) {
    if (use.role == Role::Input && use.replayed_ms > 0 &&
        in_list(text_of(configs_of(log, use.topic), "cleanup.policy"), "compact")) {
      findings.push_back(
          {job.settings ? Severity::Error : Severity::Note,
           fmt::format("topic `{}` is compacted, and `{}` is rebuilt by reading it again", use.topic,
                       use.replayed_name),
           "records that a later one of their key has replaced are missing then: windows that are open at a "
           "crash would come out wrong",
           "SET 'recovery.mode' = 'changelog' keeps the state of windows in a topic of its own"});
    }
  }
}

void input_retention(const JobOnLog& job, const LogState& log, Findings& findings) {
  for (const TopicUse& use : job.uses) {
    const Configs* configs = configs_of(log, use.topic);
    if (use.role != Role::Input || use.replayed_ms == 0 ||
        !in_list(text_of(configs, "cleanup.policy"), "delete")) {
      continue;
    }
    const auto kept_ms = number_of(configs, "retention.ms");
    const auto kept_bytes = number_of(configs, "retention.bytes");
    if (kept_ms && *kept_ms >= 0 && *kept_ms <= use.replayed_ms) {
      findings.push_back(
          {Severity::Warning,
           fmt::format("topic `{}` keeps its records for {}, and `{}` is rebuilt by reading {} of them again",
                       use.topic, duration_text(*kept_ms), use.replayed_name, duration_text(use.replayed_ms)),
           "what has been deleted when the job starts again is missing, and the job refuses to go on",
           fmt::format("{} keeps them for twice as long; or SET 'recovery.mode' = 'changelog'",
                       alter_text(job, use.topic, fmt::format("retention.ms={}", 2 * use.replayed_ms)))});
    } else if (kept_bytes && *kept_bytes >= 0) {
      findings.push_back(
          {Severity::Note,
           fmt::format(
               "topic `{}` keeps at most {} bytes of a partition, and `{}` is rebuilt by reading {} of "
               "records again",
               use.topic, *kept_bytes, use.replayed_name, duration_text(use.replayed_ms)),
           "", "`weir job status` shows how near the low-water offset is to the beginning of the topic"});
    }
  }
}

void output_cleanup(const JobOnLog& job, const LogState& log, Findings& findings) {
  for (const TopicUse& use : job.uses) {
    const Configs* configs = configs_of(log, use.topic);
    const std::string policy = text_of(configs, "cleanup.policy");
    if (!is_output(use) || policy.empty()) {
      continue;
    }
    const bool compacted = in_list(policy, "compact");
    if (use.role == Role::Upsert && !compacted) {
      findings.push_back(
          {Severity::Warning,
           fmt::format("table `{}` updates records by key, and topic `{}` is not compacted", use.table,
                       use.topic),
           "all updates stay until they are too old, and then the last one of a key goes as well",
           alter_text(job, use.topic, "cleanup.policy=compact")});
    } else if (use.role == Role::Output && compacted && !use.keyed) {
      findings.push_back({Severity::Error,
                          fmt::format("topic `{}` is compacted, and the records of table `{}` have no key",
                                      use.topic, use.table),
                          "a compacted topic takes no records without a key",
                          fmt::format("declare `key.fields` and `key.format`, or {}",
                                      alter_text(job, use.topic, "cleanup.policy=delete"))});
    } else if (use.role == Role::Output && compacted) {
      findings.push_back(
          {Severity::Warning,
           fmt::format("topic `{}` is compacted: of the rows of table `{}` with one key only the last "
                       "stays",
                       use.topic, use.table),
           "a table of connector `kafka` adds rows and replaces none",
           alter_text(job, use.topic, "cleanup.policy=delete")});
    }
  }
}

void changelog(const JobOnLog& job, const LogState& log, Findings& findings) {
  for (const TopicUse& use : job.uses) {
    const Configs* configs = configs_of(log, use.topic);
    if (use.role != Role::Changelog || configs == nullptr) {
      continue;
    }
    if (in_list(text_of(configs, "cleanup.policy"), "compact")) {
      findings.push_back(
          {Severity::Error,
           fmt::format("topic `{}`, which keeps the state of the job, is compacted", use.topic),
           "its records have no key, and each of them is needed",
           alter_text(job, use.topic, "cleanup.policy=delete,retention.ms=-1")});
      continue;
    }
    const auto most_bytes = number_of(configs, "max.message.bytes");
    if (most_bytes && *most_bytes < kChangelogBytes) {
      findings.push_back(
          {Severity::Error,
           fmt::format("topic `{}`, which keeps the state of the job, takes records of {} bytes at most",
                       use.topic, *most_bytes),
           fmt::format("a piece of state may take {} bytes", kChangelogBytes),
           alter_text(job, use.topic, "max.message.bytes=1048588")});
    }
    const auto kept_ms = number_of(configs, "retention.ms");
    const auto kept_bytes = number_of(configs, "retention.bytes");
    if ((kept_ms && *kept_ms >= 0) || (kept_bytes && *kept_bytes >= 0)) {
      findings.push_back(
          {Severity::Warning,
           fmt::format("topic `{}`, which keeps the state of the job, forgets its records", use.topic),
           "a start after that has no state to go on with, and refuses to",
           alter_text(job, use.topic, "retention.ms=-1,retention.bytes=-1")});
    }
  }
}

void not_asked(const JobOnLog& job, const LogState& log, Findings& findings) {
  std::vector<std::string> unknown;
  if (!log.broker && job.settings) {
    unknown.emplace_back("the brokers");
  }
  for (const TopicUse& use : job.uses) {
    const TopicFacts* facts = find_topic(log, use.topic);
    const std::string name = fmt::format("topic `{}`", use.topic);
    if (facts != nullptr && facts->state == TopicFacts::State::There && !facts->configs &&
        std::ranges::find(unknown, name) == unknown.end()) {
      unknown.push_back(name);
    }
  }
  if (!unknown.empty()) {
    findings.push_back({Severity::Note,
                        fmt::format("the settings of {} have not been checked: the brokers do not tell them",
                                    fmt::join(unknown, ", ")),
                        "", "with the right DESCRIBE_CONFIGS Weir warns of what would fail later"});
  }
}

constexpr Check kChecks[] = {
    {"name", has_name},
    {"one cluster", one_cluster},
    {"version of the brokers", too_old},
    {"topics exist", topics_exist},
    {"topics may be used", topics_allowed},
    {"time-out of transactions", transaction_timeout},
    {"room for the recovery record", offset_metadata},
    {"topics of the brokers themselves", internal_topics},
    {"replication of what is written", replication},
    {"cleanup of inputs", input_cleanup},
    {"retention of inputs", input_retention},
    {"cleanup of outputs", output_cleanup},
    {"changelog", changelog},
    {"what may not be asked", not_asked},
};

}  // namespace

std::span<const Check> checks() { return kChecks; }

std::vector<Finding> look_at_everything(const JobOnLog& job, const LogState& log) {
  std::vector<Finding> findings;
  for (const Check& check : kChecks) {
    check.look(job, log, findings);
  }
  return findings;
}

std::string finding_text(const Finding& finding) {
  constexpr std::string_view kNames[] = {"note", "warning", "error"};
  std::string text = fmt::format("{}: {}\n", kNames[static_cast<size_t>(finding.severity)], finding.text);
  if (!finding.reason.empty()) {
    text += fmt::format("note: {}\n", finding.reason);
  }
  if (!finding.remedy.empty()) {
    text += fmt::format("hint: {}\n", finding.remedy);
  }
  return text;
}

}  // namespace weir::job
