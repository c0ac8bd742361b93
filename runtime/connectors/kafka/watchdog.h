// Ends the process when a call into librdkafka does not come back: calls of transactions may hang for ever (librdkafka#5456,
// #5511), and a process that is gone is recovered from exactly as one that was killed.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace weir::connectors::kafka {

class Watchdog {
 public:
  // `expire` is called on the watchdog's thread with what was watched; it does not return in production.
  Watchdog(std::chrono::milliseconds limit, std::function<void(const std::string&)> expire);
  ~Watchdog();
  // What is watched has no longer than `limit` from the moment that `hurried` says yes, which is asked now and then.
  void hurry(std::function<bool()> hurried, std::chrono::milliseconds limit);
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  // Watches from here to the end of the scope.
  class Watch {
   public:
    Watch(Watchdog& dog, std::string what) : dog_(dog) { dog_.set(std::move(what)); }
    ~Watch() { dog_.clear(); }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

   private:
    Watchdog& dog_;
  };

 private:
  void set(std::string what);
  void clear();
  void run();

  const std::chrono::milliseconds limit_;
  const std::function<void(const std::string&)> expire_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string what_;  // empty: nothing is watched
  std::chrono::steady_clock::time_point deadline_;
  bool ended_ = false;
  std::function<bool()> hurried_;
  std::chrono::milliseconds hurried_limit_{0};
  bool in_hurry_ = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace weir::connectors::kafka
