#include "runtime/job/recovery/position_watch.h"

#include <algorithm>

#include "runtime/job/recovery/other_runs.h"
#include "runtime/job/run/run.h"

namespace weir::job {
namespace {

constexpr int64_t kEveryUs = 10'000'000;

}  // namespace

void PositionWatch::ask() {
  const int64_t now_us = run_.clock->monotonic_us();
  if (question_ != nullptr || now_us < next_us_) {
    return;
  }
  const auto anchor =
      std::ranges::find_if(run_.partitions, [](const PartitionRun& it) { return it.log != nullptr; });
  if (anchor == run_.partitions.end()) {
    return;
  }
  next_us_ = now_us + kEveryUs;
  const auto log = std::ranges::find(run_.logs, anchor->scan, &LogScan::scan);
  group_ = log->source->options().group;
  commit_ = run_.commit->record.commit;
  question_ = log->consumer->ask_committed(group_, {anchor->log->place()});
}

void PositionWatch::look() {
  const auto answer = question_ != nullptr ? question_->answer() : std::nullopt;
  if (!answer) {
    return;
  }
  question_.reset();
  auto done = *answer ? check_committed(run_, group_, answer->value().front(), commit_)
                      : Result<void>(std::unexpected(answer->error()));
  if (!done && done.error().kind != connectors::Error::Kind::Retry) {
    run_.outcome.fail(done.error());
  }
}

}  // namespace weir::job
