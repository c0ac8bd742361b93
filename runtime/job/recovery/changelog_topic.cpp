#include "runtime/job/recovery/changelog_topic.h"
#include "runtime/job/recovery/changelog_run.h"

#include <algorithm>

#include <fmt/format.h>

#include "runtime/job/run/run.h"

namespace weir::job {
namespace {

Result<void> find_changelog(Run& run, connectors::LogConsumer& consumer, const std::string& topic) {
  constexpr int kLooks = 100;  // a new topic takes a while to be known everywhere
  constexpr int64_t kBetweenUs = 100'000;
  auto partitions = consumer.partition_count(topic);
  if (partitions || partitions.error().kind == Error::Kind::Retry) {
    return partitions ? Result<void>{} : std::unexpected(partitions.error());
  }
  auto made = consumer.create_topic(topic);
  for (int look = 0; made && !partitions && look < kLooks && !run.stopping(); ++look) {
    run.clock->sleep_us(kBetweenUs);
    partitions = consumer.partition_count(topic);
  }
  if (partitions || run.stopping()) {
    return {};
  }
  const Error& error = made ? partitions.error() : made.error();
  if (error.kind == Error::Kind::Retry) {
    return std::unexpected(error);
  }
  return std::unexpected(
      Error{Error::Kind::Usage,
            fmt::format(
                "the state of this job is kept in the topic `{0}`, which cannot be used: {1}\nhint: make it "
                "with `kafka-topics.sh --create --topic {0} --partitions 1 --config cleanup.policy=delete "
                "--config retention.ms=-1`",
                topic, error.text)});
}

}  // namespace

bool keeps_changelog(const Manifest& manifest) {
  return std::ranges::any_of(manifest.operators, [](const ManifestOperator& op) {
    return op.recovery == commit::RecoveryMode::Changelog;
  });
}

Result<void> open_changelog(Run& run, const connectors::KafkaLog& kafka, const Reported& report) {
  if (!keeps_changelog(run.manifest)) {
    return {};
  }
  const std::string topic = changelog_topic(run.commit->settings);
  auto consumer =
      kafka.make_consumer(connection_options(first_log_sink(run.manifest).options, report), topic);
  if (!consumer) {
    return std::unexpected(consumer.error());
  }
  if (auto done = find_changelog(run, **consumer, topic); !done) {
    return done;
  }
  run.changelog = std::make_shared<ChangelogRun>(run, topic, std::move(*consumer));
  return {};
}

}  // namespace weir::job
