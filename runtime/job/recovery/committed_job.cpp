#include "runtime/job/recovery/committed_job.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "runtime/connectors/log/load_kafka.h"

namespace weir::job {
namespace {

using connectors::CommittedOffset;

CommittedPartition partition_of(const CommittedOffset& committed) {
  CommittedPartition partition{.place = committed.partition,
                               .range = {},
                               .offset = committed.offset,
                               .record = std::nullopt,
                               .trouble = {}};
  if (committed.offset == connectors::kNoOffset) {
    return partition;
  }
  if (committed.metadata.empty()) {
    partition.trouble = "a plain offset, without a recovery record";
    return partition;
  }
  if (auto record = commit::decode(committed.metadata)) {
    partition.record = std::move(*record);
  } else {
    partition.trouble = fmt::format("the recovery record cannot be used: {}", record.error());
  }
  return partition;
}

Result<CommittedInput> read_input(const Manifest& manifest, uint32_t scan, const connectors::KafkaLog& log) {
  auto options = log_source_options(manifest, scan);
  if (!options) {
    return std::unexpected(options.error());
  }
  auto consumer =
      log.make_consumer(connection_options(manifest.scans[scan].options, nullptr), options->group);
  if (!consumer) {
    return std::unexpected(consumer.error());
  }
  CommittedInput input{.table = manifest.scans[scan].table,
                       .consumer = std::move(*consumer),
                       .source = nullptr,
                       .partitions = {}};
  input.source = std::make_unique<connectors::LogSource>(*input.consumer, std::move(*options));
  const auto places = input.source->partitions();
  if (!places) {
    return std::unexpected(places.error());
  }
  const auto committed = input.consumer->committed(input.source->options().group, *places);
  if (!committed) {
    return std::unexpected(committed.error());
  }
  for (const CommittedOffset& it : *committed) {
    const auto range = input.consumer->offsets(it.partition);
    if (!range) {
      return std::unexpected(range.error());
    }
    input.partitions.push_back(partition_of(it));
    input.partitions.back().range = *range;
  }
  return input;
}

}  // namespace

Result<const connectors::KafkaLog*> log_or_kafka(const connectors::KafkaLog* log) {
  return log != nullptr ? Result<const connectors::KafkaLog*>(log) : connectors::load_kafka();
}

connectors::KafkaOptions sink_connection(const Manifest& manifest) {
  const auto sink =
      std::ranges::find_if(manifest.sinks, [](const ManifestSink& it) { return is_log(it.options); });
  return connection_options(sink->options, nullptr);
}

namespace {

Result<CommittedJob> read_once(const Manifest& manifest, const connectors::KafkaLog& log) {
  if (!commits(manifest) || !reads_log(manifest)) {
    return std::unexpected(Error{
        Error::Kind::Usage,
        fmt::format("job `{}` commits nothing: it does not go from topics to a topic", manifest.job_name)});
  }
  CommittedJob committed;
  auto settings = commit_settings(manifest);
  if (!settings) {
    return std::unexpected(settings.error());
  }
  committed.settings = std::move(*settings);
  for (uint32_t scan = 0; scan < manifest.scans.size(); ++scan) {
    if (!is_log(manifest.scans[scan].options)) {
      continue;
    }
    auto input = read_input(manifest, scan, log);
    if (!input) {
      return std::unexpected(input.error());
    }
    for (const CommittedPartition& partition : input->partitions) {
      if (partition.record && partition.record->job) {
        committed.job = partition.record->job;
      }
    }
    committed.inputs.push_back(std::move(*input));
  }
  auto admin = log.make_admin(sink_connection(manifest));
  if (!admin) {
    return std::unexpected(admin.error());
  }
  committed.admin = std::move(*admin);
  if (committed.admin != nullptr) {
    auto active = committed.admin->members(lock_group(committed.settings));
    if (!active) {
      return std::unexpected(active.error());
    }
    committed.active = std::move(*active);
  }
  return committed;
}

}  // namespace

// Brokers that have just started, or a group that is new, may not be able to answer yet.
Result<CommittedJob> read_committed_job(const Manifest& manifest, const connectors::KafkaLog& log) {
  constexpr std::chrono::seconds kPatience{20};
  constexpr std::chrono::milliseconds kPause{250};
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  for (;;) {
    auto committed = read_once(manifest, log);
    if (committed || committed.error().kind != Error::Kind::Retry ||
        std::chrono::steady_clock::now() > give_up) {
      return committed;
    }
    std::this_thread::sleep_for(kPause);
  }
}

}  // namespace weir::job
