#include "runtime/connectors/kafka/watchdog.h"

namespace weir::connectors::kafka {

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

void Watchdog::set(std::string what) {
  {
    const std::lock_guard lock(mutex_);
    what_ = std::move(what);
    deadline_ = std::chrono::steady_clock::now() + limit_;
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
    } else {
      changed_.wait_until(lock, deadline_);
    }
  }
}

}  // namespace weir::connectors::kafka
