// The clocks of a job, behind an interface, so that a simulator can give its own.
#pragma once

#include <cstdint>

namespace weir::time {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual int64_t wall_us() = 0;       // since the epoch, UTC
  virtual int64_t monotonic_us() = 0;  // never falls
  virtual void sleep_us(int64_t duration_us) = 0;
};

// The system's.
Clock& system_clock();

}  // namespace weir::time
