#include "runtime/job/run/pause.h"

namespace weir::job {

Pause::Worker::Worker(Pause& pause) : pause_(pause) {
  std::unique_lock lock(pause_.mutex_);
  pause_.changed_.wait(lock, [&] { return !pause_.wanted_.load(); });
  ++pause_.at_work_;
}

Pause::Worker::~Worker() {
  const std::lock_guard lock(pause_.mutex_);
  --pause_.at_work_;
  pause_.changed_.notify_all();
}

void Pause::wait() {
  std::unique_lock lock(mutex_);
  --at_work_;
  changed_.notify_all();
  changed_.wait(lock, [&] { return !wanted_.load(); });
  ++at_work_;
}

Pause::Hold::Hold(Pause& pause) : pause_(pause) {
  std::unique_lock lock(pause_.mutex_);
  pause_.wanted_.store(true);
  pause_.changed_.wait(lock, [&] { return pause_.at_work_ == 0; });
}

Pause::Hold::~Hold() {
  const std::lock_guard lock(pause_.mutex_);
  pause_.wanted_.store(false);
  pause_.changed_.notify_all();
}

}  // namespace weir::job
