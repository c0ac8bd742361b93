#include "runtime/connectors/kafka/watchdog.h"

#include <algorithm>

namespace weir::connectors::kafka {
namespace {

constexpr std::chrono::milliseconds kLook{200};

}  // namespace

Watchdog::Watchdog(std::chrono::milliseconds limit, std::function<void(const std::string&)> expire)
    : limit_(limit), expire_(std::move(expire)), thread_([this] { run(); }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Watchdog::hurry(std::function<bool()> hurried, std::chrono::milliseconds limit) {
  const std::lock_guard lock(mutex_);
  hurried_ = std::move(hurried);
  hurried_limit_ = limit;
}

void Watchdog::set(std::string what) {
  {
    const std::lock_guard lock(mutex_);
    what_ = std::move(what);
    deadline_ = std::chrono::steady_clock::now() + limit_;
    in_hurry_ = false;
  }
  changed_.notify_one();
}

// The thread may sleep on until the deadline that was; it then finds nothing to watch.
void Watchdog::clear() {
  const std::lock_guard lock(mutex_);
  what_.clear();
}

void Watchdog::run() {
  std::unique_lock lock(mutex_);
  while (!ended_) {
    if (what_.empty()) {
      changed_.wait(lock);
    } else if (std::chrono::steady_clock::now() >= deadline_) {
      const std::string what = std::move(what_);
      what_.clear();
      lock.unlock();
      expire_(what);
      lock.lock();
    } else if (!hurried_ || in_hurry_) {
      changed_.wait_until(lock, deadline_);
    } else {
      changed_.wait_until(lock, std::min(deadline_, std::chrono::steady_clock::now() + kLook));
      if (!what_.empty() && hurried_()) {
        in_hurry_ = true;
        deadline_ = std::min(deadline_, std::chrono::steady_clock::now() + hurried_limit_);
      }
    }
  }
}

}  // namespace weir::connectors::kafka
