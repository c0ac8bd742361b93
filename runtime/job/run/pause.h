// Stops all workers between two batches, so that their states belong together: what they have read, what they have written,
// and which windows have fired. A commit takes its epoch then; the workers go on while it is written.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace weir::job {

class Pause {
 public:
  // A worker is at work while one of these lives.
  class Worker {
   public:
    explicit Worker(Pause& pause);
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

   private:
    Pause& pause_;
  };
  // By a worker, between batches: stays here while the others are waited for and somebody holds them all.
  void pass() {
    if (wanted_.load(std::memory_order_relaxed)) {
      wait();
    }
  }

  // Holds all workers while it lives. One at a time.
  class Hold {
   public:
    explicit Hold(Pause& pause);
    ~Hold();
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

   private:
    Pause& pause_;
  };

 private:
  void wait();

  std::atomic<bool> wanted_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  uint32_t at_work_ = 0;
};

}  // namespace weir::job
