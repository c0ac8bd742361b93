#include "runtime/job/manifest/time_text.h"

#include <chrono>

#include <fmt/format.h>

#include "runtime/abi/abi.h"

namespace weir::job {

std::string time_text(int64_t time_ms) {
  if (time_ms == abi::kNoWatermark) {
    return "none";
  }
  if (time_ms == abi::kEndOfTime) {
    return "end of input";
  }
  using namespace std::chrono;
  const sys_time<milliseconds> time{milliseconds(time_ms)};
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

}  // namespace weir::job
