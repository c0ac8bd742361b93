#include "runtime/job/job_status.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "runtime/job/manifest/time_text.h"
#include "runtime/job/recovery/changelog_run.h"
#include "runtime/job/recovery/committed_job.h"
#include "runtime/job/recovery/job_on_log.h"

namespace weir::job {
namespace {

using Row = std::vector<std::string>;

// Columns as wide as their widest cell.
std::string table_text(const std::vector<Row>& rows) {
  std::vector<size_t> widths(rows.front().size(), 0);
  for (const Row& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], row[i].size());
    }
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      line += fmt::format("  {:<{}}", row[i], widths[i]);
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
  }
  return text;
}

Row partition_row(const CommittedPartition& it) {
  const bool is_committed = it.offset != connectors::kNoOffset;
  const int64_t lag = it.range.end - (is_committed ? it.offset : it.range.first);
  Row row{it.place.topic, std::to_string(it.place.partition),
          is_committed ? std::to_string(it.offset) : "none", std::to_string(std::max<int64_t>(lag, 0))};
  if (!it.record) {
    row.resize(8);
    return row;
  }
  const commit::PartitionRecord& record = it.record->partition;
  row.insert(row.end(), {time_text(record.watermark), std::to_string(record.low_offset),
                         std::to_string(record.position - record.low_offset), record.idle ? "yes" : "no"});
  return row;
}

std::string input_text(const CommittedInput& input) {
  std::vector<Row> rows{
      {"topic", "partition", "position", "lag", "watermark", "low-water", "to replay", "idle"}};
  std::string notes;
  for (const CommittedPartition& it : input.partitions) {
    rows.push_back(partition_row(it));
    if (!it.trouble.empty()) {
      notes += fmt::format(
          "  note: partition {} of topic `{}`: {}; a start needs `--restart-from`, or `weir job reset`\n",
          it.place.partition, it.place.topic, it.trouble);
    }
    if (it.record && it.record->partition.low_offset < it.range.first) {
      notes += fmt::format(
          "  note: partition {} of topic `{}` begins at offset {} now (retention); a start needs "
          "`--accept-data-loss`\n",
          it.place.partition, it.place.topic, it.range.first);
    }
  }
  return fmt::format("table `{}`, group `{}`\n", input.table, input.source->options().group) +
         table_text(rows) + notes;
}

std::string mode_text(commit::RecoveryMode mode) {
  return mode == commit::RecoveryMode::Replay ? "R: reads input again" : "C: changelog";
}

std::string operators_text(const Manifest& manifest, const commit::JobRecord& job) {
  std::vector<Row> rows{{"operator", "mode", "windows fired up to"}};
  std::vector<commit::OperatorRecord> left = job.operators;
  for (const ManifestOperator& op : manifest.operators) {
    const auto found = std::ranges::find_if(left, [&](const commit::OperatorRecord& it) {
      return it.fingerprint == op.fingerprint && it.mode == op.recovery;
    });
    if (found == left.end()) {
      rows.push_back({op.name, mode_text(op.recovery), "(no state that fits this query)"});
      continue;
    }
    rows.push_back({op.name, mode_text(op.recovery),
                    op.windowing == Windowing::None ? "(no windows)" : time_text(found->reached)});
    left.erase(found);
  }
  for (const commit::OperatorRecord& it : left) {
    rows.push_back({"(not in this query)", mode_text(it.mode), time_text(it.reached)});
  }
  return rows.size() == 1 ? "" : table_text(rows);
}

Result<std::string> changelog_text(const CommittedJob& committed) {
  const std::string topic = changelog_topic(committed.settings);
  const auto range = committed.inputs.front().consumer->offsets({topic, 0});
  if (!range) {
    return std::unexpected(range.error());
  }
  const int64_t begin = committed.job->changelog.front().snapshot_offset;
  std::string text =
      fmt::format("changelog `{}`: read from offset {}, which ends at {}\n", topic, begin, range->end);
  if (begin < range->first) {
    text += fmt::format("  note: it begins at offset {} now (retention): the state is lost\n", range->first);
  }
  return text;
}

std::string head_text(const Manifest& manifest, const CommittedJob& committed) {
  std::string text = fmt::format("job `{}`: ", manifest.job_name);
  text += committed.active.empty() ? "not running\n"
                                   : fmt::format("running, as `{}`\n", fmt::join(committed.active, "`, `"));
  if (!committed.job) {
    return text + "nothing is committed\n";
  }
  if (committed.job->commit == 0) {
    return text + "reset: the next start begins at these positions, with empty state\n";
  }
  return text +
         fmt::format("commit {}{}\n", committed.job->commit,
                     committed.job->finished ? ", finished: its bounded input was read to the end" : "");
}

}  // namespace

std::string waiting_text(const Manifest& manifest) {
  return fmt::format("waiting for Kafka at `{}` …\n", job_on_log(manifest).servers);
}

Result<std::string> job_status(const Manifest& manifest, const connectors::KafkaLog* given) {
  const auto log = log_or_kafka(given);
  if (!log) {
    return std::unexpected(log.error());
  }
  const auto committed = read_committed_job(manifest, **log);
  if (!committed) {
    return std::unexpected(committed.error());
  }
  std::string text = head_text(manifest, *committed);
  for (const CommittedInput& input : committed->inputs) {
    text += input_text(input);
  }
  if (!committed->job || committed->job->commit == 0) {
    return text;
  }
  text += operators_text(manifest, *committed->job);
  if (!committed->job->changelog.empty()) {
    const auto changelog = changelog_text(*committed);
    if (!changelog) {
      return changelog;
    }
    text += *changelog;
  }
  return text;
}

}  // namespace weir::job
