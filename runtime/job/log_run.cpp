#include "runtime/job/log_run.h"

#include <algorithm>

#include <fmt/format.h>
#include <unistd.h>

#include "runtime/connectors/load_kafka.h"
#include "runtime/job/preflight.h"
#include "runtime/job/run.h"
#include "runtime/job/time_text.h"

namespace weir::job {
namespace {

using connectors::CommittedOffset;
using connectors::TopicPartition;

constexpr int kLockPatienceMs = 200;
// So long it goes without saying that the group takes its time.
constexpr int64_t kQuietLockUs = 4'000'000;
// Who has lost the lock and does not get it back in this time has been replaced.
constexpr int64_t kRegainLockUs = 15'000'000;

std::unexpected<Error> usage(std::string text) {
  return std::unexpected(Error{Error::Kind::Usage, std::move(text)});
}

std::string place_text(const TopicPartition& place) {
  return fmt::format("partition {} of topic `{}`", place.partition, place.topic);
}

std::string instance_name(const Run& run) {
  char host[256] = "";
  gethostname(host, sizeof(host) - 1);
  return run.options.instance.empty() ? host : run.options.instance;
}

constexpr std::string_view kRestartHint =
    "start with `--restart-from committed` (from the committed offset, with empty state), `--restart-from "
    "earliest` or "
    "`--restart-from latest`";

// What one partition is to begin with.
struct Start {
  commit::PartitionRecord record;
  bool restored = false;
};

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

Result<Start> first_start(LogScan& log, const TopicPartition& place, bool at_earliest) {
  Start start;
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

// Input that is needed must still be there.
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

void add(Run& run, LogScan& log, std::unique_ptr<connectors::LogPartition> input, const Start& start,
         int64_t idle_timeout_ms) {
  PartitionRun partition;
  partition.scan = log.scan;
  partition.number = static_cast<uint32_t>(std::ranges::count_if(
      run.partitions, [&](const PartitionRun& other) { return other.scan == log.scan; }));
  partition.watermark = start.record.low_watermark;
  partition.published = partition.watermark;
  partition.idle = start.record.idle;
  partition.idle_timeout_us = idle_timeout_ms * 1000;
  run.any_idle_timeout |= idle_timeout_ms != 0;
  partition.log = input.get();
  partition.input = std::move(input);
  partition.low_water.resize(run.manifest.operators.size());
  partition.record = start.record;
  run.partitions.push_back(std::move(partition));
}

Result<void> open_partition(Run& run, LogScan& log, const TopicPartition& place, Start start) {
  if (start.restored) {
    if (auto done = check_retention(run, log, place, start.record); !done) {
      return done;
    }
  }
  const auto idle_ms = idle_timeout_ms(run.manifest, log.scan);
  if (!idle_ms) {
    return std::unexpected(idle_ms.error());
  }
  auto input = log.source->open(place, start.record.low_offset, start.record.stop_offset);
  if (!input) {
    return std::unexpected(input.error());
  }
  add(run, log, std::move(*input), start, *idle_ms);
  return {};
}

bool committed_by(const std::vector<CommittedOffset>& committed, uint64_t token) {
  return std::ranges::any_of(committed, [&](const CommittedOffset& it) {
    const auto record = commit::decode(it.metadata);
    return record && record->job && record->job->token == token;
  });
}

// Reads what the group of one scan has committed. `job` is taken from the anchor.
Result<std::vector<Start>> restore(Run& run, LogScan& log, const std::vector<TopicPartition>& places,
                                   std::optional<commit::JobRecord>& job) {
  const std::string& group = log.source->options().group;
  const auto committed = log.consumer->committed(group, places);
  if (!committed) {
    return std::unexpected(committed.error());
  }
  // Asked for once: what this process has committed since counts.
  const bool fresh = !run.options.restart_from.empty() && !committed_by(*committed, run.history->token);
  const bool any = std::ranges::any_of(
      *committed, [](const CommittedOffset& it) { return it.offset != connectors::kNoOffset; });
  std::vector<Start> starts;
  for (const CommittedOffset& it : *committed) {
    const bool is_committed = it.offset != connectors::kNoOffset;
    if (fresh && run.options.restart_from == "committed" && is_committed) {
      Start start;
      start.record.position = start.record.low_offset = it.offset;
      starts.push_back(start);
      continue;
    }
    if (fresh || !is_committed) {
      auto start = first_start(log, it.partition, !fresh && any);  // a new partition is read from its begin
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
    if (record->job) {
      job = record->job;
    }
    starts.push_back({record->partition, true});
  }
  return starts;
}

Result<void> acquire_lock(Run& run) {
  bool said = false;
  const int64_t start_us = run.clock->monotonic_us();
  while (!run.stopping()) {
    const auto acquired = run.commit->lock->acquire(kLockPatienceMs);
    if (!acquired) {
      return std::unexpected(acquired.error());
    }
    if (*acquired) {
      return {};
    }
    const int64_t waited_us = run.clock->monotonic_us() - start_us;
    if (run.history->was_open && waited_us > kRegainLockUs) {
      return std::unexpected(Error{Error::Kind::Fenced, "another instance of the job has taken over"});
    }
    if (run.metrics != nullptr) {
      run.metrics->note_phase(Phase::StandingBy);
    }
    if (!said && waited_us > kQuietLockUs) {
      run.report->message("another instance of the job is active; standing by\n");
      said = true;
    }
  }
  return {};
}

// The topic that keeps the state is made if it is not there.
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
  return usage(fmt::format(
      "the state of this job is kept in the topic `{0}`, which cannot be used: {1}\nhint: make it "
      "with `kafka-topics.sh --create --topic {0} --partitions 1 --config cleanup.policy=delete "
      "--config retention.ms=-1`",
      topic, error.text));
}

using Reported = std::shared_ptr<connectors::ConnectionReport>;

// Fences whoever wrote before.
Result<void> open_producer(Run& run, const connectors::KafkaLog& kafka, const Reported& report) {
  CommitRun& commit = *run.commit;
  const auto sink =
      std::ranges::find_if(run.manifest.sinks, [](const ManifestSink& it) { return is_log(it.options); });
  if (!run.logs.empty()) {
    const LogScan& first = run.logs.front();
    auto lock = kafka.make_lock(connection_options(run.manifest.scans[first.scan].options, report),
                                {.job = commit.settings.transactional_id,
                                 .instance = instance_name(run),
                                 .topic = first.source->options().topics.front()});
    if (!lock) {
      return std::unexpected(lock.error());
    }
    commit.lock = std::move(*lock);
    if (auto done = acquire_lock(run); !done || run.stopping()) {
      return done;
    }
  }
  auto producer =
      kafka.make_producer(connection_options(sink->options, report),
                          {.transactional_id = commit.settings.guarantee == commit::Guarantee::ExactlyOnce
                                                   ? commit.settings.transactional_id
                                                   : "",
                           .transaction_timeout_ms = commit.settings.transaction_timeout_ms});
  if (!producer) {
    return std::unexpected(producer.error());
  }
  commit.producer = std::move(*producer);
  if (auto done = commit.producer->open(); !done || !keeps_changelog(run.manifest)) {
    return done;
  }
  const std::string topic = commit.settings.transactional_id + "-changelog";
  auto consumer = kafka.make_consumer(connection_options(sink->options, report), topic);
  if (!consumer) {
    return std::unexpected(consumer.error());
  }
  if (auto done = find_changelog(run, **consumer, topic); !done) {
    return done;
  }
  run.changelog = std::make_unique<ChangelogRun>(run, topic, std::move(*consumer));
  return {};
}

Result<void> open_scans(Run& run, const connectors::KafkaLog& kafka, const Reported& report) {
  for (uint32_t scan = 0; scan < run.manifest.scans.size(); ++scan) {
    const Options& options = run.manifest.scans[scan].options;
    if (!is_log(options)) {
      continue;
    }
    auto source = log_source_options(run.manifest, scan);
    if (!source) {
      return std::unexpected(source.error());
    }
    if (run.options.restart_from == "earliest" || run.options.restart_from == "latest") {
      source->start.kind = run.options.restart_from == "earliest" ? connectors::LogBound::Kind::Earliest
                                                                  : connectors::LogBound::Kind::Latest;
    }
    auto consumer = kafka.make_consumer(connection_options(options, report), source->group);
    if (!consumer) {
      return std::unexpected(consumer.error());
    }
    LogScan log{.scan = scan, .consumer = std::move(*consumer), .source = nullptr};
    log.source = std::make_unique<connectors::LogSource>(*log.consumer, std::move(*source));
    run.logs.push_back(std::move(log));
  }
  return {};
}

Result<void> refuse_finished(const commit::JobRecord& job) {
  if (!job.finished) {
    return {};
  }
  return usage(
      fmt::format("the job has finished: its bounded input was read to the end\nhint: {}", kRestartHint));
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

Result<void> open_log(Run& run) {
  const connectors::KafkaLog* kafka = run.options.log;
  if (kafka == nullptr) {
    auto loaded = connectors::load_kafka();
    if (!loaded) {
      return std::unexpected(loaded.error());
    }
    kafka = *loaded;
  }
  const auto report = std::make_shared<connectors::ConnectionReport>(
      [&run](std::string_view line) { run.report->message(fmt::format("{}\n", line)); });
  if (auto done = open_scans(run, *kafka, report); !done) {
    return done;
  }
  if (auto done = preflight(run, *kafka, report); !done) {
    return done;
  }
  if (run.commit) {
    if (auto done = open_producer(run, *kafka, report); !done || run.stopping()) {
      return done;
    }
    run.commit->record.token = run.history->token;
  }
  for (LogScan& log : run.logs) {
    const auto places = log.source->partitions();
    if (!places) {
      return std::unexpected(places.error());
    }
    std::optional<commit::JobRecord> job;
    std::vector<Start> starts;
    if (run.commit) {
      auto restored = restore(run, log, *places, job);
      if (!restored) {
        return std::unexpected(restored.error());
      }
      starts = std::move(*restored);
    } else {
      for (const TopicPartition& place : *places) {
        auto start = first_start(log, place, false);
        if (!start) {
          return std::unexpected(start.error());
        }
        starts.push_back(*start);
      }
    }
    if (job) {
      if (auto done = refuse_finished(*job); !done) {
        return done;
      }
      run.commit->record = std::move(*job);
      run.commit->record.token = run.history->token;
      run.commit->restored = run.commit->record.commit != 0;  // 0: `weir job reset` has left positions alone
    }
    for (size_t i = 0; i < places->size(); ++i) {
      if (auto done = open_partition(run, log, (*places)[i], starts[i]); !done) {
        return done;
      }
    }
  }
  return {};
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

Result<void> add_partition(Run& run, LogScan& log, const TopicPartition& place) {
  auto start = first_start(log, place, true);
  if (!start) {
    return std::unexpected(start.error());
  }
  if (auto done = open_partition(run, log, place, *start); !done) {
    return done;
  }
  run.schedule->add(run.partitions.back());
  return {};
}

}  // namespace weir::job
