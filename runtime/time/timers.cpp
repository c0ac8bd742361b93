#include "runtime/time/timers.h"

#include <algorithm>
#include <bit>

namespace weir::time {
namespace {

// Buckets that held many timers give their memory back when they are emptied.
constexpr size_t kKeptCapacity = 4096;

size_t bucket_of(int64_t now, int64_t time) {
  if (time <= now) return 0;
  // The sign bit is flipped on both sides, which cancels out, so times below zero are in order as well.
  return 64 - static_cast<size_t>(std::countl_zero(static_cast<uint64_t>(time) ^ static_cast<uint64_t>(now)));
}

uint64_t bytes_of(const std::vector<Timer>& bucket) { return bucket.capacity() * sizeof(Timer); }

void put(Timers& timers, size_t bucket_number, Timer timer) {
  std::vector<Timer>& bucket = timers.buckets[bucket_number];
  timers.bytes -= bytes_of(bucket);
  bucket.push_back(timer);
  timers.bytes += bytes_of(bucket);
}

void empty(Timers& timers, size_t bucket_number) {
  std::vector<Timer>& bucket = timers.buckets[bucket_number];
  timers.bytes -= bytes_of(bucket);
  bucket.clear();
  if (bucket.capacity() > kKeptCapacity) bucket.shrink_to_fit();
  timers.bytes += bytes_of(bucket);
}

}  // namespace

void add_timer(Timers& timers, Timer timer) {
  put(timers, bucket_of(timers.now, timer.time), timer);
  ++timers.count;
}

void take_due(Timers& timers, int64_t now, std::vector<Timer>& due) {
  if (timers.count == 0) {
    timers.now = std::max(timers.now, now);
    return;
  }
  const size_t before = due.size();
  // Below the highest bit in which the clock has changed, timers agree with the old clock there: they are due.
  const size_t split = bucket_of(timers.now, now);
  for (size_t i = 0; i < std::max<size_t>(split, 1); ++i) {
    due.insert(due.end(), timers.buckets[i].begin(), timers.buckets[i].end());
    empty(timers, i);
  }
  if (split > 0) {
    timers.now = now;
    std::vector<Timer> looked_at;
    looked_at.swap(timers.buckets[split]);
    for (const Timer& timer : looked_at) {
      if (timer.time <= now) {
        due.push_back(timer);
      } else {
        put(timers, bucket_of(now, timer.time), timer);
      }
    }
    timers.bytes -= bytes_of(looked_at);
  }
  timers.count -= due.size() - before;
}

}  // namespace weir::time
