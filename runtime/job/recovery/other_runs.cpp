#include "runtime/job/recovery/other_runs.h"

#include <algorithm>

#include <fmt/format.h>

#include "runtime/job/recovery/starts.h"
#include "runtime/job/run/run.h"

namespace weir::job {
namespace {

std::unexpected<Error> usage(std::string text) {
  return std::unexpected(Error{Error::Kind::Usage, std::move(text)});
}

bool is_restored(const CommitRun& commit, uint32_t topic, int32_t partition) {
  return std::ranges::any_of(commit.restored_places, [&](const connectors::TopicPartition& it) {
    return it.partition == partition && commit::checksum_of(it.topic) == topic;
  });
}

// The topic's name; empty: no scan reads it.
std::string find_topic(const Run& run, uint32_t checksum) {
  for (const LogScan& log : run.logs) {
    for (const std::string& topic : log.source->options().topics) {
      if (commit::checksum_of(topic) == checksum) {
        return topic;
      }
    }
  }
  return "";
}

}  // namespace

Result<std::string> former_transactions(const Run& run) {
  if (run.logs.empty()) {
    return "";
  }
  const LogScan& first = run.logs.front();
  const auto places = first.source->partitions();
  if (!places) {
    return std::unexpected(places.error());
  }
  const auto committed = first.consumer->committed(first.source->options().group, *places);
  if (!committed) {
    return std::unexpected(committed.error());
  }
  for (const connectors::CommittedOffset& it : *committed) {
    const auto record = commit::decode(it.metadata);
    if (record && record->job && record->job->name == run.commit->settings.job) {
      return record->job->transactional_id;
    }
  }
  return "";
}

Result<void> check_owner(const Run& run, const LogScan& log, const connectors::TopicPartition& place,
                         const commit::RecoveryRecord& record) {
  const std::string& group = log.source->options().group;
  if (record.owner == 0 || record.owner == commit::checksum_of(run.commit->settings.job)) {
    const std::string& table = run.manifest.scans[log.scan].table;
    if (record.table == 0 || record.table == commit::checksum_of(table)) {
      return {};
    }
    return usage(fmt::format(
        "the positions of group `{}` for {} are those of another table than `{}`: it was renamed, or of "
        "several tables over one topic another comes first now\n"
        "hint: order and names have to stay, or each of the tables gets a `properties.group.id` of its own; "
        "otherwise {}",
        group, place_text(place), table, kRestartHint));
  }
  return usage(fmt::format(
      "the positions of group `{}` for {} are those of {}, not of job `{}`\n"
      "hint: each job has to have a group of its own: leave `properties.group.id` out, then it is the job's "
      "name; a job that was renamed goes on under its old name (`pipeline.name`), or, with empty state, by "
      "`--restart-from committed`",
      group, place_text(place),
      record.job && !record.job->name.empty() ? fmt::format("job `{}`", record.job->name) : "another job",
      run.commit->settings.job));
}

Result<void> check_committed(const Run& run, const std::string& group,
                             const connectors::CommittedOffset& committed, uint64_t at_least) {
  const connectors::TopicPartition& place = committed.partition;
  if (committed.offset == connectors::kNoOffset) {
    return std::unexpected(Error{
        Error::Kind::InputOutput,
        fmt::format("what group `{}` has committed for {} is gone: the topic was deleted, or the offset",
                    group, place_text(place))});
  }
  const auto record = commit::decode(committed.metadata);
  const commit::JobRecord& ours = run.commit->record;
  if (record && record->job && record->job->token == ours.token && record->job->commit >= at_least &&
      record->job->commit <= ours.commit) {
    return {};
  }
  const std::string by = record && record->job ? record->job->name : "";
  if (by == run.commit->settings.job) {
    return std::unexpected(Error{Error::Kind::Fenced, "another instance of the job has taken over"});
  }
  return std::unexpected(Error{
      Error::Kind::Fenced,
      fmt::format("the position of group `{}` for {} is no longer the one that this process has committed: "
                  "{} commits for the same group",
                  group, place_text(place), by.empty() ? "somebody else" : fmt::format("job `{}`", by))});
}

Result<void> check_inputs(Run& run) {
  const CommitRun& commit = *run.commit;
  if (commit.restored_places.empty() && !commit.has_record) {
    return {};
  }
  if (!commit.has_record) {
    return usage(fmt::format(
        "there are committed positions, as for {}, but not the job's part of the recovery record: it lies "
        "with the first partition of the first topic, which is no longer read, or was deleted, or whose "
        "offset has expired\nhint: {}",
        place_text(commit.restored_places.front()), kRestartHint));
  }
  if (run.options.accept_data_loss) {
    return {};
  }
  for (const commit::InputRecord& input : commit.record.inputs) {
    const std::string topic = find_topic(run, input.topic);
    if (topic.empty()) {
      return usage(fmt::format(
          "the job has read a topic that it no longer reads: what open windows have of it would be lost\n"
          "hint: `--accept-data-loss` goes on without it; otherwise name the topic again, or {}",
          kRestartHint));
    }
    for (int32_t partition = 0; partition < input.partitions; ++partition) {
      if (!is_restored(commit, input.topic, partition)) {
        return usage(fmt::format(
            "nothing is committed for {}, which the job has read: the topic was made anew, or the offset has "
            "expired\nhint: `--accept-data-loss` reads it from its begin; or {}",
            place_text({topic, partition}), kRestartHint));
      }
    }
  }
  return {};
}

std::vector<commit::InputRecord> inputs_of(const Run& run) {
  std::vector<commit::InputRecord> inputs;
  for (const PartitionRun& partition : run.partitions) {
    if (partition.log == nullptr) {
      continue;
    }
    const connectors::TopicPartition& place = partition.log->place();
    const uint32_t topic = commit::checksum_of(place.topic);
    auto input = std::ranges::find(inputs, topic, &commit::InputRecord::topic);
    if (input == inputs.end()) {
      input = inputs.insert(inputs.end(), {topic, 0});
    }
    input->partitions = std::max(input->partitions, place.partition + 1);
  }
  return inputs;
}

}  // namespace weir::job
