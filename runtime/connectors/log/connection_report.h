// Between a job and all its clients: says when the way to the brokers is lost and found, once, although they notice one after
// the other; and tells them when the job is to stop, so that nobody waits for an answer any more.
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
  explicit ConnectionReport(
      std::function<void(std::string_view)> write, std::function<bool()> stopping = [] { return false; })
      : write_(std::move(write)), stopping_(std::move(stopping)) {}

  // A client has lost all brokers. `reason` may be empty; there is no secret in it.
  void away(const std::string& brokers, std::string_view reason, bool refused);
  // A client that was away has heard of a broker.
  void back(const std::string& brokers);
  // A client that was away is closed.
  void forget(const std::string& brokers);
  // Some client has lost all its brokers at some time.
  bool was_away() const { return was_away_.load(std::memory_order_relaxed); }
  // The job is to stop. From any thread.
  bool stopping() const { return stopping_(); }

 private:
  const std::function<void(std::string_view)> write_;
  const std::function<bool()> stopping_;
  std::atomic<bool> was_away_ = false;
  std::mutex mutex_;
  std::map<std::string, int, std::less<>> away_;  // clients
};

}  // namespace weir::connectors
