#include "runtime/job/recovery/open_log.h"

#include <algorithm>

#include <fmt/format.h>

#include "runtime/connectors/log/load_kafka.h"
#include "runtime/job/recovery/changelog_topic.h"
#include "runtime/job/recovery/other_runs.h"
#include "runtime/job/recovery/preflight.h"
#include "runtime/job/recovery/restore.h"
#include "runtime/job/recovery/standby.h"
#include "runtime/job/recovery/starts.h"
#include "runtime/job/run/run.h"

namespace weir::job {
namespace {

using connectors::TopicPartition;

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

// Fences whoever wrote before: under this name, and under the one that the last run had.
Result<void> open_producer(Run& run, const connectors::KafkaLog& kafka, const Reported& report) {
  CommitRun& commit = *run.commit;
  const auto open = [&](const std::string& id) -> Result<std::unique_ptr<connectors::LogProducer>> {
    auto producer = kafka.make_producer(
        connection_options(first_log_sink(run.manifest).options, report),
        {.transactional_id = id, .transaction_timeout_ms = commit.settings.transaction_timeout_ms});
    if (producer) {
      if (auto done = (*producer)->open(); !done) {
        return std::unexpected(done.error());
      }
    }
    return producer;
  };
  const std::string id = transactions_of(commit.settings);
  auto producer = open(id);
  if (!producer) {
    return std::unexpected(producer.error());
  }
  commit.producer = std::move(*producer);
  const auto former = former_transactions(run);
  if (!former) {
    return std::unexpected(former.error());
  }
  if (!former->empty() && *former != id) {
    if (const auto fenced = open(*former); !fenced) {
      return std::unexpected(fenced.error());
    }
  }
  return {};
}

void add(Run& run, LogScan& log, std::unique_ptr<connectors::LogPartition> input, const PartitionStart& start,
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

Result<void> open_partition(Run& run, LogScan& log, const TopicPartition& place, PartitionStart start) {
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

// The last commit of the try before may have been made although the try did not hear of it.
void take_tally(History& history, const commit::JobRecord& committed) {
  if (committed.token == history.token && committed.commit == history.tried_commit) {
    history.tally = history.committed_tally = history.tried_tally;
  }
}

// Of one scan.
Result<void> open_log_partitions(Run& run, LogScan& log) {
  const auto places = log.source->partitions();
  if (!places) {
    return std::unexpected(places.error());
  }
  std::vector<PartitionStart> starts;
  if (run.commit) {
    CommitRun& commit = *run.commit;
    std::optional<commit::JobRecord> job;
    auto committed = committed_starts(run, log, *places, job);
    if (!committed) {
      return std::unexpected(committed.error());
    }
    starts = std::move(*committed);
    commit.starts |= std::ranges::any_of(starts, [](const PartitionStart& it) { return !it.restored; });
    if (job) {
      commit.finished = job->finished && job->token == run.history->token;
      if (auto done = refuse_finished(run, *job); !done) {
        return done;
      }
      take_tally(*run.history, *job);
      commit.record = std::move(*job);
      commit.record.token = run.history->token;
      commit.restored = commit.record.commit != 0;  // 0: `weir job reset` has left positions alone
      commit.has_record = true;
    }
  } else {
    for (const TopicPartition& place : *places) {
      auto start = first_start(log, place, false);
      if (!start) {
        return std::unexpected(start.error());
      }
      starts.push_back(*start);
    }
  }
  for (size_t i = 0; i < places->size(); ++i) {
    if (run.commit && starts[i].restored) {
      run.commit->restored_places.push_back((*places)[i]);
    }
    if (auto done = open_partition(run, log, (*places)[i], starts[i]); !done) {
      return done;
    }
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
      [&run](std::string_view line) { run.report->message(fmt::format("{}\n", line)); },
      [&run] { return run.stopping(); });
  if (auto done = open_scans(run, *kafka, report); !done) {
    return done;
  }
  if (auto done = preflight(run, *kafka, report); !done) {
    return done;
  }
  if (run.commit) {
    if (auto done = look_before_restart(run); !done) {
      return done;
    }
    if (auto done = take_lock(run, *kafka, report); !done || run.stopping()) {
      return done;
    }
    if (auto done = open_producer(run, *kafka, report); !done) {
      return done;
    }
    if (auto done = open_changelog(run, *kafka, report); !done || run.stopping()) {
      return done;
    }
    run.commit->record.token = run.history->token;
  }
  for (LogScan& log : run.logs) {
    if (auto done = open_log_partitions(run, log); !done) {
      return done;
    }
  }
  if (run.commit) {
    if (auto done = check_inputs(run); !done) {
      return done;
    }
  }
  return run.options.resume ? refuse_first_start(run) : Result<void>{};
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
