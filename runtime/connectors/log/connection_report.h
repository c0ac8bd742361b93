// Says when the way to the brokers is lost and found: once for all clients of a job, which notice one after the other.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace weir::connectors {

class ConnectionReport {
 public:
  // `write` takes a line without its end, from any thread.
  explicit ConnectionReport(std::function<void(std::string_view)> write) : write_(std::move(write)) {}

  // A client has lost all brokers. `reason` may be empty; there is no secret in it.
  void away(const std::string& brokers, std::string_view reason, bool refused);
  // A client that was away has heard of a broker.
  void back(const std::string& brokers);
  // A client that was away is closed.
  void forget(const std::string& brokers);
  // Some client has lost all its brokers at some time.
  bool was_away() const { return was_away_.load(std::memory_order_relaxed); }

 private:
  const std::function<void(std::string_view)> write_;
  std::atomic<bool> was_away_ = false;
  std::mutex mutex_;
  std::map<std::string, int, std::less<>> away_;  // clients
};

}  // namespace weir::connectors
