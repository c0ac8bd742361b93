// Jobs written in SQL over the simulated log of tests/sim, in one thread and under virtual time.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "compiler/backend/backend.h"
#include "runtime/job/job.h"
#include "tests/sim/sim_log.h"

namespace weir::job::log_tests {

struct Ended {
  ExitStatus status{};
  std::string messages;
};

class LogJob {
 public:
  // Ends with one INSERT, or one statement set.
  explicit LogJob(const std::string& sql);
  // Until `enough` says so after a commit, or until it ends by itself.
  Ended run(sim::SimLog& log, sim::SimClock& clock, const std::function<bool()>& enough,
            RunOptions options = {});

 private:
  std::unique_ptr<backend::JitProgram> program_;
};

// `CREATE TABLE events …` and `CREATE TABLE results …` over the topics of these names. Events have an id, a key `k`, a number `v`
// and a time `ts`, whose watermark is two seconds behind. `columns` are those of the results.
std::string events_to_results(const std::string& columns, const std::string& options_of_events = "");

// An event `second` seconds after midnight.
void add_event(sim::SimLog& log, int32_t partition, int64_t id, const std::string& key, int64_t v,
               int64_t second);
// Values of the results that a read_committed consumer sees, partition by partition.
std::vector<std::string> results(const sim::SimLog& log);
// All that was added has been read and committed.
bool all_read(const sim::SimLog& log);

}  // namespace weir::job::log_tests
