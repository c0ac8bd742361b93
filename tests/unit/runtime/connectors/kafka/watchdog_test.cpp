#include "runtime/connectors/kafka/watchdog.h"

#include <future>

#include <gtest/gtest.h>

namespace weir::connectors::kafka {
namespace {

TEST(KafkaWatchdog, ExpiresOnlyWhatDoesNotComeBack) {
  std::promise<std::string> expired;
  auto what = expired.get_future();
  Watchdog dog(std::chrono::milliseconds(50), [&](const std::string& text) { expired.set_value(text); });
  {
    const Watchdog::Watch watch(dog, "a quick call");
  }
  EXPECT_EQ(what.wait_for(std::chrono::milliseconds(200)), std::future_status::timeout);
  const Watchdog::Watch watch(dog, "a call that hangs");
  EXPECT_EQ(what.get(), "a call that hangs");
}

}  // namespace
}  // namespace weir::connectors::kafka
