// Timers by time, for a clock that only goes forward: a radix heap.
//
// A timer lies in the bucket of the highest bit in which its time differs from the last one asked for. When the clock
// advances, whole buckets are due, one is looked at timer by timer, and the others stay as they are; so each timer moves
// at most once per bit of its distance, whether the clock goes on by a millisecond or by a year.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace weir::time {

struct Timer {
  int64_t time;
  uint32_t item;
};

struct Timers {
  int64_t now = INT64_MIN;  // every timer that is due by then has been taken
  std::array<std::vector<Timer>, 65> buckets;
  uint64_t count = 0;
  uint64_t bytes = 0;  // that the buckets occupy
};

// A time that has passed already is due at the next take.
void add_timer(Timers& timers, Timer timer);
// Appends all timers with time <= now to `due`, in no particular order, and removes them.
void take_due(Timers& timers, int64_t now, std::vector<Timer>& due);

}  // namespace weir::time
