#include "runtime/job/run/schedule.h"

#include <algorithm>
#include <chrono>

namespace weir::job {
namespace {

constexpr int64_t kBetweenLooksUs = 10'000;
// How many batches of another partition one may be ahead of it, and from where on it will not be caught up with.
constexpr int64_t kMostAhead = 2;
constexpr int64_t kFarAhead = 256;

}  // namespace

void Schedule::add(PartitionRun& partition) {
  const std::lock_guard lock(mutex_);
  const Place place{partition.published, &partition};
  waiting_.insert(place);
  if (!partition.idle) {
    scans_[partition.scan].insert(place);
  } else {
    silent_[partition.scan] = std::max(silent_[partition.scan], partition.published);
  }
  ++unfinished_of_[partition.scan];
  ++unfinished_;
  any_idle_timeout_ |= partition.idle_timeout_us != 0;
}

PartitionRun* Schedule::take(int patience_ms) {
  std::unique_lock lock(mutex_);
  find_idle();
  if (PartitionRun* partition = take_ready()) {
    return partition;
  }
  if (unfinished_ == 0 || stopped_) {
    return nullptr;
  }
  if (waiting_.empty() || any_ahead_) {  // the others have them all, or those that come first
    changed_.wait_for(lock, std::chrono::milliseconds(patience_ms));
    return take_ready();
  }
  // All are silent: wait at the lowest, then look at all of them again.
  PartitionRun* lowest = waiting_.begin()->second;
  waiting_.erase(waiting_.begin());
  lock.unlock();
  const bool ready = lowest->input->ready(patience_ms);
  lock.lock();
  if (ready) {
    return hand_out(lowest);
  }
  waiting_.insert({lowest->published, lowest});
  return nullptr;
}

bool Schedule::is_ahead(const PartitionRun& partition) const {
  return std::ranges::any_of(at_work_, [&](const PartitionRun* other) {
    if (other->scan != partition.scan || other->step <= 0 || other->published >= partition.published) {
      return false;
    }
    const int64_t batches = (partition.published - other->published) / other->step;
    return batches > kMostAhead && batches <= kFarAhead;
  });
}

PartitionRun* Schedule::take_ready() {
  any_ahead_ = false;
  for (auto place = waiting_.begin(); place != waiting_.end(); ++place) {
    PartitionRun* partition = place->second;
    if (is_ahead(*partition)) {
      any_ahead_ = true;
      continue;
    }
    if (partition->input->ready(0)) {
      waiting_.erase(place);
      return hand_out(partition);
    }
  }
  return nullptr;
}

PartitionRun* Schedule::hand_out(PartitionRun* partition) {
  at_work_.push_back(partition);
  partition->returning = partition->idle;
  returning_of_[partition->scan] += partition->returning ? 1 : 0;
  return partition;
}

// What has long been at its end holds no watermark until it gives something again.
void Schedule::find_idle() {
  if (!any_idle_timeout_) {
    return;
  }
  const int64_t now_us = clock_.monotonic_us();
  if (now_us - looked_us_ < kBetweenLooksUs) {
    return;
  }
  looked_us_ = now_us;
  for (size_t scan = 0; scan < scans_.size(); ++scan) {
    silent_[scan] = scans_[scan].empty() ? silent_[scan] : scans_[scan].begin()->first;
  }
  for (const Place& place : waiting_) {
    PartitionRun& partition = *place.second;
    if (partition.idle || partition.idle_timeout_us == 0 || partition.silent_since_us == 0) {
      continue;
    }
    // What has come since it was silent is looked at first.
    if (now_us - partition.silent_since_us >= partition.idle_timeout_us && !partition.input->ready(0)) {
      partition.idle = true;
      if (partition.figures != nullptr) {
        partition.figures->idle.store(true, std::memory_order_relaxed);
      }
      scans_[partition.scan].erase(place);
    }
  }
}

void Schedule::put_back(PartitionRun& partition) {
  const std::lock_guard lock(mutex_);
  std::erase(at_work_, &partition);
  if (partition.published != abi::kNoWatermark) {
    partition.step = (3 * partition.step + (partition.watermark - partition.published)) / 4;
  }
  auto& scan = scans_[partition.scan];
  scan.erase({partition.published, &partition});
  returning_of_[partition.scan] -= partition.returning ? 1 : 0;
  partition.returning = false;
  partition.published = partition.watermark;
  if (partition.finished) {
    --unfinished_of_[partition.scan];
    --unfinished_;
  } else {
    const Place place{partition.published, &partition};
    if (!partition.idle) {
      scan.insert(place);
    }
    waiting_.insert(place);
  }
  unfinished_ == 0 || any_ahead_ ? changed_.notify_all() : changed_.notify_one();
}

int64_t Schedule::watermark(uint32_t scan) const {
  const std::lock_guard lock(mutex_);
  return scans_[scan].empty() ? abi::kEndOfTime : scans_[scan].begin()->first;
}

int64_t Schedule::last_watermark(uint32_t scan) const {
  const std::lock_guard lock(mutex_);
  return !scans_[scan].empty()       ? scans_[scan].begin()->first
         : unfinished_of_[scan] != 0 ? silent_[scan]
                                     : abi::kEndOfTime;
}

void Schedule::progress(std::vector<ScanProgress>& scans) const {
  const std::lock_guard lock(mutex_);
  scans.resize(scans_.size());
  for (size_t scan = 0; scan < scans_.size(); ++scan) {
    scans[scan] = {.watermark = scans_[scan].empty() ? abi::kEndOfTime : scans_[scan].begin()->first,
                   .finished = unfinished_of_[scan] == 0,
                   .returning = returning_of_[scan] != 0};
  }
}

const PartitionRun* Schedule::holder(uint32_t scan) const {
  const std::lock_guard lock(mutex_);
  return scans_[scan].empty() ? nullptr : scans_[scan].begin()->second;
}

bool Schedule::finished() const {
  const std::lock_guard lock(mutex_);
  return unfinished_ == 0;
}

uint32_t Schedule::at_work() const {
  const std::lock_guard lock(mutex_);
  return static_cast<uint32_t>(at_work_.size());
}

void Schedule::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

}  // namespace weir::job
