#include "runtime/time/clock.h"

#include <chrono>
#include <thread>

namespace weir::time {
namespace {

class SystemClock : public Clock {
 public:
  int64_t wall_us() override { return microseconds(std::chrono::system_clock::now()); }
  int64_t monotonic_us() override { return microseconds(std::chrono::steady_clock::now()); }
  void sleep_us(int64_t duration_us) override {
    std::this_thread::sleep_for(std::chrono::microseconds(duration_us));
  }

 private:
  template <typename TimePoint>
  static int64_t microseconds(TimePoint time) {
    return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
  }
};

}  // namespace

Clock& system_clock() {
  static SystemClock clock;
  return clock;
}

}  // namespace weir::time
