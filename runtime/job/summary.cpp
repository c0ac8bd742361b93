#include "runtime/job/summary.h"

#include <algorithm>

#include <fmt/format.h>

namespace weir::job {
namespace {

// Counters of a consumer: shared by all lanes, or the sum over them.
abi::Counters total_of(const Run& run, const ManifestConsumer& consumer) {
  const void* firing = run.firing_lane->consumers()[consumer.id];
  abi::Counters total = counters_of(firing);
  for (const WorkerRun& worker : run.workers) {
    const void* state = worker.lane->consumers()[consumer.id];
    if (state == firing) {
      break;
    }
    const abi::Counters& counters = counters_of(state);
    total.counted += counters.counted;
    total.filtered += counters.filtered;
    total.outside += counters.outside;
    total.late += counters.late;
    total.late_partial += counters.late_partial;
  }
  return total;
}

uint64_t rows_written(const Run& run, const ManifestConsumer& consumer) {
  const auto rows = [&](const void* state) {
    return static_cast<const state::RowWriterState*>(state)->output->rows;
  };
  const void* firing = run.firing_lane->consumers()[consumer.id];
  uint64_t total = rows(firing);
  for (const WorkerRun& worker : run.workers) {
    const void* state = worker.lane->consumers()[consumer.id];
    if (state == firing) {
      break;
    }
    total += rows(state);
  }
  return total;
}

bool writes(const ManifestConsumer& consumer) {
  return consumer.kernel == ConsumerKernel::WriteRows || consumer.kernel == ConsumerKernel::WriteChanges;
}

bool belongs_to(const ManifestConsumer& consumer, uint32_t insert) {
  return std::ranges::find(consumer.inserts, insert) != consumer.inserts.end();
}

std::string source_lines(const Run& run, const ManifestScan& scan, uint32_t scan_index, uint32_t insert) {
  uint64_t read = 0;
  uint64_t rejected = 0;
  for (const WorkerRun& worker : run.workers) {
    read += worker.scans[scan_index]->rows_read();
    rejected += worker.scans[scan_index]->rows_rejected();
  }
  std::string lines;
  for (const ManifestConsumer& consumer : run.manifest.consumers) {
    // A source that an INSERT reads in two ways (UNION ALL with itself) has two lines, each of which adds up.
    if (belongs_to(consumer, insert) && consumer.pipeline == scan.pipeline) {
      const abi::Counters counters = total_of(run, consumer);
      const std::string partial =
          counters.late_partial != 0 ? fmt::format(" ({} late_partial)", counters.late_partial) : "";
      lines += fmt::format(
          "  from {}: {} read = {} counted{} + {} filtered + {} late + {} outside + {} rejected\n",
          scan.table, read, counters.counted, partial, counters.filtered, counters.late, counters.outside,
          rejected);
    } else if (belongs_to(consumer, insert) && scan.rejected_pipeline >= 0 &&
               consumer.pipeline == static_cast<uint32_t>(scan.rejected_pipeline)) {
      const abi::Counters counters = total_of(run, consumer);
      lines += fmt::format("  from REJECTED({}): {} read = {} counted + {} filtered\n", scan.table,
                           counters.counted + counters.filtered, counters.counted, counters.filtered);
    }
  }
  return lines;
}

}  // namespace

std::string summary_text(const Run& run, double seconds) {
  const Manifest& manifest = run.manifest;
  std::string text;
  for (uint32_t insert = 0; insert < manifest.inserts.size(); ++insert) {
    text += manifest.inserts[insert] + "\n";
    for (uint32_t scan = 0; scan < manifest.scans.size(); ++scan) {
      text += source_lines(run, manifest.scans[scan], scan, insert);
    }
    uint64_t rows_out = 0;
    for (const ManifestConsumer& consumer : manifest.consumers) {
      if (writes(consumer) && belongs_to(consumer, insert)) {
        rows_out += rows_written(run, consumer);
      }
    }
    text += fmt::format("  {} {} out\n", rows_out, rows_out == 1 ? "row" : "rows");
  }
  uint64_t rows = 0;
  for (const WorkerRun& worker : run.workers) {
    rows += worker.rows_read.load();
  }
  return text + fmt::format("{:.3f} s, {:.0f} rows/s\n", seconds,
                            static_cast<double>(rows) / std::max(seconds, 1e-6));
}

}  // namespace weir::job
