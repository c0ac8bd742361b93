// What a run is asked for at its start, and how it may end.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "runtime/connectors/log/kafka_log.h"
#include "runtime/job/manifest/manifest.h"
#include "runtime/time/clock.h"

namespace weir::job {

// Exit statuses of DESIGN §1.
enum class ExitStatus : int { Finished = 0, QueryWrong = 1, Usage = 2, InputOutput = 3, TryAgain = 75 };

struct RunOptions {
  Options overrides;        // --set k=v: settings and <table>.<option>
  uint32_t threads = 0;     // 0: parallelism.default, else all cores
  bool progress = false;    // a status line on standard error after a second
  bool summary = true;      // the end-of-run summary on standard error
  uint32_t block_rows = 0;  // test way: at most so many rows per block (0: 64)
  // Rows of bare SELECTs go here instead of standard output (shell's table view, tests); bytes of whole NDJSON rows, and none,
  // before the summary, when there are no more.
  std::function<void(std::string_view)> standard_output;
  // Messages, summary and progress go here instead of standard error.
  std::function<void(std::string_view)> standard_error;
  // A shell's Ctrl-C. Without it SIGINT and SIGTERM stop the run.
  const std::atomic<bool>* stop = nullptr;
  time::Clock* clock = nullptr;               // null: the system's
  const connectors::KafkaLog* log = nullptr;  // null: Kafka
  bool single_thread = false;                 // a job that commits does so between two batches (simulation)
  std::string kafka_config;  // a file with properties of Kafka's client for all tables; empty: none
  std::string metrics;       // HOST:PORT where /metrics and /health are served; empty: nowhere
  // Jobs that commit.
  std::string restart_from;  // committed, earliest, latest: positions and state of earlier runs do not count
  bool resume = false;       // an earlier run has to have committed something
  bool accept_data_loss = false;  // goes on although input that is needed has been deleted
  std::string instance;           // group.instance.id; empty: the host's name
  uint64_t process_token = 0;     // what this process commits carries it; 0: drawn at random
};

}  // namespace weir::job
