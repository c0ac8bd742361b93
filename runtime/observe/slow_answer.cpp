#include "runtime/observe/slow_answer.h"

#include <utility>

namespace weir::observe {

SlowAnswer::SlowAnswer(std::string line, std::chrono::milliseconds after,
                       std::function<void(std::string_view)> say)
    : thread_([this, line = std::move(line), after, say = std::move(say)] {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(lock, after, [&] { return ended_; })) {
          say(line);
        }
      }) {}

SlowAnswer::~SlowAnswer() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

}  // namespace weir::observe
