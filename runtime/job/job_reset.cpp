#include "runtime/job/job_reset.h"

#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "runtime/job/recovery/changelog_topic.h"
#include "runtime/job/recovery/committed_job.h"

namespace weir::job {
namespace {

Result<CommittedJob> read_idle_job(const Manifest& manifest, const connectors::KafkaLog& log) {
  auto committed = read_committed_job(manifest, log);
  if (committed && !committed->active.empty()) {
    return std::unexpected(Error{
        Error::Kind::Usage,
        fmt::format("job `{}` is running, as `{}`\nhint: stop it first; a process that was killed counts as "
                    "running for 10 s",
                    manifest.job_name, fmt::join(committed->active, "`, `"))});
  }
  return committed;
}

// Ends the transaction that a killed process may have left, and fences one that is about to start.
Result<std::unique_ptr<connectors::LogProducer>> take_over(const Manifest& manifest,
                                                           const CommitSettings& settings,
                                                           const connectors::KafkaLog& log) {
  auto producer = log.make_producer(sink_connection(manifest),
                                    {.transactional_id = transactions_of(settings),
                                     .transaction_timeout_ms = settings.transaction_timeout_ms});
  if (!producer) {
    return producer;
  }
  if (auto done = (*producer)->open(); !done) {
    return std::unexpected(done.error());
  }
  return producer;
}

// A record without a commit: positions, and nothing that operators could go on from.
std::string empty_record(const CommitSettings& settings, const std::string& table, int64_t position,
                         int64_t stop, bool anchor) {
  commit::RecoveryRecord record;
  record.owner = commit::checksum_of(settings.job);
  record.table = commit::checksum_of(table);
  record.partition.position = record.partition.low_offset = position;
  record.partition.stop_offset = stop;
  if (anchor) {
    record.job.emplace().name = settings.job;
  }
  return commit::encode(record);
}

// Brokers take a while, and a job that starts meanwhile would find the topic, and lose it.
void wait_until_gone(connectors::LogAdmin& admin, const std::string& topic) {
  constexpr int kLooks = 50;
  constexpr std::chrono::milliseconds kPause{200};
  for (int look = 0; look < kLooks; ++look) {
    const auto facts = admin.topic(topic);
    if (facts && facts->state == connectors::TopicFacts::State::Missing) {
      return;
    }
    std::this_thread::sleep_for(kPause);
  }
}

}  // namespace

Result<std::string> reset_job(const Manifest& manifest, const connectors::KafkaLog* given,
                              const std::string& to) {
  const auto log = log_or_kafka(given);
  if (!log) {
    return std::unexpected(log.error());
  }
  const auto committed = read_idle_job(manifest, **log);
  if (!committed) {
    return std::unexpected(committed.error());
  }
  std::vector<connectors::OffsetCommit> offsets;
  std::string text;
  for (const CommittedInput& input : committed->inputs) {
    const std::string& group = input.source->options().group;
    for (const CommittedPartition& it : input.partitions) {
      const int64_t offset = to == "earliest" ? it.range.first : to == "latest" ? it.range.end : it.offset;
      if (offset == connectors::kNoOffset) {
        continue;
      }
      const auto stop = input.source->stop_offset(it.place);
      if (!stop) {
        return std::unexpected(stop.error());
      }
      offsets.push_back({group, it.place, offset,
                         empty_record(committed->settings, input.table, offset, *stop, offsets.empty())});
      text += fmt::format("partition {} of topic `{}`, group `{}`: offset {}\n", it.place.partition,
                          it.place.topic, group, offset);
    }
  }
  if (offsets.empty()) {
    return std::unexpected(
        Error{Error::Kind::Usage, fmt::format("job `{}` has committed nothing\nhint: reset it "
                                              "to `earliest` or `latest`",
                                              manifest.job_name)});
  }
  const auto producer = take_over(manifest, committed->settings, **log);
  if (!producer) {
    return std::unexpected(producer.error());
  }
  if (auto done = (*producer)->begin(); !done) {
    return std::unexpected(done.error());
  }
  if (auto done = (*producer)->commit(offsets); !done) {
    return std::unexpected(done.error());
  }
  return text + "the next start begins there, with empty state\n";
}

Result<std::string> what_drop_deletes(const Manifest& manifest) {
  if (!commits(manifest) || !reads_log(manifest)) {
    return std::unexpected(Error{
        Error::Kind::Usage,
        fmt::format("job `{}` commits nothing: it does not go from topics to a topic", manifest.job_name)});
  }
  const auto settings = commit_settings(manifest);
  if (!settings) {
    return std::unexpected(settings.error());
  }
  std::string text;
  for (uint32_t scan = 0; scan < manifest.scans.size(); ++scan) {
    if (!is_log(manifest.scans[scan].options)) {
      continue;
    }
    const auto source = log_source_options(manifest, scan);
    if (!source) {
      return std::unexpected(source.error());
    }
    text += fmt::format("what group `{}` has committed for `{}`\n", source->group,
                        fmt::join(source->topics, "`, `"));
  }
  text += fmt::format("group `{}`\n", lock_group(*settings));
  if (keeps_changelog(manifest)) {
    text += fmt::format("topic `{}`, with the state of the job\n", changelog_topic(*settings));
  }
  return text;
}

Result<std::string> drop_job(const Manifest& manifest, const connectors::KafkaLog* given) {
  const auto log = log_or_kafka(given);
  if (!log) {
    return std::unexpected(log.error());
  }
  const auto committed = read_idle_job(manifest, **log);
  if (!committed) {
    return std::unexpected(committed.error());
  }
  // First what would be deleted again by a transaction that is committed late, and what an instance would hold.
  if (committed->settings.guarantee == commit::Guarantee::ExactlyOnce) {
    if (const auto producer = take_over(manifest, committed->settings, **log); !producer) {
      return std::unexpected(producer.error());
    }
  }
  std::string text;
  const auto say = [&](const std::string& what, bool deleted) {
    text += fmt::format("{}: {}\n", what, deleted ? "deleted" : "there is none");
  };
  const std::string lock = lock_group(committed->settings);
  const auto unlocked = committed->admin->delete_group(lock);
  if (!unlocked) {
    return std::unexpected(unlocked.error());
  }
  say(fmt::format("group `{}`", lock), *unlocked);
  for (const CommittedInput& input : committed->inputs) {
    std::vector<connectors::TopicPartition> places;
    for (const CommittedPartition& it : input.partitions) {
      if (it.offset != connectors::kNoOffset) {
        places.push_back(it.place);
      }
    }
    const std::string& group = input.source->options().group;
    const auto deleted =
        places.empty() ? Result<bool>(false) : committed->admin->delete_offsets(group, places);
    if (!deleted) {
      return std::unexpected(deleted.error());
    }
    say(fmt::format("offsets of group `{}`, table `{}`", group, input.table), *deleted);
  }
  if (keeps_changelog(manifest)) {
    const std::string topic = changelog_topic(committed->settings);
    const auto deleted = committed->admin->delete_topic(topic);
    if (!deleted) {
      return std::unexpected(deleted.error());
    }
    wait_until_gone(*committed->admin, topic);
    say(fmt::format("topic `{}`", topic), *deleted);
  }
  return text;
}

}  // namespace weir::job
