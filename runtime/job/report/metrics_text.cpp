// JobMetrics as Prometheus text.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "runtime/job/run/job_metrics.h"
#include "runtime/job/run/run.h"

namespace weir::job {
namespace {

using observe::Labels;
using observe::MetricsText;

Labels labels_of(const std::string& table, const PartitionFigures& it) {
  Labels labels{{"table", table}};
  if (it.partition >= 0) {
    labels.emplace_back("topic", it.topic);
    labels.emplace_back("partition", std::to_string(it.partition));
  }
  return labels;
}

double seconds_of(int64_t time_ms) { return static_cast<double>(time_ms) / 1000; }

bool is_time(int64_t watermark) { return watermark != abi::kNoWatermark && watermark != abi::kEndOfTime; }

// Open panes of a windowed aggregate; those that several workers have count once.
uint64_t open_panes(const OperatorRun& op) {
  std::map<state::PaneKey, bool> panes;
  for (state::PaneSet* set : op.pane_set_list) {
    const std::lock_guard lock(set->mutex);
    for (const auto& [key, table] : set->panes) {
      panes[key] = true;
    }
  }
  return panes.size();
}

uint64_t open_sessions(OperatorRun& op) {
  uint64_t count = 0;
  for (state::SessionStore& store : op.session_stores) {
    weir_lock(&store.lock);
    count += store.count;
    weir_unlock(&store.lock);
  }
  return count;
}

uint64_t group_count(OperatorRun& op) {
  weir_lock(&op.groups.lock);
  const uint64_t count = op.groups.table.count;
  weir_unlock(&op.groups.lock);
  return count;
}

// Samples with the same labels are one: names of operators and of inputs need not be unique.
class Sums {
 public:
  void add(Labels labels, uint64_t value) {
    const auto found = std::ranges::find(sums_, labels, &std::pair<Labels, uint64_t>::first);
    if (found == sums_.end()) {
      sums_.emplace_back(std::move(labels), value);
    } else {
      found->second += value;
    }
  }
  void write(MetricsText& text) const {
    for (const auto& [labels, value] : sums_) {
      text.sample(labels, value);
    }
  }

 private:
  std::vector<std::pair<Labels, uint64_t>> sums_;
};

// What feeds a consumer, and what it feeds.
Labels way_of(const Manifest& manifest, const ManifestConsumer& consumer) {
  std::string from;
  for (const ManifestScan& scan : manifest.scans) {
    if (scan.pipeline == consumer.pipeline) {
      from = scan.table;
    } else if (scan.rejected_pipeline == static_cast<int32_t>(consumer.pipeline)) {
      from = fmt::format("REJECTED({})", scan.table);
    }
  }
  for (const ManifestOperator& op : manifest.operators) {
    from = op.output_pipeline == static_cast<int32_t>(consumer.pipeline) ? op.name : from;
  }
  const bool writes =
      consumer.kernel == ConsumerKernel::WriteRows || consumer.kernel == ConsumerKernel::WriteChanges;
  if (!writes) {
    return {{"from", from}, {"to", manifest.operators[consumer.target].name}};
  }
  const std::string& table = manifest.sinks[consumer.target].table;
  return {{"from", from}, {"to", table.empty() ? "stdout" : table}};
}

}  // namespace

// A table that is read twice has two names here.
std::string JobMetrics::table(uint32_t scan) const {
  uint32_t before = 0;
  for (uint32_t i = 0; i < scan; ++i) {
    before += manifest_.scans[i].table == manifest_.scans[scan].table ? 1 : 0;
  }
  const std::string& name = manifest_.scans[scan].table;
  return before == 0 ? name : fmt::format("{}#{}", name, before + 1);
}

uint64_t JobMetrics::total(uint32_t consumer, std::atomic<uint64_t> ConsumerFigures::* figure) const {
  uint64_t total = (before_[consumer].*figure).load(std::memory_order_relaxed);
  for (const LaneFigures& lane : lanes_) {
    for (const ConsumerFigures& it : lane.consumers) {
      total += it.consumer == consumer ? (it.*figure).load(std::memory_order_relaxed) : 0;
    }
  }
  return total;
}

void JobMetrics::sources(MetricsText& text) const {
  const auto each = [&](const char* name, const char* type, const char* help, auto figure) {
    text.family(name, type, help);
    for (const PartitionFigures& it : partitions_) {
      text.sample(labels_of(table(it.scan), it), (it.*figure).load(std::memory_order_relaxed));
    }
  };
  each("weir_records_in_total", "counter", "Records read.", &PartitionFigures::records);
  each("weir_bytes_in_total", "counter", "Bytes of values read, also again.", &PartitionFigures::bytes);
  each("weir_records_rejected_total", "counter", "Records that do not have the form of their table.",
       &PartitionFigures::rejected);
}

void JobMetrics::partitions(MetricsText& text) const {
  const auto each = [&](const char* name, const char* type, const char* help, auto value) {
    text.family(name, type, help);
    for (const PartitionFigures& it : partitions_) {
      if (it.partition >= 0) {
        value(labels_of(table(it.scan), it), it);
      }
    }
  };
  each("weir_records_without_value_total", "counter", "Records that have no value, which the format needs.",
       [&](const Labels& labels, const PartitionFigures& it) {
         text.sample(labels, it.without_value.load());
       });
  each("weir_position_offset", "gauge", "Offset of the next record.",
       [&](const Labels& labels, const PartitionFigures& it) { text.sample(labels, it.position.load()); });
  each("weir_lag_records", "gauge", "Offsets up to the end of the partition; -1: unknown.",
       [&](const Labels& labels, const PartitionFigures& it) {
         const int64_t end = it.end.load();
         text.sample(labels, end < 0 ? int64_t{-1} : std::max<int64_t>(end - it.position.load(), 0));
       });
  each("weir_partition_watermark_timestamp_seconds", "gauge", "Watermark of the partition, since 1970.",
       [&](const Labels& labels, const PartitionFigures& it) {
         if (const int64_t watermark = it.watermark.load(); is_time(watermark)) {
           text.sample(labels, seconds_of(watermark));
         }
       });
  each("weir_partition_idle", "gauge", "1: silent for so long that it holds no watermark.",
       [&](const Labels& labels, const PartitionFigures& it) {
         text.sample(labels, uint64_t{it.idle.load() ? 1U : 0U});
       });
  each("weir_records_replayed_total", "counter", "Records read again after a start.",
       [&](const Labels& labels, const PartitionFigures& it) { text.sample(labels, it.replayed.load()); });
  each("weir_replay_remaining_records", "gauge", "Offsets that are still to be read again.",
       [&](const Labels& labels, const PartitionFigures& it) { text.sample(labels, it.replay_left.load()); });
}

void JobMetrics::watermarks(MetricsText& text) const {
  if (run_ == nullptr) {
    return;
  }
  const auto each = [&](const char* name, const char* help, auto value) {
    text.family(name, "gauge", help);
    for (uint32_t scan = 0; scan < manifest_.scans.size(); ++scan) {
      if (manifest_.scans[scan].has_watermark) {
        value(scan);
      }
    }
  };
  const auto sample = [&](uint32_t scan, auto of) {
    if (const int64_t watermark = run_->schedule->last_watermark(scan); is_time(watermark)) {
      text.sample({{"table", table(scan)}}, of(watermark));
    }
  };
  each("weir_watermark_timestamp_seconds", "Watermark of the table, since 1970.",
       [&](uint32_t scan) { sample(scan, seconds_of); });
  each("weir_watermark_lag_seconds", "How far the watermark is behind the clock.", [&](uint32_t scan) {
    sample(scan, [&](int64_t watermark) { return seconds_of(clock_.wall_us() / 1000 - watermark); });
  });
  each("weir_watermark_holder", "1 for the partition that holds the watermark back.", [&](uint32_t scan) {
    const PartitionRun* holder = run_->schedule->holder(scan);
    if (holder == nullptr) {
      return;
    }
    if (holder->log != nullptr) {
      const auto& place = holder->log->place();
      text.sample(
          {{"table", table(scan)}, {"topic", place.topic}, {"partition", std::to_string(place.partition)}},
          uint64_t{1});
    } else {
      text.sample({{"table", table(scan)}, {"partition", holder->input->name()}}, uint64_t{1});
    }
  });
}

void JobMetrics::rows(MetricsText& text) const {
  const auto each = [&](const char* name, const char* help, auto figure, bool only_writers) {
    text.family(name, "counter", help);
    Sums sums;
    for (const ManifestConsumer& consumer : manifest_.consumers) {
      Labels labels = way_of(manifest_, consumer);
      if (only_writers) {
        labels = {{"table", labels.back().second}};
        if (consumer.kernel != ConsumerKernel::WriteRows && consumer.kernel != ConsumerKernel::WriteChanges) {
          continue;
        }
      }
      sums.add(std::move(labels), total(consumer.id, figure));
    }
    sums.write(text);
  };
  each("weir_records_out_total", "Rows written.", &ConsumerFigures::rows_out, true);
  each("weir_records_filtered_total", "Rows that WHERE has dropped.", &ConsumerFigures::filtered, false);
  each("weir_records_late_total", "Rows that came after all their windows had fired.", &ConsumerFigures::late,
       false);
  each("weir_records_partly_late_total", "Rows that came after some of their windows had fired.",
       &ConsumerFigures::late_partial, false);
  each("weir_records_outside_total", "Rows that are in no window.", &ConsumerFigures::outside, false);
}

void JobMetrics::operators(MetricsText& text) const {
  if (run_ == nullptr) {
    return;
  }
  Sums windows;
  Sums groups;
  Sums bytes;
  std::map<std::string, int64_t> reached;
  for (OperatorRun* op : run_->operators->in_order()) {
    const Labels labels{{"operator", op->manifest->name}};
    bytes.add(labels, op->account.bytes.load(std::memory_order_relaxed));
    if (op->manifest->windowing == Windowing::None) {
      groups.add(labels, group_count(*op));
      continue;
    }
    windows.add(labels, op->manifest->windowing == Windowing::Session ? open_sessions(*op) : open_panes(*op));
    if (const int64_t watermark = reached_[op->manifest->id].load(); is_time(watermark)) {
      const auto [at, is_new] = reached.try_emplace(op->manifest->name, watermark);
      at->second = std::min(at->second, watermark);
    }
  }
  text.family("weir_open_windows", "gauge", "Panes of windows, or sessions, that are open.");
  windows.write(text);
  text.family("weir_groups", "gauge", "Groups of an aggregate without a window.");
  groups.write(text);
  text.family("weir_operator_watermark_timestamp_seconds", "gauge", "Up to where windows have fired.");
  for (const auto& [name, watermark] : reached) {
    text.sample({{"operator", name}}, seconds_of(watermark));
  }
  text.family("weir_operator_state_bytes", "gauge", "Memory of the state of an operator.");
  bytes.write(text);
  text.family("weir_state_bytes", "gauge", "Memory of all state.");
  text.sample({}, run_->budget.used_bytes.load(std::memory_order_relaxed));
  text.family("weir_state_limit_bytes", "gauge", "The setting memory.budget.");
  text.sample({}, run_->budget.limit_bytes);
  if (run_->commit) {
    uint64_t waiting = 0;
    for (const connectors::LogSink* sink : run_->commit->sinks) {
      waiting += sink->bytes();
    }
    text.family("weir_uncommitted_bytes", "gauge", "Results that wait for the next commit.");
    text.sample({}, waiting);
  }
}

void JobMetrics::commit(MetricsText& text) const {
  text.family("weir_commits_total", "counter", "Commits that were made.");
  text.sample({}, commits_.count());
  text.family("weir_commit_seconds", "histogram", "How long a commit took.");
  commits_.write(text);
  text.family("weir_commit_seconds_max", "gauge", "The longest commit.");
  text.sample({}, commits_.max_seconds());
  text.family("weir_replay_records", "gauge",
              "Records that would be read again if the process were killed now.");
  text.sample({}, replay_records_.load(std::memory_order_relaxed));
  text.family("weir_replay_seconds", "gauge",
              "How long that would take, as fast as records were read so far.");
  text.sample({}, static_cast<double>(replay_ms_.load(std::memory_order_relaxed)) / 1000);
}

std::string JobMetrics::text() {
  const std::lock_guard lock(mutex_);
  look_at_ends();
  MetricsText text;
  text.family("weir_up", "gauge", "1: the process runs.");
  text.sample({{"name", manifest_.job_name}, {"version", manifest_.weir_version}}, uint64_t{1});
  text.family("weir_restarts_total", "counter",
              "How often the job went on from its last commit in this process.");
  text.sample({}, restarts_.load());
  sources(text);
  partitions(text);
  watermarks(text);
  rows(text);
  operators(text);
  commit(text);
  return text.text();
}

}  // namespace weir::job
