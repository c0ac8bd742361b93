// Which partition is read next, and how far the partitions of each scan have come.
//
// Among partitions that have something to read, the one with the lowest watermark is preferred, so that none runs far ahead
// and state stays small; nothing waits for a silent one. A worker also waits a little rather than let a partition draw away
// from another of its scan that is at work: all that comes after would have to be kept until that one has come as far. One that
// is far ahead from the start, like a file of the next day, does not wait. One lock, taken twice a batch.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "runtime/abi/abi.h"
#include "runtime/commit/recovery_record.h"
#include "runtime/connectors/connector.h"
#include "runtime/connectors/log/log_source.h"
#include "runtime/job/run/figures.h"
#include "runtime/state/low_water.h"
#include "runtime/time/clock.h"

namespace weir::job {

// A partition of a scan while it runs. Between `take` and `put_back` it belongs to one worker.
struct PartitionRun {
  std::unique_ptr<connectors::Partition> input;
  uint32_t scan = 0;
  uint32_t number = 0;                    // among the partitions of its scan
  int64_t watermark = abi::kNoWatermark;  // w, ms; its worker's
  int64_t published = abi::kNoWatermark;  // w as the schedule knows it
  int64_t step = 0;                       // by how much w has risen per batch of late, ms
  uint64_t lines = 0;                     // read so far
  bool finished = false;
  // Of a log.
  bool idle = false;                            // silent for so long that it holds no watermark
  bool returning = false;                       // was taken while it was idle
  int64_t silent_since_us = 0;                  // monotonic; 0: not at its end
  int64_t idle_timeout_us = 0;                  // 0: never idle
  connectors::LogPartition* log = nullptr;      // is `input`
  std::vector<state::LowWater> low_water = {};  // by operator
  commit::PartitionRecord record = {};          // as it was committed last
  std::optional<int64_t> committed_us = {};     // monotonic, when this run has committed it last
  PartitionFigures* figures = nullptr;          // null: nobody looks
};

// How far a scan has come, all of it seen at one time.
struct ScanProgress {
  int64_t watermark = abi::kEndOfTime;  // see Schedule::watermark
  bool finished = false;
  // A worker reads a partition that was idle: what it gives is judged by the watermarks as they are, so they stay.
  bool returning = false;
};

class Schedule {
 public:
  // `clock` tells when a silent partition is idle.
  Schedule(uint32_t scan_count, time::Clock& clock)
      : clock_(clock),
        scans_(scan_count),
        silent_(scan_count, abi::kNoWatermark),
        unfinished_of_(scan_count),
        returning_of_(scan_count) {}

  void add(PartitionRun& partition);
  // The next partition to read, or null: wait a little (`take` itself waits up to `patience_ms`), or all are finished.
  PartitionRun* take(int patience_ms);
  // After a batch; watermark and `finished` have been brought up to date.
  void put_back(PartitionRun& partition);

  // Minimum over the partitions of a scan that are neither finished nor idle; kEndOfTime when there is none.
  int64_t watermark(uint32_t scan) const;
  // The same, but while all that are not finished are idle what it was before.
  int64_t last_watermark(uint32_t scan) const;
  // Of all scans.
  void progress(std::vector<ScanProgress>& scans) const;
  // The partition that holds the watermark of a scan; null: none.
  const PartitionRun* holder(uint32_t scan) const;
  bool finished() const;
  // How many partitions are being read.
  uint32_t at_work() const;
  // Wakes those who wait.
  void stop();

 private:
  using Place = std::pair<int64_t, PartitionRun*>;
  struct Order {  // by watermark, then by scan and number: the same choice in every run
    bool operator()(const Place& a, const Place& b) const {
      return std::tuple(a.first, a.second->scan, a.second->number) <
             std::tuple(b.first, b.second->scan, b.second->number);
    }
  };

  PartitionRun* take_ready();
  bool is_ahead(const PartitionRun& partition) const;
  PartitionRun* hand_out(PartitionRun* partition);
  void find_idle();

  time::Clock& clock_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::set<Place, Order> waiting_;             // nobody's
  std::vector<PartitionRun*> at_work_;         // somebody's
  bool any_ahead_ = false;                     // take_ready has passed one over that is ahead
  std::vector<std::set<Place, Order>> scans_;  // neither finished nor idle
  std::vector<int64_t> silent_;                // by scan: watermark when partitions were last looked at
  std::vector<uint32_t> unfinished_of_;        // by scan, idle ones too
  std::vector<uint32_t> returning_of_;         // by scan
  uint32_t unfinished_ = 0;
  bool any_idle_timeout_ = false;
  int64_t looked_us_ = INT64_MIN / 2;  // when find_idle last did
  bool stopped_ = false;
};

}  // namespace weir::job
