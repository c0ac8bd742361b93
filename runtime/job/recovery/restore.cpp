#include "runtime/job/recovery/restore.h"
#include "runtime/job/recovery/changelog_run.h"

#include <algorithm>

#include <fmt/format.h>

#include "runtime/job/manifest/time_text.h"
#include "runtime/job/recovery/changed_query.h"
#include "runtime/job/recovery/starts.h"
#include "runtime/job/run/run.h"

namespace weir::job {
namespace {

std::unexpected<Error> usage(std::string text) {
  return std::unexpected(Error{Error::Kind::Usage, std::move(text)});
}

// How far each operator had come. What is left is of operators that the query no longer has.
Result<void> restore_progress(Run& run) {
  const auto found = find_state(run.manifest.operators, run.commit->record.operators);
  if (!found) {
    return usage(fmt::format("the state that was committed does not fit the query: {}\nhint: {}",
                             found.error(), kRestartHint));
  }
  for (const ManifestOperator& op : run.manifest.operators) {
    (*run.operators)[op.id].reached = found->of_operator[op.id]->reached;
    (*run.operators)[op.id].passed = found->of_operator[op.id]->passed;
  }
  run.operators->restore_lates();
  for (const commit::OperatorRecord* record : found->left) {
    run.commit->left_behind.push_back(record->fingerprint);
  }
  if (!found->left.empty()) {
    run.report->message(fmt::format("{} that the query no longer has {} left behind\n",
                                    found->left.size() == 1
                                        ? "the state of an operator"
                                        : fmt::format("the states of {} operators", found->left.size()),
                                    found->left.size() == 1 ? "is" : "are"));
  }
  return {};
}

}  // namespace

Result<void> refuse_finished(const Run& run, const commit::JobRecord& job) {
  if (!job.finished || run.commit->finished) {
    return {};
  }
  return usage(
      fmt::format("the job has finished: its bounded input was read to the end\nhint: {}", kRestartHint));
}

Result<void> refuse_first_start(const Run& run) {
  if (run.commit && (run.commit->restored || !run.commit->starts)) {
    return {};
  }
  const std::string group = run.logs.empty() ? "" : run.logs.front().source->options().group;
  return usage(fmt::format(
      "`--resume`: there is no earlier run of job `{}` to go on from; group `{}` has committed nothing\n"
      "hint: the first start is one without `--resume`; if there was an earlier run, its brokers, "
      "`properties.group.id` and `pipeline.name` have to be the same, and its offsets not expired "
      "(`offsets.retention.minutes` of the broker)",
      run.manifest.job_name, group));
}

Result<void> restore_operators(Run& run) {
  if (run.commit && run.commit->restored) {
    if (auto done = restore_progress(run); !done) {
      return done;
    }
  }
  return run.changelog ? run.changelog->restore(run.firing_lane->context()) : Result<void>{};
}

bool needs_replay(const Run& run) {
  return std::ranges::any_of(run.partitions, [](const PartitionRun& it) {
    return it.log != nullptr && it.record.low_offset < it.record.position;
  });
}

Result<void> end_replay(Run& run) {
  for (PartitionRun& partition : run.partitions) {
    if (partition.log == nullptr) {
      continue;
    }
    partition.log->stop_at(partition.record.stop_offset);
    partition.finished = false;
    if (partition.watermark != partition.record.watermark && !run.options.accept_data_loss) {
      return usage(
          fmt::format("{}: the records before offset {} are not those that the job has read before: their "
                      "watermark is {}, it was "
                      "{}\nhint: {}",
                      place_text(partition.log->place()), partition.record.position,
                      time_text(partition.watermark), time_text(partition.record.watermark), kRestartHint));
    }
    partition.published = partition.watermark;
  }
  return {};
}

}  // namespace weir::job
