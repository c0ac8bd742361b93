#include "runtime/job/recovery/standby.h"

#include <unistd.h>

#include "runtime/job/run/run.h"

namespace weir::job {
namespace {

constexpr int kLockPatienceMs = 200;
// So long it goes without saying that the group takes its time.
constexpr int64_t kQuietLockUs = 4'000'000;
// Who has waited longer than a session lasts has waited for an instance that was alive.
constexpr int64_t kOthersSessionUs = 13'000'000;
// Who has lost the lock and does not get it back in this time, while another has it, has been replaced.
constexpr int64_t kRegainLockUs = 15'000'000;

std::string instance_name(const Run& run) {
  char host[256] = "";
  gethostname(host, sizeof(host) - 1);
  return run.options.instance.empty() ? host : run.options.instance;
}

}  // namespace

Error of_lock(const Run& run, Error error) {
  const auto& brokers = run.commit->brokers;
  if (error.kind == Error::Kind::Fenced && brokers && brokers->was_away()) {
    return {Error::Kind::Retry, "the job's lock was lost: the brokers were away"};
  }
  return error;
}

namespace {

Result<void> acquire_lock(Run& run) {
  bool said = false;
  int64_t others_since_us = 0;  // 0: nobody knows of them; brokers that are silent say nothing of others
  bool stood_by = false;
  while (!run.stopping()) {
    const auto acquired = run.commit->lock->acquire(kLockPatienceMs);
    if (!acquired) {
      return std::unexpected(of_lock(run, acquired.error()));
    }
    const int64_t now_us = run.clock->monotonic_us();
    if (!*acquired) {
      others_since_us = !run.commit->lock->others() ? 0 : others_since_us == 0 ? now_us : others_since_us;
    }
    const int64_t waited_us = others_since_us == 0 ? 0 : now_us - others_since_us;
    stood_by |= waited_us > kOthersSessionUs;
    if (*acquired) {
      if (stood_by && !run.options.restart_from.empty()) {
        run.history->stood_by = true;
        run.report->message(
            "going on from what the instance before has committed; `--restart-from` does not hold for a "
            "standby\n");
      }
      return {};
    }
    if (run.history->was_open && waited_us > kRegainLockUs) {
      return std::unexpected(Error{Error::Kind::Fenced, "another instance of the job has taken over"});
    }
    if (run.metrics != nullptr) {
      run.metrics->note_phase(Phase::StandingBy);
    }
    if (!said && waited_us > kQuietLockUs) {
      run.report->message("another instance of the job is active; standing by\n");
      said = true;
    }
  }
  return {};
}

}  // namespace

Result<void> take_lock(Run& run, const connectors::KafkaLog& kafka, const Reported& report) {
  if (run.logs.empty()) {
    return {};
  }
  CommitRun& commit = *run.commit;
  commit.brokers = report;
  const LogScan& first = run.logs.front();
  auto lock = kafka.make_lock(connection_options(run.manifest.scans[first.scan].options, report),
                              {.job = commit.settings.job,
                               .instance = instance_name(run),
                               .topic = first.source->options().topics.front()});
  if (!lock) {
    return std::unexpected(lock.error());
  }
  commit.lock = std::move(*lock);
  return acquire_lock(run);
}

}  // namespace weir::job
