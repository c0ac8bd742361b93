#include "runtime/job/check_options.h"

#include <fmt/format.h>

#include "runtime/commit/recovery_record.h"
#include "runtime/job/manifest/log_options.h"

namespace weir::job {
namespace {

// What is said of the places where reading begins means nothing for files.
Result<void> check_places(const Manifest& manifest, const RunOptions& options) {
  if (reads_log(manifest) || commits(manifest)) {
    return {};
  }
  const char* given = !options.restart_from.empty() ? "--restart-from"
                      : options.accept_data_loss    ? "--accept-data-loss"
                      : !options.instance.empty()   ? "--instance"
                                                    : nullptr;
  if (given == nullptr) {
    return {};
  }
  return std::unexpected(
      Error{Error::Kind::Usage, fmt::format("`{}` is for jobs over topics, and this one has none", given)});
}

// All that a job goes on from has to fit beside one committed offset.
Result<void> check_record(const Manifest& manifest) {
  const auto settings = commits(manifest) ? commit_settings(manifest) : Result<CommitSettings>{};
  if (!settings) {
    return std::unexpected(settings.error());
  }
  const size_t operators = manifest.operators.size();
  size_t topics = 0;
  for (uint32_t scan = 0; scan < manifest.scans.size(); ++scan) {
    if (is_log(manifest.scans[scan].options)) {
      const auto source = log_source_options(manifest, scan);
      topics += source ? source->topics.size() : 0;
    }
  }
  const size_t bytes =
      commit::longest_record_bytes(operators, topics, settings->job, settings->transactional_id);
  if (!commits(manifest) || bytes <= commit::kMaxRecordBytes) {
    return {};
  }
  return std::unexpected(Error{
      Error::Kind::Usage,
      fmt::format(
          "the job has {} aggregates and {} input topics; what is committed with an offset may then take {} "
          "bytes, and Kafka keeps {} safely\nhint: make several jobs of its statements",
          operators, topics, bytes, commit::kMaxRecordBytes)});
}

Result<void> check_resume(const Manifest& manifest, const RunOptions& options) {
  if (!options.resume) {
    return {};
  }
  if (!options.restart_from.empty()) {
    return std::unexpected(
        Error{Error::Kind::Usage,
              "`--resume` goes on from an earlier run, `--restart-from` does not: only one of "
              "them can be asked for"});
  }
  if (!commits(manifest) || !reads_log(manifest)) {
    return std::unexpected(Error{
        Error::Kind::Usage,
        "`--resume`: this job commits nothing that it could go on from; only jobs from topics to topics do"});
  }
  return {};
}

}  // namespace

Result<void> check_options(const Manifest& manifest, const RunOptions& options) {
  if (auto done = check_places(manifest, options); !done) {
    return done;
  }
  if (auto done = check_resume(manifest, options); !done) {
    return done;
  }
  return check_record(manifest);
}

}  // namespace weir::job
