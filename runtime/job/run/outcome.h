// How a run goes: the first failure ends it for all workers, a signal or a stop too.
#pragma once

#include <atomic>
#include <mutex>
#include <string>

#include "runtime/connectors/connector.h"
#include "runtime/job/run/run_options.h"

namespace weir::job {

class Outcome {
 public:
  // Keeps the first; what comes later is its consequence. `message`: whole lines for standard error.
  void fail(ExitStatus status, std::string message);
  void fail(const connectors::Error& error);
  // The log was away, or it is not known what became of an epoch: what was committed is the truth, to be begun from again.
  bool worth_another_try() const { return another_try_; }
  bool failed() const { return failed_.load(std::memory_order_acquire); }
  ExitStatus status() const { return status_; }            // once all workers have ended
  const std::string& message() const { return message_; }  // likewise

 private:
  std::atomic<bool> failed_ = false;
  std::mutex mutex_;
  ExitStatus status_ = ExitStatus::Finished;
  bool another_try_ = false;
  std::string message_;
};

ExitStatus status_of(const connectors::Error& error);

// SIGINT and SIGTERM ask the run to stop while one of these lives; SIGPIPE is ignored, so that a closed pipe is an error of
// `write` like any other. One at a time.
class SignalWatch {
 public:
  explicit SignalWatch(bool catch_interrupts);
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

  int caught() const;  // 0 = none

 private:
  bool catch_interrupts_;
};

}  // namespace weir::job
