#include "runtime/job/recovery/starts.h"

#include <algorithm>

#include <fmt/format.h>

#include "runtime/job/recovery/other_runs.h"
#include "runtime/job/run/run.h"

namespace weir::job {
namespace {

using connectors::CommittedOffset;
using connectors::TopicPartition;

std::unexpected<Error> usage(std::string text) {
  return std::unexpected(Error{Error::Kind::Usage, std::move(text)});
}

Result<commit::RecoveryRecord> record_of(const CommittedOffset& committed, const std::string& group) {
  const auto record = commit::decode(committed.metadata);
  if (!record) {
    return usage(
        fmt::format("group `{}` has committed offset {} for {}, but its recovery record cannot be used: "
                    "{}\nhint: {}",
                    group, committed.offset, place_text(committed.partition), record.error(), kRestartHint));
  }
  return *record;
}

commit::CommitName name_of_commit(const std::vector<CommittedOffset>& committed) {
  for (const CommittedOffset& it : committed) {
    const auto record = commit::decode(it.metadata);
    if (record && record->job) {
      return {record->job->token, record->job->commit};
    }
  }
  return {};
}

// Where another program has committed offsets for the group, a first start in mode `group-offsets` begins there.
bool takes_plain_offsets(const LogScan& log, const std::vector<CommittedOffset>& committed) {
  return log.source->options().start.kind == connectors::LogBound::Kind::GroupOffsets &&
         std::ranges::all_of(committed, [](const CommittedOffset& it) { return it.metadata.empty(); });
}

// The committed offset, with empty state.
Result<PartitionStart> start_at(const Run& run, LogScan& log, const CommittedOffset& committed) {
  const auto range = log.consumer->offsets(committed.partition);
  if (!range) {
    return std::unexpected(range.error());
  }
  if (committed.offset < range->first && !run.options.accept_data_loss) {
    return usage(fmt::format(
        "offset {} is committed for {}, which begins at {} now: the records between have been deleted "
        "(retention)\n"
        "hint: `--accept-data-loss` begins at what is left, and keeps what is committed for other "
        "partitions; `--restart-from earliest` begins at what is left of all",
        committed.offset, place_text(committed.partition), range->first));
  }
  PartitionStart start;
  start.record.position = start.record.low_offset = std::max(committed.offset, range->first);
  const auto stop = log.source->stop_offset(committed.partition);
  if (!stop) {
    return std::unexpected(stop.error());
  }
  start.record.stop_offset = *stop;
  return start;
}

// A restart is asked for once: it is from what was committed when the process began (look_before_restart). What this process
// has committed since counts, and what another one has, that was active before or has taken over. The first scan has the
// anchor, and decides for all.
bool restarts(Run& run, const LogScan& log, const std::vector<CommittedOffset>& committed) {
  if (run.options.restart_from.empty()) {
    return false;
  }
  if (&log == &run.logs.front()) {
    run.commit->restarts = !run.history->stood_by && run.history->before_restart == name_of_commit(committed);
  }
  return run.commit->restarts;
}

}  // namespace

Result<void> look_before_restart(Run& run) {
  if (run.options.restart_from.empty() || run.history->before_restart || run.logs.empty()) {
    return {};
  }
  LogScan& first = run.logs.front();
  const auto places = first.source->partitions();
  if (!places) {
    return std::unexpected(places.error());
  }
  const auto committed = first.consumer->committed(first.source->options().group, *places);
  if (!committed) {
    return std::unexpected(committed.error());
  }
  run.history->before_restart = name_of_commit(*committed);
  return {};
}

std::string place_text(const TopicPartition& place) {
  return fmt::format("partition {} of topic `{}`", place.partition, place.topic);
}

Result<PartitionStart> first_start(LogScan& log, const TopicPartition& place, bool at_earliest) {
  PartitionStart start;
  if (at_earliest) {
    const auto range = log.consumer->offsets(place);
    if (!range) {
      return std::unexpected(range.error());
    }
    start.record.position = range->first;
  } else {
    const auto offset = log.source->start_offset(place);
    if (!offset) {
      return std::unexpected(offset.error());
    }
    start.record.position = *offset;
  }
  const auto stop = log.source->stop_offset(place);
  if (!stop) {
    return std::unexpected(stop.error());
  }
  start.record.low_offset = start.record.position;
  start.record.stop_offset = *stop;
  return start;
}

Result<std::vector<PartitionStart>> committed_starts(Run& run, LogScan& log,
                                                     const std::vector<TopicPartition>& places,
                                                     std::optional<commit::JobRecord>& job) {
  const std::string& group = log.source->options().group;
  const auto committed = log.consumer->committed(group, places);
  if (!committed) {
    return std::unexpected(committed.error());
  }
  const bool fresh = restarts(run, log, *committed);
  const bool any = std::ranges::any_of(
      *committed, [](const CommittedOffset& it) { return it.offset != connectors::kNoOffset; });
  const bool from_committed =
      fresh ? run.options.restart_from == "committed" : takes_plain_offsets(log, *committed);
  std::vector<PartitionStart> starts;
  for (const CommittedOffset& it : *committed) {
    const bool is_committed = it.offset != connectors::kNoOffset;
    if (from_committed && is_committed) {
      auto start = start_at(run, log, it);
      if (!start) {
        return std::unexpected(start.error());
      }
      starts.push_back(*start);
      continue;
    }
    if (fresh || !is_committed) {
      // A new partition is read from its begin.
      auto start = first_start(log, it.partition, any && (!fresh || from_committed));
      if (!start) {
        return std::unexpected(start.error());
      }
      starts.push_back(*start);
      continue;
    }
    auto record = record_of(it, group);
    if (!record) {
      return std::unexpected(record.error());
    }
    if (auto owned = check_owner(run, log, it.partition, *record); !owned) {
      return std::unexpected(owned.error());
    }
    if (record->job) {
      job = record->job;
    }
    starts.push_back({record->partition, true});
  }
  return starts;
}

Result<void> check_retention(const Run& run, LogScan& log, const TopicPartition& place,
                             commit::PartitionRecord& record) {
  const auto range = log.consumer->offsets(place);
  if (!range) {
    return std::unexpected(range.error());
  }
  if (record.low_offset >= range->first) {
    return {};
  }
  if (!run.options.accept_data_loss) {
    return usage(fmt::format(
        "{} begins at offset {}, but the job has to read from {}: the records between have been deleted "
        "(retention)\n"
        "hint: `--accept-data-loss` goes on without them; results that need them will be incomplete",
        place_text(place), range->first, record.low_offset));
  }
  record.low_offset = range->first;
  record.position = std::max(record.position, range->first);
  return {};
}

}  // namespace weir::job
