#include "runtime/job/report/summary.h"

#include <algorithm>

#include <fmt/format.h>

namespace weir::job {
namespace {

bool writes(const ManifestConsumer& consumer) {
  return consumer.kernel == ConsumerKernel::WriteRows || consumer.kernel == ConsumerKernel::WriteChanges;
}

bool belongs_to(const ManifestConsumer& consumer, uint32_t insert) {
  return std::ranges::find(consumer.inserts, insert) != consumer.inserts.end();
}

std::string source_lines(const Manifest& manifest, const Tally& tally, uint32_t scan_index, uint32_t insert) {
  const ManifestScan& scan = manifest.scans[scan_index];
  const auto& [read, rejected, without_value] = tally.scans[scan_index];
  std::string lines;
  for (const ManifestConsumer& consumer : manifest.consumers) {
    // A source that an INSERT reads in two ways (UNION ALL with itself) has two lines, each of which adds up.
    if (belongs_to(consumer, insert) && consumer.pipeline == scan.pipeline) {
      const abi::Counters& counters = tally.consumers[consumer.id].counters;
      const std::string partial =
          counters.late_partial != 0 ? fmt::format(" ({} late_partial)", counters.late_partial) : "";
      const std::string empty = without_value != 0 ? fmt::format(" + {} without value", without_value) : "";
      lines += fmt::format(
          "  from {}: {} read = {} counted{} + {} filtered + {} late + {} outside + {} rejected{}\n",
          scan.table, read + without_value, counters.counted, partial, counters.filtered, counters.late,
          counters.outside, rejected, empty);
    } else if (belongs_to(consumer, insert) && scan.rejected_pipeline >= 0 &&
               consumer.pipeline == static_cast<uint32_t>(scan.rejected_pipeline)) {
      const abi::Counters& counters = tally.consumers[consumer.id].counters;
      lines += fmt::format("  from REJECTED({}): {} read = {} counted + {} filtered\n", scan.table,
                           counters.counted + counters.filtered, counters.counted, counters.filtered);
    }
  }
  return lines;
}

}  // namespace

std::string summary_text(const Manifest& manifest, const Tally& tally, double seconds) {
  std::string text;
  for (uint32_t insert = 0; insert < manifest.inserts.size(); ++insert) {
    text += manifest.inserts[insert] + "\n";
    for (uint32_t scan = 0; scan < manifest.scans.size(); ++scan) {
      text += source_lines(manifest, tally, scan, insert);
    }
    uint64_t rows_out = 0;
    for (const ManifestConsumer& consumer : manifest.consumers) {
      if (writes(consumer) && belongs_to(consumer, insert)) {
        rows_out += tally.consumers[consumer.id].rows_out;
      }
    }
    text += fmt::format("  {} {} out\n", rows_out, rows_out == 1 ? "row" : "rows");
  }
  return text + fmt::format("{:.3f} s, {:.0f} rows/s\n", seconds,
                            static_cast<double>(tally.rows_read) / std::max(seconds, 1e-6));
}

}  // namespace weir::job
