#include "runtime/job/run/outcome.h"

#include <csignal>
#include <ctime>

#include <fmt/format.h>

namespace weir::job {
namespace {

// `timeout`, a supervisor or a shell may send the signal to a process and to its group: two at once are one.
constexpr int64_t kOneSignalMs = 300;

// Handlers have no other way to say something. Set by the handler only.
volatile std::sig_atomic_t caught_signal = 0;
int64_t caught_ms = 0;

int64_t monotonic_ms() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);  // may be called by handlers (POSIX)
  return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

struct OldActions {
  struct sigaction interrupt, terminate, pipe;
};
OldActions old_actions;

// The first signal asks the run to stop, the second one ends the process as ever.
void on_signal(int number) {
  if (caught_signal == 0) {
    caught_signal = number;
    caught_ms = monotonic_ms();
  } else if (monotonic_ms() - caught_ms >= kOneSignalMs) {
    std::signal(number, SIG_DFL);
    raise(number);
  }
}

}  // namespace

void Outcome::fail(ExitStatus status, std::string message) {
  const std::lock_guard lock(mutex_);
  if (!failed_.load(std::memory_order_relaxed)) {
    status_ = status;
    message_ = std::move(message);
    failed_.store(true, std::memory_order_release);
  }
}

ExitStatus status_of(const connectors::Error& error) {
  using Kind = connectors::Error::Kind;
  switch (error.kind) {
    case Kind::Usage: return ExitStatus::Usage;
    case Kind::InputOutput: return ExitStatus::InputOutput;
    case Kind::Retry:
    case Kind::Fenced: return ExitStatus::TryAgain;
  }
  return ExitStatus::InputOutput;
}

void Outcome::fail(const connectors::Error& error) {
  if (error.kind == connectors::Error::Kind::Retry && !failed()) {
    another_try_ = true;
  }
  fail(status_of(error), fmt::format("error: {}\n", error.text));
}

SignalWatch::SignalWatch(bool catch_interrupts) : catch_interrupts_(catch_interrupts) {
  caught_signal = 0;
  struct sigaction action{};
  action.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &action, &old_actions.pipe);
  if (catch_interrupts_) {
    action.sa_handler = on_signal;
    sigaddset(&action.sa_mask, SIGINT);
    sigaddset(&action.sa_mask, SIGTERM);
    sigaction(SIGINT, &action, &old_actions.interrupt);
    sigaction(SIGTERM, &action, &old_actions.terminate);
  }
}

SignalWatch::~SignalWatch() {
  sigaction(SIGPIPE, &old_actions.pipe, nullptr);
  if (catch_interrupts_) {
    sigaction(SIGINT, &old_actions.interrupt, nullptr);
    sigaction(SIGTERM, &old_actions.terminate, nullptr);
  }
}

int SignalWatch::caught() const { return caught_signal; }

}  // namespace weir::job
