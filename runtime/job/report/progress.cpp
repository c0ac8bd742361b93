#include "runtime/job/report/progress.h"

#include <algorithm>

#include <fmt/format.h>

#include "runtime/job/manifest/time_text.h"

namespace weir::job {
namespace {

constexpr int64_t kSecondUs = 1'000'000;
constexpr int64_t kFirstAfterUs = kSecondUs;
constexpr int64_t kEveryUs = 200'000;
// So long without a window the user wants to know who holds it up.
constexpr int64_t kSilentUs = 10 * kSecondUs;

std::string bytes_text(uint64_t bytes) {
  constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB"};
  auto value = static_cast<double>(bytes);
  size_t unit = 0;
  while (value >= 1000 && unit + 1 < std::size(kUnits)) {
    value /= 1000;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", value, kUnits[unit]);
}

}  // namespace

Progress::Progress(Run& run)
    : run_(run), start_us_(run.clock->monotonic_us()), next_us_(start_us_ + kFirstAfterUs) {
  for (const PartitionRun& partition : run.partitions) {
    const uint64_t bytes = partition.input->bytes_total();
    if (bytes == 0) {  // or an empty file: then the total is not worth showing either
      bytes_total_ = 0;
      break;
    }
    bytes_total_ += bytes;
  }
}

void Progress::tick() {
  const int64_t now_us = run_.clock->monotonic_us();
  if (now_us >= next_us_) {
    next_us_ = now_us + kEveryUs;
    run_.report->progress(line(now_us));
  }
}

std::string Progress::line(int64_t now_us) const {
  uint64_t bytes = 0;
  uint64_t rows = 0;
  for (const WorkerRun& worker : run_.workers) {
    bytes += worker.bytes_read.load(std::memory_order_relaxed);
    rows += worker.rows_read.load(std::memory_order_relaxed);
  }
  const double seconds = static_cast<double>(now_us - start_us_) / kSecondUs;
  std::string text = bytes_text(bytes);
  if (bytes_total_ != 0) {
    text += fmt::format(" of {} ({} %)", bytes_text(bytes_total_),
                        std::min<uint64_t>(bytes * 100 / bytes_total_, 100));
  }
  text += fmt::format(", {:.0f} rows/s", static_cast<double>(rows) / std::max(seconds, 1e-6));
  return text + watermark_text() + log_text() + holder_text(now_us);
}

std::string Progress::watermark_text() const {
  int64_t watermark = abi::kEndOfTime;
  bool any = false;
  for (uint32_t scan = 0; scan < run_.manifest.scans.size(); ++scan) {
    if (run_.manifest.scans[scan].has_watermark) {
      any = true;
      watermark = std::min(watermark, run_.schedule->watermark(scan));
    }
  }
  return any ? ", watermark " + time_text(watermark) : "";
}

std::string Progress::log_text() const {
  if (run_.metrics == nullptr || run_.logs.empty()) {
    return "";
  }
  const auto records = [](int64_t count) {
    return fmt::format("{} {}", count, count == 1 ? "record" : "records");
  };
  if (run_.replaying) {
    return fmt::format(", {} to be read again", records(run_.metrics->replay_left()));
  }
  const auto lag = run_.metrics->lag();
  std::string text = lag ? fmt::format(", {} behind", records(*lag)) : "";
  if (run_.commit) {
    const uint64_t commits = run_.metrics->commits();
    text += fmt::format(", {} {}", commits, commits == 1 ? "commit" : "commits");
  }
  if (const size_t idle = run_.metrics->idle(); idle != 0) {
    text += fmt::format(", {} {} idle", idle, idle == 1 ? "partition" : "partitions");
  }
  return text;
}

std::string Progress::holder_text(int64_t now_us) const {
  const bool windowed = std::ranges::any_of(run_.manifest.operators, [](const ManifestOperator& op) {
    return op.windowing != Windowing::None && !op.processing_time;
  });
  const int64_t last_us = std::max(run_.last_fired_us.load(std::memory_order_relaxed), start_us_);
  if (!windowed || now_us - last_us < kSilentUs || run_.partitions.size() < 2) {
    return "";
  }
  const PartitionRun* holder = nullptr;
  for (uint32_t scan = 0; scan < run_.manifest.scans.size(); ++scan) {
    const PartitionRun* candidate = run_.schedule->holder(scan);
    if (candidate != nullptr && (holder == nullptr || candidate->published < holder->published)) {
      holder = candidate;
    }
  }
  return holder != nullptr ? fmt::format(", no window for {} s: held by `{}`", (now_us - last_us) / kSecondUs,
                                         holder->input->name())
                           : "";
}

}  // namespace weir::job
