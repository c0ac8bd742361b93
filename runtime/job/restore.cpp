#include "runtime/job/restore.h"

#include <algorithm>

#include <fmt/format.h>

#include "runtime/job/run.h"
#include "runtime/job/starts.h"
#include "runtime/job/time_text.h"

namespace weir::job {
namespace {

std::unexpected<Error> usage(std::string text) {
  return std::unexpected(Error{Error::Kind::Usage, std::move(text)});
}

// How far each operator had come.
Result<void> restore_progress(Run& run) {
  std::vector<commit::OperatorRecord> left = run.commit->record.operators;
  for (const ManifestOperator& op : run.manifest.operators) {
    const auto found = std::ranges::find_if(left, [&](const commit::OperatorRecord& it) {
      return it.fingerprint == op.fingerprint && it.mode == op.recovery;
    });
    if (found == left.end()) {
      return usage(
          fmt::format("the state that was committed does not fit the query: `{}` is new, or its input, "
                      "filters, window or keys have changed\nhint: {}",
                      op.name, kRestartHint));
    }
    (*run.operators)[op.id].reached = found->reached;
    (*run.operators)[op.id].passed = found->passed;
    left.erase(found);
  }
  return {};
}

}  // namespace

Result<void> refuse_finished(const commit::JobRecord& job) {
  if (!job.finished) {
    return {};
  }
  return usage(
      fmt::format("the job has finished: its bounded input was read to the end\nhint: {}", kRestartHint));
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
